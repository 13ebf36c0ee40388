import Foundation

/// The name by which annotations, features and predictions know a video.
enum VideoID {
    /// Extensions that are left off a name: those of videos and of sound taken from them.
    private static let extensions: Set<String> = [
        "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "mts", "m2ts", "ts", "wmv", "flv", "ogv", "3gp",
        "mxf",
        "vob", "asf", "stm", "wav", "mp3", "m4a", "ogg", "flac",
    ]

    /// The id that a name in a file stands for: composed Unicode, without the extension of a video.
    static func normal(_ name: String) -> String {
        var id = composed(name)
        if let dot = id.lastIndex(of: "."), dot != id.startIndex,
            extensions.contains(id[id.index(after: dot)...].lowercased())
        {
            id = String(id[..<dot])
        }
        return id
    }

    /// The id of a file on another machine: without folders, and as ``normal(_:)``.
    static func ofFile(_ path: String) -> String {
        var name = path[...]
        if let end = name.lastIndex(where: { $0 == "/" || $0 == "\\" }), name.index(after: end) < name.endIndex {
            name = name[name.index(after: end)...]
        }
        if path.contains("://"), let decoded = String(name).removingPercentEncoding { return normal(decoded) }
        return normal(String(name))
    }

    /// Composed Unicode (NFC), in which all names are compared byte by byte.
    static func composed(_ name: String) -> String {
        name.utf8.allSatisfy { $0 < 0x80 } ? name : name.precomposedStringWithCanonicalMapping
    }

    /// The name of an annotation file without folders and extensions, which names the video where nothing else does.
    static func stem(of path: String) -> String {
        var name = (path as NSString).lastPathComponent
        if name.lowercased().hasSuffix(".gz") { name.removeLast(3) }
        let stem = (name as NSString).deletingPathExtension
        return ofFile(stem.isEmpty ? name : stem)
    }
}
