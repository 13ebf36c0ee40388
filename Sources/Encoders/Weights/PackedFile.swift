import Files

/// Files that may be packed by gzip.
enum PackedFile {
    /// Larger than any vocabulary or set of reference pictures; a small packed file can unpack without end.
    private static let mostBytes = 64 << 20

    /// The content of a file, unpacked where it is packed.
    ///
    /// - Throws: `FileError`
    static func bytes(_ path: String) throws(FileError) -> [UInt8] {
        var source = try ByteSource(path: path)
        return try source.remaining(limit: mostBytes)
    }
}
