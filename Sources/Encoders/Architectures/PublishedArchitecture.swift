import Tensors

/// A family of published encoders: how its files are recognised and read.
protocol PublishedArchitecture: Sendable {
    /// The reader of a file of this family; nil for a file of another.
    static func reader(of file: PublishedFile) -> ArchitectureReader?
}

/// Reads the encoder in a file whose architecture is known.
struct ArchitectureReader {
    /// The family, such as `VideoMAE`.
    var family: String
    /// Whose names the file uses.
    var names: String
    /// The start of names in which nothing may be left over.
    var blocks: String
    /// Starts of the names of tensors that belong to other parts of the model.
    var otherParts: [String] = []
    /// Fills settings and weights.
    var read: (inout WeightReader, ModelConfiguration) throws -> (TransformerSettings, TransformerWeights)
}

/// All families, in the order in which a file is tried.
enum Architectures {
    static let all: [any PublishedArchitecture.Type] = [
        VideoMAE.self, VJEPA2.self, InternVideo2.self, DINOv2.self, SigLIP.self, CLIP.self,
    ]

    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        all.lazy.compactMap { $0.reader(of: file) }.first
    }
}

extension TransformerSettings {
    /// Refuses sizes that cannot be: what comes from a file must not stop the program.
    func validate(_ file: PublishedFile, _ configuration: ModelConfiguration) throws {
        func refuse(_ problem: String) -> EncoderError {
            .configuration(file: configuration.path ?? file.path, problem: problem)
        }
        guard width % heads == 0 else { throw refuse("\(heads) heads do not divide the width, \(width)") }
        guard imageSize % patch == 0 else {
            throw refuse("frames of \(imageSize) pixels are no whole number of patches of \(patch)")
        }
        guard frames == 1 || frames % tubelet == 0 else {
            throw refuse("\(frames) frames are no whole number of tubelets of \(tubelet)")
        }
    }
}

extension WeightReader {
    /// The sizes that the kernel of a patch embedding tells: width, tubelet and patch.
    func patchSizes(_ name: String) throws -> (width: Int, tubelet: Int, patch: Int) {
        let shape = shape(name) ?? []
        guard (4...5).contains(shape.count), shape[1] == 3, shape[shape.count - 1] == shape[shape.count - 2],
            shape.allSatisfy({ (1...65536).contains($0) })
        else {
            throw EncoderError.misfit(
                file: file.path, model: "a vision transformer",
                problems: ["\(name) has shape \(shape), expected [width, 3, (frames,) patch, patch]"])
        }
        return (shape[0], shape.count == 5 ? shape[2] : 1, shape[shape.count - 1])
    }

    /// Rows of a matrix or elements of a vector; 1 where it is missing, which is reported when it is read.
    func length(_ name: String) -> Int { max(1, shape(name)?.first ?? 1) }

    /// The side of the square grid of a position table.
    ///
    /// - Parameter rows: rows of the table that belong to patches of one step in time.
    func side(_ rows: Int, table name: String) throws -> Int {
        let side = Int(Double(max(0, rows)).squareRoot().rounded())
        guard side > 0, side * side == rows else {
            throw EncoderError.misfit(
                file: file.path, model: "a vision transformer",
                problems: ["\(name) has shape \(shape(name) ?? []), which is no square of patches"])
        }
        return side
    }
}
