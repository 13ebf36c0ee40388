/// Something the user should hear that is no error: one for each kind, however many items it concerns.
public struct Notice: Hashable, Codable, Sendable, CustomStringConvertible {
    /// What it is about, a short name for programs, such as `features-cut`.
    public let kind: String
    /// How many items it concerns.
    public private(set) var count: Int
    /// Up to three of them.
    public private(set) var examples: [String]
    /// What is the matter, a part of a sentence that follows the number: `videos are left out because …`.
    public let message: String
    /// The same of one item: `video is left out because …`; `nil` where the message suits one too.
    public let single: String?

    /// The most examples that are kept.
    public static let mostExamples = 3

    /// - Parameters:
    ///   - kind: a short name for programs.
    ///   - message: what is the matter with the items; it follows their number.
    ///   - single: the message for one item.
    ///   - items: all of them; the first three are kept.
    public init(_ kind: String, _ message: String, one single: String? = nil, items: [String] = []) {
        self.kind = kind
        self.message = message
        self.single = single
        count = items.count
        examples = Array(items.prefix(Self.mostExamples))
    }

    /// Counts one more item.
    public mutating func add(_ item: String) {
        count += 1
        if examples.count < Self.mostExamples { examples.append(item) }
    }

    /// One line: the number, the message, the examples.
    public var description: String {
        guard count > 0 else { return message }
        let list = examples.joined(separator: ", ") + (count > examples.count ? ", …" : "")
        return "\(count) \(count == 1 ? single ?? message : message) (\(list))"
    }
}
