import Files

/// The files that a command will write.
enum Outputs {
    /// Prints a result for people, unless the same goes to the standard output for programs (`--json -`).
    static func show(_ text: String, unlessIn json: String?) {
        if json != "-" { print(text) }
    }

    /// What the table shows at most: as many as `--top` says, all for 0.
    static func limit(_ top: Int) -> Int { top == 0 ? .max : top }

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
