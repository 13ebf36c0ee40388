import Files

/// Errors about the content of a whole file.
enum FileErrorKind {
    static func malformed(_ file: SourceFile, _ problem: String) -> FileError {
        .malformed(path: file.path, problem: problem)
    }
}
