public import Configuration
import Encoders
import Evaluation
import Extraction
import Files
import Foundation
import Localization
import Pretraining
import SViLM

/// Settings that have a name or a file, of any kind that the toolkit reads.
public struct NamedSettings: Sendable {
    /// What settings are of.
    public enum Kind: String, Sendable, CaseIterable {
        /// A head and its training.
        case head
        /// A pre-training.
        case pretraining
        /// The adaptation of an encoder to videos.
        case adaptation
        /// An encoder.
        case encoder
        /// How an encoder is used on a video.
        case encoderProtocol = "encoder-protocol"
        /// The rules of an evaluation.
        case evaluationProtocol = "evaluation-protocol"

        /// What a person calls them.
        public var title: String {
            switch self {
            case .head: "a head and its training"
            case .pretraining: "a pre-training"
            case .adaptation: "an adaptation"
            case .encoder: "an encoder"
            case .encoderProtocol: "the protocol of an encoder"
            case .evaluationProtocol: "the protocol of an evaluation"
            }
        }
    }

    public var name: String
    public var kind: Kind
    public var settings: any Configurable

    /// Every setting with its value and what it means.
    ///
    /// - Throws: what encoding the settings throws.
    public var listing: SettingsListing {
        get throws {
            func listing(_ settings: some Configurable) throws -> SettingsListing { try SettingsListing(settings) }
            return try listing(settings)
        }
    }

    // MARK: - Names

    /// The names there are of a kind, sorted.
    public static func names(of kind: Kind) -> [String] {
        switch kind {
        case .head: Set(ShippedFiles.standard.names(of: .head) + HeadKind.allCases.map(\.rawValue)).sorted()
        case .pretraining: ShippedFiles.standard.names(of: .pretraining)
        case .adaptation: ["adaptation"]
        case .encoder: ShippedFiles.standard.names(of: .encoder)
        case .encoderProtocol: EncoderProtocol.builtIn.map(\.name).sorted()
        case .evaluationProtocol: EvaluationProtocol.builtInNames
        }
    }

    /// The settings of a name or a file.
    ///
    /// - Parameters:
    ///   - name: a name of one of the kinds, or the path of a YAML file.
    ///   - kind: which of several is meant; the first in the order of ``Kind`` that has the name where nil.
    ///   - assignments: `key.path=value`, laid over them.
    /// - Throws: ``ToolkitError/unknownName(_:noun:known:)``, `FileError` or `ConfigurationError`.
    public static func find(
        _ name: String, kind: Kind? = nil, assignments: [String] = []
    ) throws -> NamedSettings {
        // A folder may be called as settings are, such as that of the demo.
        if name.contains("/") || PathKind(name) == .file {
            let kind = try kind ?? self.kind(ofFile: name)
            return try NamedSettings(name: name, kind: kind, settings: load(kind, from: name, assignments))
        }
        let kinds = kind.map { [$0] } ?? Kind.allCases
        guard let found = kinds.first(where: { names(of: $0).contains(name) }) else {
            throw ToolkitError.unknownName(
                name, noun: kinds.count == 1 ? "settings of \(kinds[0].title)" : "settings",
                known: kinds.flatMap(names))
        }
        return try NamedSettings(name: name, kind: found, settings: named(name, as: found, assignments))
    }

    /// The other kinds that know a name.
    public var otherKinds: [Kind] { Kind.allCases.filter { $0 != kind && Self.names(of: $0).contains(name) } }

    private static func named(_ name: String, as kind: Kind, _ assignments: [String]) throws -> any Configurable {
        func changed<Settings: Configurable>(_ settings: Settings) throws -> Settings {
            try ConfigurationFile.decode(
                from: ConfigurationFile.encode(settings), file: name, overrides: assignments)
        }
        switch kind {
        case .head:
            if let path = ShippedFiles.standard.path(of: name, as: .head) {
                return try load(kind, from: path, assignments)
            }
            return try changed(LocalizationSettings.defaults { $0 == "head" ? name : nil })
        case .pretraining, .encoder:
            let shipped = ShippedFiles.Kind(rawValue: kind.rawValue) ?? .encoder
            return try load(kind, from: ShippedFiles.standard.path(of: name, as: shipped) ?? name, assignments)
        case .adaptation: return try changed(AdaptationJob.defaults)
        case .encoderProtocol:
            return try changed(EncoderProtocol.builtIn.first { $0.name == name } ?? EncoderProtocol())
        case .evaluationProtocol: return try changed(EvaluationProtocol.named(name))
        }
    }

    // MARK: - Files

    /// What the keys at the top of a file are of.
    private static func kind(ofFile path: String) throws -> Kind {
        let keys = Set(
            try ConfigurationFile.keys(in: path).map { $0.split(separator: ".").first.map(String.init) ?? $0 })
        if keys.contains("head") { return .head }
        if !keys.isDisjoint(with: ["objectives", "warmup_steps", "world"]) { return .pretraining }
        if !keys.isDisjoint(with: ["tiou", "task", "unlisted_videos"]) { return .evaluationProtocol }
        if !keys.isDisjoint(with: ["preprocessing", "window_frames", "frame_pooling"]) { return .encoderProtocol }
        if !keys.isDisjoint(with: ["kind", "depth", "image_size", "sampling"]) { return .encoder }
        return .head
    }

    private static func load(_ kind: Kind, from path: String, _ assignments: [String]) throws -> any Configurable {
        func load<Settings: Configurable>(_ type: Settings.Type) throws -> Settings {
            try ConfigurationFile.load(type, from: path, overrides: assignments)
        }
        func load(any type: any Configurable.Type) throws -> any Configurable { try load(type) }
        switch kind {
        case .head: return try load(LocalizationSettings.self)
        case .pretraining, .adaptation: return try load(PretrainingConfiguration.self)
        case .encoderProtocol: return try load(EncoderProtocol.self)
        case .evaluationProtocol: return try load(EvaluationProtocol.self)
        case .encoder: return try load(any: EncoderSettings.type(ofFile: path))
        }
    }
}
