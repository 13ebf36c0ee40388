import Files
import Foundation

/// The files that a command will write.
enum Outputs {
    /// Prints a result for people, unless the same goes to the standard output for programs (`--json -`).
    static func show(_ text: String, unlessIn json: String?) {
        if json != "-" { print(text) }
    }

    /// What the table shows at most: as many as `--top` says, all for 0.
    static func limit(_ top: Int) -> Int { top == 0 ? .max : top }

    /// Checks, before any work, that all of them can be written, each to a file of its own.
    ///
    /// - Throws: `FileError`.
    static func check(_ paths: String?...) throws(FileError) { try check(paths.compactMap { $0 }) }

    /// Checks, before any work, that all of them can be written, each to a file of its own.
    ///
    /// - Parameter paths: each option has one at least.
    /// - Throws: `FileError`.
    static func check(_ paths: [String]) throws(FileError) {
        for path in paths { try AtomicFile.check(path) }
        try checkDistinct(paths)
    }

    /// Checks that no two of them are the same file, however they are spelled.
    ///
    /// - Parameter paths: may also be folders, or nil where an output is not asked for.
    /// - Throws: `FileError`.
    static func checkDistinct(_ paths: [String?]) throws(FileError) {
        var seen: Set<String> = []
        for path in paths.compactMap({ $0 }) {
            // What is no file, such as standard output and /dev/null, takes several outputs. A folder is no target, but a place.
            var place = path
            switch try? OutputTarget(path) {
            case .file(let file): place = file
            case .stream, .descriptor: continue
            case nil: break
            }
            let url = URL(fileURLWithPath: place)
            let folder = url.deletingLastPathComponent().resolvingSymlinksInPath()
            guard seen.insert(folder.appendingPathComponent(url.lastPathComponent).path).inserted else {
                throw .unwritable(path: path, reason: "two outputs of one call would be this file")
            }
        }
    }
}
