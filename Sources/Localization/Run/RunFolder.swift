import Configuration
public import Files
import Foundation
import Networks
import Tensors

/// The folder of a trained head: `config.yaml` (resolved), `labels.txt`, `features.yaml` (the features it takes) and
/// `model.safetensors`; of a training run also `last/checkpoint.safetensors` (all that resuming needs), `metrics.jsonl` and `log.txt`, a line for each
/// epoch; and where it is known `encoder.yaml` and `encoder.safetensors`, with which the run can look at videos by itself.
public struct RunFolder: Sendable {
    public let path: String

    /// Whether a run that is there gives way to a new one.
    public var replaces: Bool

    public init(_ path: String, replaces: Bool = false) {
        self.path = path
        self.replaces = replaces
    }

    /// The resolved configuration.
    public var configuration: String { file("config.yaml") }
    /// Class names, one a line.
    public var labels: String { file("labels.txt") }
    /// The features that the head takes.
    public var features: String { file("features.yaml") }
    /// The weights to use.
    public var weights: String { file("model.safetensors") }
    /// The configuration of the encoder that made the features, where it is known.
    public var encoder: String { file("encoder.yaml") }
    /// The encoder's weights, where the run keeps a copy.
    public var encoderWeights: String { file("encoder.safetensors") }
    /// What training reports of each epoch.
    var metrics: String { file("metrics.jsonl") }
    var log: String { file("log.txt") }
    /// The same for TensorBoard, which looks for files with `tfevents` in their names.
    var events: String { file("events.out.tfevents.tal") }
    /// All that resuming needs.
    var checkpointPath: String { file("last/checkpoint.safetensors") }

    /// The checkpoint to go on from; `nil` where no epoch was finished.
    ///
    /// - Throws: ``LocalizationError/runFolder(path:problem:)`` for the checkpoint of an older version.
    func checkpoint() throws(LocalizationError) -> TrainingCheckpoint? {
        let checkpoint = TrainingCheckpoint(checkpointPath)
        if checkpoint.exists { return checkpoint }
        for older in ["last/progress.json", "last.old/progress.json"]
        where FileManager.default.fileExists(atPath: file(older)) {
            throw .runFolder(
                path: file(older),
                problem:
                    "is the checkpoint of tal 0.1, which this version cannot continue; the run's model can still be "
                    + "used, and a new training needs another folder")
        }
        return nil
    }

    /// A file in this folder.
    public func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

    /// Whether the folder holds a configuration already.
    public var isUsed: Bool { FileManager.default.fileExists(atPath: configuration) }

    /// Makes the folder where it is missing, and takes the right to train into it.
    ///
    /// - Throws: `FileError.inUse` where another process has it, or `FileError.unwritable`.
    func lock() throws(FileError) -> FolderLock {
        try DurableFile.makeFolders(path)
        return try FolderLock(folder: path)
    }

    /// Writes everything but the weights, into a new or unused folder.
    ///
    /// - Throws: ``LocalizationError/runFolder(path:problem:)``, ``LocalizationError/labels(file:problem:)`` or `FileError`.
    public func create(settings: LocalizationSettings, labels: [String], features: FeatureContract) throws {
        try makeUnused()
        try DurableFile.makeFolders(path)
        try LabelFile.write(labels, to: self.labels)
        try write(Data(ConfigurationFile.encode(features).utf8), to: self.features)
        // Last, because it marks the folder as used.
        try write(Data(ConfigurationFile.encode(settings).utf8), to: configuration)
    }

    /// The files of the encoder that made the features.
    ///
    /// - Returns: the configuration, and the weights where the run keeps a copy.
    /// - Throws: ``LocalizationError/noEncoder(run:)``
    public func encoderFiles() throws(LocalizationError) -> (configuration: String, weights: String?) {
        let files = FileManager.default
        guard files.fileExists(atPath: encoder) else {
            throw .noEncoder(run: path)
        }
        return (encoder, files.fileExists(atPath: encoderWeights) ? encoderWeights : nil)
    }

    /// Keeps the configuration of the encoder that made the features.
    ///
    /// - Throws: `FileError.unwritable`.
    func keepEncoder(configuration: String) throws(FileError) {
        try write(Data(configuration.utf8), to: encoder)
    }

