import Files
import Foundation

/// What came through a pipe, kept in a file of its own for as long as it is looked at: several readers try what it is.
struct PipedFile {
    private let scratch: ScratchFile
    var path: String { scratch.path }

    /// - Returns: nil for what is no pipe.
    /// - Throws: `FileError` where nobody writes, nothing came or too much.
    init?(_ path: String) throws {
        var information = stat()
        guard
            path == ByteSource.standardInput || stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO
        else { return nil }
        let bytes = try ByteSource.contents(of: path)
        guard !bytes.isEmpty else { throw FileError.unreadable(path: path, reason: "nothing comes out of this pipe") }
        scratch = try ScratchFile("inspect")
        try Data(bytes).write(to: URL(fileURLWithPath: scratch.path))
    }
}
