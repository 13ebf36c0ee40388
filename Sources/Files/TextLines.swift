/// The lines of a text file.
package enum TextLines {
    /// All lines, empty ones included, whether they end as on Unix or as on Windows (where line end and carriage return
    /// are one character of Swift).
    package static func split(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }
}
