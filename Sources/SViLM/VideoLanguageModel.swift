import Configuration
package import Files
import Foundation
public import Networks
public import Tensors

/// A video encoder and a text encoder with a common space.
public struct VideoLanguageModel: Module {
    public let video: VideoEncoder
    public let text: TextEncoder
    /// On similarities of videos and captions.
    public let contrastiveScale: LogitScale
    /// On similarities of groups and nouns.
    public let groundingScale: LogitScale
    /// Cuts texts for the text encoder.
    public let tokenizer: WordPieceTokenizer

    /// A model with random weights.
    public init(
        encoder: EncoderConfiguration, text: TextConfiguration, vocabulary: WordPieceVocabulary,
        temperature: Double = 0.07, seed: UInt64
    ) {
        video = VideoEncoder(encoder, seed: seed)
        self.text = TextEncoder(
            text, vocabularySize: vocabulary.pieces.count, commonSpace: encoder.commonSpace,
            // Another stream than the video encoder's.
            seed: RandomGenerator(seed: seed).split(1).state[0])
        contrastiveScale = LogitScale(temperature: temperature)
        groundingScale = LogitScale(temperature: temperature)
        tokenizer = WordPieceTokenizer(vocabulary)
    }

    /// The numbers of a text's word pieces.
    public func encode(_ text: String) -> [Int] {
        tokenizer.encode(text, maximumLength: self.text.configuration.maximumLength)
    }

    // MARK: - Folders

    /// What a folder of a trained model holds.
    public enum FileName {
        public static let encoderConfiguration = "encoder.yaml"
        public static let encoderWeights = "encoder.safetensors"
        public static let textConfiguration = "text.yaml"
        public static let textWeights = "text.safetensors"
        public static let vocabulary = "vocabulary.txt"
    }

    /// All files of a model, the weights last.
    package static let fileNames = [
        FileName.encoderConfiguration, FileName.textConfiguration, FileName.vocabulary, FileName.textWeights,
        FileName.encoderWeights,
    ]

    /// Writes configurations, weights and vocabulary into a folder, each to a temporary name first.
    ///
    /// - Parameters:
    ///   - folder: created where missing.
    ///   - type: `.float32` or `.float16`.
    ///   - metadata: what to store with the weights.
    /// - Throws: ``SViLMError`` or `TensorFileError`.
    public func save(
        to folder: String, as type: SafetensorsFile.ElementType = .float32, metadata: [String: String] = [:]
    ) throws {
        try Self.save(video, to: folder, as: type, metadata: metadata)
        var textMetadata = metadata
        for (key, scale) in scales { textMetadata[key] = String(scale.logarithm.value.scalar) }
        try Self.save(text, vocabulary: tokenizer.vocabulary, to: folder, as: type, metadata: textMetadata)
    }

    /// The learned temperatures with their keys in the metadata of the text encoder's file.
    private var scales: [(key: String, scale: LogitScale)] {
        [("contrastive_logarithm", contrastiveScale), ("grounding_logarithm", groundingScale)]
    }

    /// Writes the half of a model folder that is about video.
    ///
    /// - Throws: ``SViLMError`` or `TensorFileError`.
    public static func save(
        _ video: VideoEncoder, to folder: String, as type: SafetensorsFile.ElementType = .float32,
        metadata: [String: String] = [:]
    ) throws {
        let folder = try makeFolder(folder)
        try write(
            try ConfigurationFile.encode(video.configuration),
            to: folder.appendingPathComponent(FileName.encoderConfiguration).path)
        try Weights.save(
            video, to: folder.appendingPathComponent(FileName.encoderWeights).path, as: type, metadata: metadata)
    }

    /// Writes the half of a model folder that is about text.
    ///
    /// - Throws: ``SViLMError`` or `TensorFileError`.
    public static func save(
        _ text: TextEncoder, vocabulary: WordPieceVocabulary, to folder: String,
        as type: SafetensorsFile.ElementType = .float32, metadata: [String: String] = [:]
    ) throws {
        let folder = try makeFolder(folder)
        try write(
            try ConfigurationFile.encode(text.configuration),
            to: folder.appendingPathComponent(FileName.textConfiguration).path)
        try vocabulary.write(to: folder.appendingPathComponent(FileName.vocabulary).path)
        try Weights.save(
            text, to: folder.appendingPathComponent(FileName.textWeights).path, as: type, metadata: metadata)
    }

    /// Whether a folder holds a model or a half of one.
    package static func isPresent(in folder: String) -> Bool {
        [FileName.encoderWeights, FileName.textWeights].contains {
            FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent($0))
        }
    }

    private static func makeFolder(_ path: String) throws(FileError) -> URL {
        try DurableFile.makeFolders(path)
        return URL(fileURLWithPath: path)
    }

    /// Reads a model from a folder that ``save(to:as:metadata:)`` wrote.
    ///
    /// - Throws: `ConfigurationError`, ``SViLMError``, `TensorFileError` or `NetworkError`.
    public static func load(from folder: String) throws -> VideoLanguageModel {
        let folder = URL(fileURLWithPath: folder)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let model = VideoLanguageModel(
            encoder: try ConfigurationFile.load(from: path(FileName.encoderConfiguration)),
            text: try ConfigurationFile.load(from: path(FileName.textConfiguration)),
            vocabulary: try WordPieceVocabulary(path: path(FileName.vocabulary)), seed: 0)
        try Weights.load(model.video, from: path(FileName.encoderWeights))
        try Weights.load(model.text, from: path(FileName.textWeights))
        let metadata = try SafetensorsFile(path: path(FileName.textWeights)).metadata
        // A pre-training that is killed between the two files leaves them of different steps; imported ones have none.
        let step = try SafetensorsFile(path: path(FileName.encoderWeights)).metadata["steps"]
        if let step, let other = metadata["steps"], step != other {
            throw FileError.malformed(
                path: folder.path,
                problem:
                    "its video encoder is of step \(step) and its text encoder of step \(other): the pre-training was "
                    + "killed while it wrote them; resume it, which writes both again")
        }
        // Imported encoders have no temperature yet.
        for (key, scale) in model.scales {
            guard let value = metadata[key].flatMap(Float.init), value.isFinite else { continue }
            scale.logarithm.value = Tensor([value])
        }
        return model
    }

    package static func write(_ text: String, to path: String) throws(FileError) {
        try AtomicFile.write(text, to: path, durable: true)
    }
}
