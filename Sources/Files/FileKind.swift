import Foundation

/// What a file or folder holds, recognised by its content and not by its name.
package enum FileKind: Equatable {
    case featureStore
    case featureFolder
    case npyArray
    case weights
    case annotations
    case detections
    /// Everything else is tried as a video: FFmpeg knows far more kinds than could be listed here.
    case perhapsVideo

    /// - Returns: `nil` where nothing lies at the path or it cannot be read.
    package init?(of path: String) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        guard !isFolder.boolValue else {
            self = .featureFolder
            return
        }
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        // A pipe can be read only once, and opening one may wait for ever.
        guard information.st_mode & S_IFMT == S_IFREG else {
            self = .perhapsVideo
            return
        }
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        let start = [UInt8]((try? handle.read(upToCount: 4096)) ?? Data())
        let size = (try? handle.seekToEnd()) ?? 0
        self = Self.kind(start: start, size: size)
    }

    /// - Parameters:
    ///   - start: the first bytes of the file.
    ///   - size: of the whole file.
    package static func kind(start: [UInt8], size: UInt64) -> FileKind {
        if start.starts(with: [0x89] + Array("HDF\r\n".utf8)) { return .featureStore }
        if start.starts(with: [0x93] + Array("NUMPY".utf8)) { return .npyArray }
        // Safetensors begin with the length of a JSON header, in eight bytes.
        if start.count > 8, start[8] == UInt8(ascii: "{") {
            let length = start[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if length > 1, length < size { return .weights }
        }
        let isCompressed = start.starts(with: [0x1F, 0x8B])
        let first = start.first { !" \t\r\n".utf8.contains($0) && ![0xEF, 0xBB, 0xBF].contains($0) }
        if isCompressed || first == UInt8(ascii: "{") {
            return String(decoding: start, as: UTF8.self).contains("\"results\"") ? .detections : .annotations
        }
        return .perhapsVideo
    }
}
