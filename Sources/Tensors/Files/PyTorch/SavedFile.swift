package import Foundation

/// What `torch.save` or `pickle.dump` wrote; nothing in it is run.
public struct SavedFile: Sendable {
    /// What was saved.
    public let content: PickleValue
    private let checkpoint: PyTorchFile?
    private let path: String

    /// - Throws: ``TensorFileError``
    public init(path: String) throws {
        self.path = path
        let data = try ZipArchive.map(path)
        // A zip archive, or the magic number with which PyTorch began its files before.
        if data.starts(with: [0x50, 0x4B, 0x03, 0x04]) || data.starts(with: [0x80, 0x02, 0x8A, 0x0A]) {
            let checkpoint = try PyTorchFile(path: path)
            self.checkpoint = checkpoint
            content = checkpoint.content
        } else {
            checkpoint = nil
            var reader = PickleReader(data, file: path)
            content = try reader.read()
        }
    }

    /// A pickle that is in memory.
    ///
    /// - Throws: ``TensorFileError``
    package init(pickle: Data, path: String) throws {
        self.path = path
        checkpoint = nil
        var reader = PickleReader(pickle, file: path)
        content = try reader.read()
    }

    /// The elements of a tensor, whole numbers too, row-major.
    ///
    /// - Throws: ``TensorFileError``
    public func tensor(_ tensor: PickledTensor) throws -> Tensor {
        guard let checkpoint else {
            throw TensorFileError.malformed(file: path, reason: "its tensors have no storage")
        }
        return try checkpoint.tensor(tensor, name: "the tensor", allowingIntegers: true)
    }
}
