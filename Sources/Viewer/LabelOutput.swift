import Annotations
import Files
import Foundation

/// The file that corrected labels go to; one viewer has it at a time.
final class LabelOutput {
    let path: String
    let format: AnnotationFormat
    let journal: LabelJournal
    private let lock: FolderLock

    /// - Throws: `FileError` where the file cannot be written, another viewer has it, or its extension names no format.
    init(_ path: String) throws(FileError) {
        self.path = path
        format = try WrittenFormats.format(ofPath: path)
        try AtomicFile.check(path)
        journal = LabelJournal(path: path + ".journal")
        lock = try FolderLock(file: path + ".lock", of: path)
    }

    deinit { lock.removeFile() }

    /// What tells whether another program changed the file: its time, size and number; nil where it is missing.
    var fingerprint: String? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return "\(FileStamp(information))"
    }
}

/// What changes when a file does.
struct FileStamp: CustomStringConvertible {
    let description: String

    init(_ information: stat) {
        #if canImport(Darwin)
            let time = information.st_mtimespec
        #else
            let time = information.st_mtim
        #endif
        let parts = [Int(information.st_ino), Int(information.st_size), Int(time.tv_sec), Int(time.tv_nsec)]
        description = parts.map { String($0, radix: 16) }.joined(separator: "-")
    }
}
