import Networks
import Tensors

/// Turns a model of the authors' release of ActionFormer into a run folder.
public enum ActionFormerImport {
    /// Reads settings, weights and labels, checks that they fit, and writes the folder.
    ///
    /// - Parameters:
    ///   - configuration: the release's experiment file or the constructor's arguments, YAML or JSON.
    ///   - weights: safetensors with the official names, float32 or float16.
    ///   - labels: class names, one a line, in the order of the model's classes.
    ///   - folder: where the run goes; new or unused.
    /// - Throws: ``LocalizationError``, `ConfigurationError`, `TensorFileError` or `NetworkError`
    public static func run(
        configuration: String, weights: String, labels: String, folder: RunFolder
    ) throws -> TrainedModel {
        let official = try OfficialActionFormer.read(configuration)
        let names = try LabelFile.read(labels)
        guard names.count == official.classes else {
            throw LocalizationError.labels(
                file: labels, problem: "has \(names.count) labels, the model has \(official.classes) classes")
        }
        var settings = LocalizationSettings()
        settings.actionformer = official.head
        settings.classAgnostic = official.classes == 1
        settings.window = official.window
        settings.postProcessing = official.postProcessing
        var features = FeatureContract()
        features.channels = official.featureChannels
        features.strideFrames = official.strideFrames
        features.windowFrames = official.windowFrames
        features.framesPerSecond = official.framesPerSecond
        var generator = RandomGenerator(seed: 0)
        let head = try ActionFormer(
            official.head, featureChannels: official.featureChannels, classes: official.classes, using: &generator)
        try ActionFormerWeights.load(head, from: weights)
        let model = TrainedModel(head: head, settings: settings, labels: names, features: features)
        try folder.save(model)
        return model
    }
}
