import Files

/// The lines of a text file, packed by gzip or not.
enum VocabularyLines {
    /// - Throws: `FileError`
    static func read(_ path: String) throws -> [Substring] {
        guard let text = String(validating: try PackedFile.bytes(path), as: UTF8.self) else {
            throw FileError.malformed(path: path, problem: "is not UTF-8 text")
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// A line that is no merge of two known pieces.
    static func malformed(_ path: String, line: Substring) -> FileError {
        .malformed(path: path, problem: "has the line '\(line.prefix(40))'; expected two known pieces on each line")
    }
}
