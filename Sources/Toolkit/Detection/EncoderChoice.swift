import Encoders
package import Extraction
import Features
import Files
package import Tensors

/// An encoder as a person names it: the weights may be a folder, or lie beside the configuration.
package struct EncoderChoice {
    package var configuration: String
    /// A file of weights or a folder with one; see `EncoderWeights`.
    package var weights: String?
    /// The seed of random weights.
    package var seed: UInt64

    /// The protocol of a published encoder by name or file; its usual one where nil.
    package var rules: String?

    package init(configuration: String, weights: String?, seed: UInt64, rules: String? = nil) {
        self.rules = rules
        self.configuration = configuration
        self.weights = weights
        self.seed = seed
    }

    /// With the files that are meant by names.
    ///
    /// - Throws: ``ToolkitError/unknownName(_:noun:known:)``
    package func resolved(_ events: JobEvents = .none) throws -> EncoderChoice {
        var choice = self
        choice.configuration = try ShippedFiles.standard.resolve(
            configuration, as: .encoder, otherNames: EncoderCatalogue.all.map(\.name), events)
        if let rules, let notice = PublishedEncoders.notice(ofFileNamed: rules) { events.notice(notice) }
        return choice
    }

    /// - Returns: the encoder, and whether its weights are random, so that its features mean nothing.
    /// - Throws: `FileError`, or what `EncoderSettings` throws.
    package func load(precision: ComputePrecision) throws -> (encoder: any SnippetEncoder, isRandom: Bool) {
        // Published encoders find their own files, and never have random weights.
        let isPublished = try EncoderSettings.isPublished(configuration)
        let found = isPublished ? weights : try EncoderWeights.find(weights, configuration: configuration)
        let encoder = try EncoderSettings.load(
            configuration: configuration, weights: found, seed: seed, precision: precision, protocol: rules)
        return (encoder, !isPublished && found == nil && !encoder.origin.weightsSHA256.isEmpty)
    }

    /// The notice about random weights.
    package static func randomWeights(_ configuration: String) -> String {
        "\(configuration): random weights, so that these features know nothing of what videos show"
    }
}
