import Foundation

/// Why a file or folder cannot be used. One type for all modules: each names the file, what was met and what was expected.
public enum FileError: Error, Equatable, Codable, CustomStringConvertible {
    /// Nothing is at the path.
    case missing(path: String)
    /// Something is there but cannot be read.
    case unreadable(path: String, reason: String)
    /// The content is damaged, cut off, or of another format than expected.
    case malformed(path: String, problem: String)
    /// The file or folder cannot be written.
    case unwritable(path: String, reason: String)
    /// Another process is writing to it; its number where it is known.
    case inUse(path: String, process: Int?)

    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such file or folder"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason))"
        case .malformed(let path, let problem):
            "\(path): \(problem)"
        case .unwritable(let path, let reason):
            "\(path): cannot be written (\(reason))"
        case .inUse(let path, let process):
            "\(path): another process\(process.map { " (\($0))" } ?? "") is writing to it; wait for it to end or choose "
                + "another place"
        }
    }

    /// A text that breaks the rules of its format at a byte, counted after decompression.
    package static func malformed(path: String, offset: Int, problem: String) -> FileError {
        .malformed(
            path: path,
            problem: "broken at byte \(offset): \(problem); the file may be cut off or of another format")
    }

    /// A line, counted from 1, that does not say what it should.
    package static func malformed(path: String, line: Int, problem: String) -> FileError {
        .malformed(path: path, problem: "line \(line): \(problem)")
    }

    /// A gzip stream that is damaged or ends too early.
    package static func damagedCompression(path: String, reason: String) -> FileError {
        .malformed(path: path, problem: "damaged gzip data (\(reason)); fetch or compress the file again")
    }

    /// Why nothing could be read from a path: nothing is there, or something that cannot be read.
    package static func notRead(
        _ path: String, reason: String = "it is a folder, or reading is not permitted"
    ) -> FileError {
        FileManager.default.fileExists(atPath: path) ? .unreadable(path: path, reason: reason) : .missing(path: path)
    }

    /// The path that the error is about.
    public var path: String {
        switch self {
        case .missing(let path), .unreadable(let path, _), .malformed(let path, _), .unwritable(let path, _),
            .inUse(let path, _):
            path
        }
    }

    /// What is wrong, without the path.
    package var reason: String {
        switch self {
        case .missing: "no such file or folder"
        case .unreadable(_, let reason), .unwritable(_, let reason): reason
        case .malformed(_, let problem): problem
        case .inUse: "another process is writing to it"
        }
    }
}
