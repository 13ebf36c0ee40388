import Annotations
import Configuration
public import Localization
import Networks
import Tensors

/// Turns a model of OpenTAD into a run folder.
public enum OpenTADImport {
    /// What is in a state dictionary besides parameters: the running number of positives of the loss.
    private static let ignored: Set<String> = ["rpn_head.loss_normalizer"]

    /// Reads settings, weights and labels, checks that they fit, and writes the folder.
    ///
    /// - Parameters:
    ///   - configuration: of OpenTAD (Python, with the files that its `_base_` names where it says) for ActionFormer, TriDet,
    ///     TemporalMaxer, BMN or G-TAD on features.
    ///   - weights: the checkpoint, whose averaged weights are taken where there are any, or safetensors.
    ///   - labels: class names, one a line, in the order of the model's classes (`category_idx.txt`); not needed for a model of
    ///     one class.
    ///   - folder: where the run goes; new or unused.
    /// - Throws: `LocalizationError`, `TensorFileError` or `NetworkError`
    public static func run(
        configuration: String, weights: String, labels: String?, folder: RunFolder
    ) throws -> TrainedModel {
        let official = try OpenTADSettings.read(configuration)
        let names = try names(labels, classes: official.classes, configuration: configuration)
        do {
            try official.settings.validate()
        } catch ConfigurationError.invalidValue(_, let key, let problem) {
            throw LocalizationError.officialSettings(file: configuration, problem: "'\(key)' \(problem)")
        }
        var generator = RandomGenerator(seed: 0)
        let head = try official.settings.makeHead(
            featureChannels: official.features.channels, classes: official.classes, using: &generator)
        guard let named = head as? any OpenTADNamed else {
            preconditionFailure("\(official.settings.head) has no names in OpenTAD")
        }
        try OfficialWeights.load(named.openTADParameters, from: CheckpointTensors(path: weights), ignoring: ignored)
        let model = TrainedModel(
            head: head, settings: official.settings, labels: names, features: official.features)
        try folder.save(model)
        return model
    }

    private static func names(
        _ labels: String?, classes: Int, configuration: String
    ) throws(LocalizationError) -> [String] {
        guard let labels else {
            guard classes == 1 else {
                throw .officialSettings(
                    file: configuration, problem: "describes a model of \(classes) classes; give their names")
            }
            return [AnnotationSet.anyAction]
        }
        let names = try LabelFile.read(labels)
        guard names.count == classes else {
            throw .labels(file: labels, problem: "has \(names.count) labels, the model has \(classes) classes")
        }
        return names
    }
}
