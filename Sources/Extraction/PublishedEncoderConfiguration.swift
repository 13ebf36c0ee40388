public import Configuration
public import Encoders

/// How features were made by a published encoder: stored with them, and readable as the configuration of an encoder.
public struct PublishedEncoderConfiguration: Configurable {
    /// The `kind` of such a file.
    public static let kind = "published"

    /// Kind of encoder, for readers of the file: always `published`.
    public var kind = Self.kind
    /// The name of the encoder, as `tal encoders` lists it; empty for whatever the weights hold.
    public var name = ""
    /// The rules by which videos are read and the output is kept.
    public var `protocol` = EncoderProtocol()

    public init() {}

    public func validate() throws {
        guard kind == Self.kind else {
            throw ConfigurationError.invalidValue(
                file: "", key: "kind", problem: "must be '\(Self.kind)' for this encoder")
        }
        do {
            try `protocol`.validate()
        } catch ConfigurationError.invalidValue(let file, let key, let problem) {
            throw ConfigurationError.invalidValue(file: file, key: "protocol.\(key)", problem: problem)
        }
    }
}

extension EncoderKind {
    static let published = EncoderKind(
        PublishedEncoderConfiguration.kind, PublishedEncoderConfiguration.self, takesProtocol: true
    ) { source in
        let settings = try ConfigurationFile.load(PublishedEncoderConfiguration.self, from: source.configuration)
        guard let weights = source.weights else {
            throw ExtractionError.missingWeights(encoder: source.configuration, source: nil)
        }
        return try PublishedEncoders.load(
            weights: weights, configuration: EncoderFolder.configuration(beside: weights), name: settings.name,
            given: source.rules == nil ? settings.protocol : nil, rules: source.rules, precision: source.precision)
    }
}
