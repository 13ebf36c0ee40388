import Foundation
import Tensors

/// A published encoder, read from its weight file as its authors published it.
public struct PublishedEncoder: Sendable {
    public let model: VisionTransformer
    /// The family, such as `VideoMAE`.
    public let family: String
    /// Whose names the file uses: `official`, `Hugging Face`, `mmaction2`, `OpenAI` or `open_clip`.
    public let names: String
    /// Tensors of the file that belong to no known part of the model.
    public let leftOver: [String]
    /// The weight file, or the index of its parts.
    public let path: String
    private let file: PublishedFile

    /// Reads an encoder.
    ///
    /// - Parameters:
    ///   - file: the weights.
    ///   - configuration: what lies beside them.
    /// - Throws: ``EncoderError``, or `TensorFileError` for damaged tensors.
    public init(_ file: PublishedFile, configuration: ModelConfiguration = .none) throws {
        guard let architecture = Architectures.reader(of: file) else {
            throw EncoderError.unknownModel(file: file.path, found: FileRecognition.description(of: file))
        }
        // Everything is checked before memory is taken for anything.
        var check = WeightReader(file, checksOnly: true)
        let (settings, _) = try architecture.read(&check, configuration)
        try check.requireFit(architecture.name(settings), blocks: architecture.blocks)
        var reader = WeightReader(file, checksOnly: false)
        let (_, weights) = try architecture.read(&reader, configuration)
        model = VisionTransformer(settings, name: architecture.name(settings), weights: weights)
        family = architecture.family
        names = architecture.names
        leftOver = reader.leftOver(butNot: architecture.otherParts)
        path = file.path
        self.file = file
    }

    /// SHA-256 of the weight file in hexadecimal; of the digests of its parts where there are several.
    ///
    /// - Throws: `FileError`
    public func digest() throws -> String { try file.digest() }

    /// What a file holds, as its names and shapes tell, without reading any weights.
    ///
    /// - Throws: ``EncoderError``
    public static func settings(
        of file: PublishedFile, configuration: ModelConfiguration = .none
    ) throws -> (family: String, settings: TransformerSettings) {
        guard let architecture = Architectures.reader(of: file) else {
            throw EncoderError.unknownModel(file: file.path, found: FileRecognition.description(of: file))
        }
        var check = WeightReader(file, checksOnly: true)
        let (settings, _) = try architecture.read(&check, configuration)
        try check.requireFit(architecture.name(settings), blocks: architecture.blocks)
        return (architecture.family, settings)
    }
}

extension ArchitectureReader {
    func name(_ settings: TransformerSettings) -> String {
        "\(family) of width \(settings.width), depth \(settings.depth) and patch \(settings.patch)"
    }
}
