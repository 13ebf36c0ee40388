import Configuration
import Files
import Foundation
public import Localization

/// The settings of a model of the authors' releases of ActionFormer or TriDet, from its experiment file or from the arguments
/// of its constructor, in terms of this package.
public struct OfficialSettings: Sendable, Equatable {
    /// Architecture and loss.
    public enum Head: Sendable, Equatable {
        case actionformer(ActionFormerSettings)
        case tridet(TriDetSettings)
    }

    /// Architecture and loss.
    public var head: Head
    /// From proposals to detections.
    public var postProcessing: PostProcessingSettings
    /// From features to samples.
    public var window: WindowSettings
    /// Channels of the features.
    public var featureChannels: Int
    /// Number of classes.
    public var classes: Int
    /// Frames between features, frames in a feature, and frame rate, where the file gives them and they are the same for
    /// all videos.
    public var strideFrames: Double?
    public var windowFrames: Double?
    public var framesPerSecond: Double?

    /// Reads an experiment file (sections `dataset`, `model`, `train_cfg`, `test_cfg`) or the constructor's arguments, as
    /// YAML or JSON. Missing keys have the release's defaults.
    ///
    /// - Throws: `FileError`, `ConfigurationError` or `LocalizationError`
    public static func read(_ path: String) throws -> OfficialSettings {
        let text = try TextFile.read(path)
        let settings: OfficialSettings
        if isExperiment(text) {
            let experiment = try ConfigurationFile.decode(OfficialExperiment.self, from: text, file: path)
            settings = try experiment.settings(file: path)
        } else {
            let model = try ConfigurationFile.decode(OfficialModel.self, from: text, file: path)
            settings = try model.settings(file: path)
        }
        do {
            switch settings.head {
            case .actionformer(let head): try head.validate()
            case .tridet(let head): try head.validate()
            }
            try settings.postProcessing.validate()
            try settings.window.validate()
        } catch ConfigurationError.invalidValue(_, let key, let problem) {
            throw LocalizationError.officialSettings(file: path, problem: "'\(key)' \(problem)")
        }
        return settings
    }

    /// Whether the text has a section `model` or `dataset` at the top, which only experiment files do.
    private static func isExperiment(_ text: String) -> Bool {
        if let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] {
            return object["model"] != nil || object["dataset"] != nil
        }
        return text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("model:") || $0.hasPrefix("dataset:") }
    }
}
