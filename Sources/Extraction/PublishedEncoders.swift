import Configuration
import Encoders
package import Files
import Foundation
import Tensors
import Threads

/// Makes encoders from published weights.
package enum PublishedEncoders {
    /// - Parameters:
    ///   - weights: the weight file.
    ///   - configuration: the model's own configuration, where there is one.
    ///   - name: the entry of the catalogue that the weights must be of; whatever they are where nil or empty.
    ///   - given: the protocol, where it is known already.
    ///   - rules: the name or file of the protocol otherwise; the encoder's usual one where nil.
    static func load(
        weights: String, configuration: String?, name: String?, given: EncoderProtocol? = nil, rules: String?,
        precision: ComputePrecision
    ) throws -> any ProtocolEncoder {
        let file = try PublishedFile(path: weights)
        let asked = name.flatMap { try? EncoderCatalogue.entry(named: $0) }
        if EfficientNetLite0.isIn(file) || asked?.family == EfficientNetLite0.family {
            guard asked == nil || asked?.family == EfficientNetLite0.family else {
                throw EncoderError.otherModel(
                    file: weights, found: FileRecognition.description(of: file), expected: asked?.name ?? "")
            }
            let entry = EncoderCatalogue.all.first { $0.family == EfficientNetLite0.family }
            return try EfficientNetSnippetEncoder(
                file, name: entry?.name ?? EfficientNetLite0.family,
                rules: given ?? rules.map(find) ?? usual(EfficientNetLite0.family, entry), precision: precision)
        }
        let model = try configuration.map(ModelConfiguration.init(path:)) ?? .none
        let (family, settings) = try PublishedEncoder.settings(of: file, configuration: model)
        var entry = EncoderCatalogue.entry(family: family, settings)
        if let asked {
            try EncoderCatalogue.check(asked, family: family, settings, file: weights)
            entry = asked
        }
        let used = try given ?? rules.map(find) ?? usual(family, entry)
        if let processor = EncoderFolder.processor(beside: weights) {
            try ProcessorConfiguration(path: processor).check(used)
        }
        // For a large encoder the digest takes as long as the packing.
        let digest = Future { try file.digest() }
        let encoder = try PublishedEncoder(file, configuration: model, packing: precision)
        return try PublishedSnippetEncoder(
            encoder, name: entry?.name ?? "\(family) \(settings.width)x\(settings.depth)", rules: used,
            weightsSHA256: try digest.get(), precision: precision)
    }

    /// The notice for a user's file that has the name of a protocol that comes with the toolkit, and is used instead.
    package static func notice(ofFileNamed rules: String) -> Notice? {
        guard PathKind(rules) == .file, EncoderProtocol.builtIn.contains(where: { $0.name == rules }) else {
            return nil
        }
        return Notice(
            "own-file", "'\(rules)' in this folder is used, not the protocol of that name that comes with tal")
    }

    /// A protocol from a file or by name.
    static func find(_ rules: String) throws -> EncoderProtocol {
        if PathKind(rules) != .file, let known = EncoderProtocol.builtIn.first(where: { $0.name == rules }) {
            return known
        }
        guard PathKind(rules) != .missing else {
            throw ExtractionError.unknownProtocol(name: rules, known: EncoderProtocol.builtIn.map(\.name))
        }
        return try ConfigurationFile.load(from: rules)
    }

    private static func usual(_ family: String, _ entry: CatalogueEntry?) -> EncoderProtocol {
        let name = entry?.protocols.first
        return EncoderProtocol.builtIn.first { $0.name == name }
            ?? EncoderProtocol.builtIn.first { $0.families.contains(family) } ?? EncoderProtocol()
    }
}