    /// Keeps a copy of the encoder's weights.
    ///
    /// - Throws: ``LocalizationError/runFolder(path:problem:)`` of the weights, or `FileError.unwritable`.
    public func keepEncoderWeights(_ file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw LocalizationError.runFolder(
                path: file, problem: "cannot be read; give the encoder's weights (safetensors)")
        }
        try write(data, to: encoderWeights)
    }

    /// The files of a text encoder, under the names they have in the folder of a pre-trained model.
    public static let textFiles = ["text.yaml", "text.safetensors", "vocabulary.txt"]

    /// Keeps a copy of the text encoder that lies beside the video encoder's weights, so that the run can name actions by
    /// words.
    ///
    /// - Returns: whether there is one.
    /// - Throws: `FileError.unwritable`.
    @discardableResult
    public func keepTextEncoder(beside weights: String) throws(FileError) -> Bool {
        let folder = DurableFile.parent(of: weights) as NSString
        let contents = Self.textFiles.compactMap {
            FileManager.default.contents(atPath: folder.appendingPathComponent($0))
        }
        guard contents.count == Self.textFiles.count else { return false }
        for (name, data) in zip(Self.textFiles, contents) { try write(data, to: file(name)) }
        return true
    }

    /// Keeps copies of files that lie beside the encoder's weights, such as the tokenizer of a published model; those that are
    /// missing are left out.
    ///
    /// - Throws: `FileError`
    public func keepFiles(_ names: [String], beside weights: String) throws(FileError) {
        let folder = DurableFile.parent(of: weights) as NSString
        for name in names {
            guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent(name)) else { continue }
            try write(data, to: file(name))
        }
    }

    /// Writes a model into a new or unused folder.
    ///
    /// - Throws: as ``create(settings:labels:features:)``, or `FileError` where another process writes there.
    public func save(_ model: TrainedModel) throws {
        if !replaces { try makeUnused() }
        let lock = try self.lock()
        defer { lock.removeFile() }
        try makeUnused()
        // The configuration, which marks the folder as used, comes after the weights.
        try Weights.save(model.head, to: weights)
        try create(settings: model.settings, labels: model.labels, features: model.features)
    }

    /// Makes room for a new run before any work on it: deletes the run that the folder holds, where it gives way.
    ///
    /// - Throws: ``LocalizationError/runFolder(path:problem:)`` for a run that does not give way, or `FileError` where another
    ///   process writes there or a file cannot be deleted.
    public func clear() throws {
        guard isUsed else { return }
        // A run that stays is refused without a lock, which would leave a file in it.
        if !replaces { try makeUnused() }
        let lock = try self.lock()
        defer { lock.removeFile() }
        try makeUnused()
    }

    /// Deletes the run in the folder if it may be replaced. Files that belong to no run stay.
    private func makeUnused() throws {
        guard isUsed else { return }
        guard replaces else {
            throw LocalizationError.runFolder(path: path, problem: "holds a run already; choose another folder")
        }
        // The configuration is the last to go: while it is there, what is left is not taken for a new run.
        for file in ownFiles + [configuration] where FileManager.default.fileExists(atPath: file) {
            do {
                try FileManager.default.removeItem(atPath: file)
            } catch {
                throw FileError.unwritable(path: file, reason: error.localizedDescription)
            }
        }
    }

    /// All that a run may hold, but for its configuration.
    private var ownFiles: [String] {
        ["last", "last.old"].map(file)
            + [events, weights, encoderWeights, encoder, features, labels, metrics, log] + Self.textFiles.map(file)
    }

    /// Reads the model.
    ///
    /// - Parameters:
    ///   - overlays: YAML files whose keys replace those of the configuration.
    ///   - overrides: `key.path=value` texts that change the configuration, for instance of post-processing.
    ///   - adjust: a change of the settings after all others; they are validated again after it.
    /// - Throws: ``LocalizationError``, `ConfigurationError`, `TensorFileError` or `NetworkError`
    public func load(
        overlays: [String] = [], overrides: [String] = [],
        adjust: (inout LocalizationSettings) throws -> Void = { _ in }
    ) throws -> TrainedModel {
        guard isUsed else {
            throw LocalizationError.runFolder(path: path, problem: "holds no model (there is no config.yaml)")
        }
        let settings = try settings(overlays: overlays, overrides: overrides, adjust: adjust)
        let labels = try LabelFile.read(self.labels)
        let features = try ConfigurationFile.load(FeatureContract.self, from: self.features)
        guard FileManager.default.fileExists(atPath: weights) else {
            throw LocalizationError.runFolder(
                path: path, problem: "has no model.safetensors; has its training reached the first evaluation?")
        }
        // The fresh weights are replaced at once, so the seed does not matter.
        var generator = RandomGenerator(seed: 0)
        let head = try settings.makeHead(
            featureChannels: features.channels, classes: labels.count, using: &generator)
        try Weights.load(head, from: weights)
        return TrainedModel(head: head, settings: settings, labels: labels, features: features)
    }

    /// Reads the settings of the run, with changes.
    ///
    /// - Throws: `ConfigurationError`, or what `adjust` throws.
    public func settings(
        overlays: [String] = [], overrides: [String] = [],
        adjust: (inout LocalizationSettings) throws -> Void = { _ in }
    ) throws -> LocalizationSettings {
        var settings = try ConfigurationFile.load(
            LocalizationSettings.self, from: configuration, overlays: overlays, overrides: overrides)
        try adjust(&settings)
        try settings.validate()
        return settings
    }

    /// Writes a file of the run, so that it outlasts a power cut.
    func write(_ data: Data, to file: String) throws(FileError) {
        try AtomicFile.write(data, to: file, durable: true)
    }
}
