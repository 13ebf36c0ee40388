import Annotations
public import Localization
import Networks
import Tensors

/// Turns a model of the authors' release of G-TAD into a run folder.
public enum GTADImport {
    /// Reads settings and weights, checks that they fit, and writes the folder.
    ///
    /// The release keeps its settings in its program, so they are given as a configuration of this package, such as
    /// `configs/heads/gtad-thumos14.yaml`. The number of feature channels is that of the weights.
    /// - Parameters:
    ///   - settings: of a head of kind `gtad`, validated.
    ///   - weights: the release's checkpoint or safetensors.
    ///   - folder: where the run goes; new or unused.
    /// - Throws: `LocalizationError`, `ConfigurationError`, `TensorFileError` or `NetworkError`
    public static func run(settings: LocalizationSettings, weights: String, folder: RunFolder) throws -> TrainedModel {
        guard settings.head == .gtad else {
            throw LocalizationError.officialSettings(
                file: weights, problem: "is imported as G-TAD, but the configuration is for \(settings.head.rawValue)")
        }
        let checkpoint = try CheckpointTensors(path: weights)
        let first = "backbone1.0.weight"
        let name = checkpoint.names.contains(first) ? first : "module.\(first)"
        var features = FeatureContract()
        let shape = try checkpoint.shape(of: name)
        guard shape.count == 3 else {
            throw NetworkError.shapeMismatch(
                file: weights, name: name, found: shape, expected: [settings.gtad.channels, 0, 3])
        }
        features.channels = shape[1] * settings.gtad.embeddingGroups
        var generator = RandomGenerator(seed: 0)
        let head = try GTAD(settings.gtad, featureChannels: features.channels, using: &generator)
        try OfficialWeights.load(head, from: checkpoint)
        let model = TrainedModel(
            head: head, settings: settings, labels: [AnnotationSet.anyAction], features: features)
        try folder.save(model)
        return model
    }
}
