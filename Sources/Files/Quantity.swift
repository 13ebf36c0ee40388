/// Numbers of things in sentences.
package enum Quantity {
    /// `1 video`, `2 videos`.
    ///
    /// - Parameters:
    ///   - noun: the thing, one of it.
    ///   - plural: several of it; the noun with an s where `nil`.
    package static func text(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }
}
