import Features
import Foundation
import Networks

/// What the curves of a file are, the same for all of its videos.
public struct ScoreCurveContent: Sendable, Hashable, Codable {
    /// What a value says.
    public enum Kind: String, Sendable, Codable {
        /// The score of a class, from 0 to 1 (``LocalizationHead/scoreCurves(_:lengths:)``).
        case scores
        /// How much the video resembles a text (``MomentSearch``), smoothed; at most 1.
        case similarities
    }

    public var kind: Kind
    /// The name of each column.
    public var classes: [String]
    /// What made them: the kind of a head, or a model of words.
    public var model: String

    /// - Parameters:
    ///   - kind: what a value says.
    ///   - classes: the name of each column.
    ///   - model: what made them.
    public init(kind: Kind, classes: [String], model: String) {
        (self.kind, self.classes, self.model) = (kind, classes, model)
    }

    /// The name under which a feature store keeps curves, in the place of an encoder's.
    static let encoder = "score-curves"

    /// As a feature store says it.
    func origin(weightsSHA256: String, precision: String?) -> FeatureOrigin {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and lists of them can always be said in JSON.
        let text = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return FeatureOrigin(
            encoder: Self.encoder, encoderConfiguration: text, weightsSHA256: weightsSHA256,
            encoderPrecision: precision)
    }

    /// - Returns: nil where a store has no curves.
    init?(_ origin: FeatureOrigin?) {
        guard let origin, origin.encoder == Self.encoder,
            let content = try? JSONDecoder().decode(Self.self, from: Data(origin.encoderConfiguration.utf8)),
            !content.classes.isEmpty
        else { return nil }
        self = content
    }
}
