import Inference
public import Tensors

/// A published encoder, read from its weight file as its authors published it.
public struct PublishedEncoder: Sendable {
    /// The model; without its blocks where they were packed.
    public let model: VisionTransformer
    /// The blocks, where they were packed while they were read.
    let packed: (blocks: [PackedBlock], precision: ComputePrecision)?
    /// The family, such as `VideoMAE`.
    public let family: String
    /// Whose names the file uses: `official`, `Hugging Face`, `mmaction2`, `OpenAI` or `open_clip`.
    public let names: String
    /// Tensors of the file that belong to no known part of the model.
    public let leftOver: [String]
    /// The weight file, or the index of its parts.
    public let path: String

    /// Reads an encoder.
    ///
    /// - Parameters:
    ///   - file: the weights.
    ///   - configuration: what lies beside them.
    ///   - packing: the precision in which blocks are packed while they are read, where this machine can do so, which takes
    ///     half the memory of packing them later; nil keeps them as they are.
    /// - Throws: ``EncoderError``, or `TensorFileError` for damaged tensors.
    public init(
        _ file: PublishedFile, configuration: ModelConfiguration = .none, packing: ComputePrecision? = nil
    ) throws {
        guard let architecture = Architectures.reader(of: file) else {
            throw EncoderError.unknownModel(file: file.path, found: FileRecognition.description(of: file))
        }
        // Everything is checked before memory is taken for anything.
        var check = WeightReader(file, checksOnly: true)
        let (settings, _) = try architecture.read(&check, configuration)
        try check.requireFit(architecture.name(settings), blocks: architecture.blocks)
        let packer = packing.flatMap { precision in
            PackedTransformer.obstacle(settings, precision: precision) == nil
                ? BlockPacker(settings, precision: precision) : nil
        }
        var reader = WeightReader(file, checksOnly: false, packer: packer)
        let (_, weights) = try architecture.read(&reader, configuration)
        model = VisionTransformer(settings, name: architecture.name(settings), weights: weights)
        packed = packer.map { ($0.blocks, $0.precision) }
        family = architecture.family
        names = architecture.names
        leftOver = reader.leftOver(butNot: architecture.otherParts)
        path = file.path
    }

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
