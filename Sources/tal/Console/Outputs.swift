import Files

/// The files that a command will write.
enum Outputs {
    /// Checks, before any work, that all of them can be written.
    ///
    /// - Throws: `FileError`.
    static func check(_ paths: String?...) throws(FileError) {
        var seen: Set<String> = []
        for path in paths.compactMap({ $0 }) {
            try AtomicFile.check(path)
            guard path == "-" || seen.insert(path).inserted else {
                throw .unwritable(path: path, reason: "two outputs of one call are to go there")
            }
        }
    }
}
