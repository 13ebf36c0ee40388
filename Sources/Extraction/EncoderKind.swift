import Configuration
import SViLM
import Tensors

/// A kind of encoder, called as the `kind` of its configuration file.
struct EncoderKind: Sendable {
    /// What an encoder is made from.
    struct Source {
        /// The path of the configuration file.
        var configuration: String
        var weights: String?
        /// Of random weights.
        var seed: UInt64
        var precision: ComputePrecision
        /// The name or file of a protocol, for kinds that take one.
        var rules: String?

        /// - Throws: ``ExtractionError/needlessWeights(configuration:)`` where there are weights.
        func refuseWeights() throws(ExtractionError) {
            if weights != nil { throw .needlessWeights(configuration: configuration) }
        }

        /// - Throws: ``ExtractionError/fixedPrecision(configuration:precision:)`` for all but float32.
        func refuseOtherPrecisions() throws(ExtractionError) {
            if precision != .float32 {
                throw .fixedPrecision(configuration: configuration, precision: precision.rawValue)
            }
        }
    }

    let name: String
    /// What its file holds.
    let settings: any Configurable.Type
    /// Whether it is run by a protocol.
    let takesProtocol: Bool
    let make: @Sendable (Source) throws -> any SnippetEncoder

    init(
        _ name: String, _ settings: any Configurable.Type, takesProtocol: Bool = false,
        make: @escaping @Sendable (Source) throws -> any SnippetEncoder
    ) {
        self.name = name
        self.settings = settings
        self.takesProtocol = takesProtocol
        self.make = make
    }

    /// The kinds there are; the first is meant where a file names none. A new encoder is its files, and a name in this list.
    static let all: [EncoderKind] = [.svilm, .frameDifference, .motion, .published, .onnx]

    /// The kind that a file names.
    ///
    /// - Throws: `FileError`, or `ConfigurationError` where it names none of these.
    static func named(inFile path: String, among kinds: [EncoderKind] = all) throws -> EncoderKind {
        let name = try ConfigurationFile.scalar("kind", in: path)
        if let kind = name == nil ? kinds.first : kinds.first(where: { $0.name == name }) { return kind }
        throw ConfigurationError.invalidValue(
            file: path, key: "kind",
            problem: "is '\(name ?? "")'; known kinds are \(kinds.map(\.name).joined(separator: ", "))")
    }
}

extension EncoderKind {
    static let svilm = EncoderKind("svilm", EncoderConfiguration.self) { source in
        try SViLMSnippetEncoder(
            EncoderFile.load(configuration: source.configuration, weights: source.weights, seed: source.seed),
            precision: source.precision)
    }
}
