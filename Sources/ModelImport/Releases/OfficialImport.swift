public import Localization
import Networks
import Tensors

/// Turns a model of the authors' releases of ActionFormer and TriDet into a run folder.
public enum OfficialImport {
    /// Reads settings, weights and labels, checks that they fit, and writes the folder.
    ///
    /// - Parameters:
    ///   - kind: the head that the settings must describe.
    ///   - configuration: the release's experiment file or the constructor's arguments, YAML or JSON.
    ///   - weights: under their official names: the release's checkpoint, whose averaged weights are taken, or safetensors.
    ///   - labels: class names, one a line, in the order of the model's classes.
    ///   - folder: where the run goes; new or unused.
    /// - Throws: `LocalizationError`, `ConfigurationError`, `TensorFileError` or `NetworkError`
    public static func run(
        _ kind: HeadKind, configuration: String, weights: String, labels: String, folder: RunFolder
    ) throws -> TrainedModel {
        let official = try OfficialSettings.read(configuration)
        let names = try LabelFile.read(labels)
        guard names.count == official.classes else {
            throw LocalizationError.labels(
                file: labels, problem: "has \(names.count) labels, the model has \(official.classes) classes")
        }
        var settings = LocalizationSettings()
        settings.classAgnostic = official.classes == 1
        settings.window = official.window
        settings.postProcessing = official.postProcessing
        var features = FeatureContract()
        features.channels = official.featureChannels
        features.strideFrames = official.strideFrames
        features.windowFrames = official.windowFrames
        features.framesPerSecond = official.framesPerSecond
        switch official.head {
        case .actionformer(let head): (settings.head, settings.actionformer) = (.actionformer, head)
        case .tridet(let head): (settings.head, settings.tridet) = (.tridet, head)
        }
        guard settings.head == kind else {
            throw LocalizationError.officialSettings(
                file: configuration, problem: "describes a model of \(settings.head.rawValue); import it as that")
        }
        var generator = RandomGenerator(seed: 0)
        let head = try settings.makeHead(
            featureChannels: official.featureChannels, classes: official.classes, using: &generator)
        guard let named = head as? any OfficiallyNamed else {
            preconditionFailure("\(settings.head) has no official names")
        }
        try OfficialWeights.load(named, from: weights)
        let model = TrainedModel(head: head, settings: settings, labels: names, features: features)
        try folder.save(model)
        return model
    }
}
