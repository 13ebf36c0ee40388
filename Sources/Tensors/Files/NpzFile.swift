import Files

/// Arrays in NumPy's `.npz` format: a zip archive of `.npy` files, compressed or not.
public struct NpzFile: Sendable {
    private let archive: ZipArchive
    private let path: String
    /// The names of the arrays, sorted.
    public let names: [String]

    static let suffix = ".npy"

    /// Opens a file.
    ///
    /// - Throws: ``TensorFileError``
    public init(path: String) throws {
        self.path = path
        archive = try ZipArchive(path: path)
        names = archive.names.filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }
    }

    /// The shape of an array.
    ///
    /// - Throws: ``TensorFileError`` or `FileError`.
    public func shape(of name: String) throws -> [Int] {
        let (start, size) = try archive.start(of: name + Self.suffix, count: NpyFile.longestHeader)
        return try NpyFile.parseHeader([UInt8](start), fileSize: size, path: "\(path):\(name)").shape
    }

    /// An array of numbers, row-major.
    ///
    /// - Throws: ``TensorFileError`` or `FileError`.
    public func array(_ name: String) throws -> Tensor {
        try NpyFile.read(archive.bytes(of: name + Self.suffix), path: "\(path):\(name)")
    }
}
