public import Configuration

/// The shape of the text encoder: a BERT of any size. The defaults are those of the `tiny` model.
public struct TextConfiguration: Configurable {
    /// Channels of a token.
    public var width = 128
    /// Transformer layers.
    public var depth = 2
    /// Attention heads; divides the width.
    public var heads = 4
    /// Hidden channels of the feed-forward networks, as a multiple of the width.
    public var feedForwardRatio = 4
    /// Pieces of a text, both ends included; longer ones are cut.
    public var maximumLength = 32

    public init() {}

    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ problem: String) throws {
            guard condition else { throw ConfigurationError.invalidValue(file: "", key: key, problem: problem) }
        }
        try require((1...16384).contains(width), "text.width", "must be between 1 and 16384")
        try require((1...1024).contains(depth), "text.depth", "must be between 1 and 1024")
        try require(heads > 0 && width % heads == 0, "text.heads", "must divide text.width (\(width))")
        try require((1...64).contains(feedForwardRatio), "text.feed_forward_ratio", "must be between 1 and 64")
        try require((3...65536).contains(maximumLength), "text.maximum_length", "must be between 3 and 65536")
    }
}
