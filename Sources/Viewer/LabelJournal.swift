import Files
import Foundation

/// Edits that are not saved yet, a line of JSON each, in a file beside the labels. Each is on the disk before the page
/// hears that it is done, so a crash loses at most the edit that was on its way.
struct LabelJournal {
    struct Entry: Codable {
        var video: String
        var segments: [EditedSegment]
    }

    let path: String

    /// The edits that an earlier viewer left. A last line that was not finished is removed.
    ///
    /// - Throws: `FileError` where the file cannot be read or holds something else.
    func recover() throws(FileError) -> [Entry] {
        var information = stat()
        guard lstat(path, &information) == 0 else { return [] }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw .unwritable(path: path, reason: "it is no plain file; remove it")
        }
        let bytes = try ByteSource.contents(of: path)
        let whole = (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        var entries: [Entry] = []
        for (number, line) in bytes[..<whole].split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)),
                entry.segments.allSatisfy({ $0.problem == nil })
            else { throw .malformed(path: path, problem: "line \(number + 1) is no edit of the viewer") }
            entries.append(entry)
        }
        if whole < bytes.count, truncate(path, off_t(whole)) != 0 { throw SystemError.unwritable(path) }
        return entries
    }

    /// Adds an edit and waits until it is on the disk.
    ///
    /// - Throws: `FileError`; the file then is as it was.
    func append(_ entry: Entry) throws(FileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(entry) else {
            throw .unwritable(path: path, reason: "an edit cannot be said in JSON")
        }
        line.append(UInt8(ascii: "\n"))
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError.unwritable(path) }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw SystemError.unwritable(path) }
        let isWritten = line.withUnsafeBytes { DurableFile.write($0, to: descriptor) } && fsync(descriptor) == 0
        guard isWritten else {
            let code = errno
            _ = ftruncate(descriptor, information.st_size)
            throw SystemError.unwritable(path, code)
        }
    }

    /// Removes it, when its edits are in the labels.
    func remove() { unlink(path) }
}
