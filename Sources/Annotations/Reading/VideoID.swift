import Foundation

/// The name by which annotations, features and predictions know a video.
enum VideoID {
    /// Extensions that are left off a name: those of videos and of sound taken from them.
    private static let extensions: Set<String> = [
        "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "mts", "m2ts", "ts", "wmv", "flv", "ogv", "3gp",
        "mxf",
        "vob", "asf", "stm", "wav", "mp3", "m4a", "ogg", "flac",
    ]

    /// What Label Studio puts before the path of a file that it did not store itself.
    private static let localFiles = "/data/local-files/?d="

    /// Whether a name ends as files of videos do.
    static func isVideoFile(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// The id that a name in a file stands for: composed Unicode, without the extension of a video.
    static func normal(_ name: String) -> String {
        var id = composed(name)
        if isVideoFile(id), let dot = id.lastIndex(of: ".") { id = String(id[..<dot]) }
        return id
    }

    /// The id of a file on another machine: without folders, and as ``normal(_:)``.
    static func ofFile(_ path: String) -> String {
        if path.contains("youtube.com/watch?"), let match = path.firstMatch(of: /[?&]v=([A-Za-z0-9_\-]+)/) {
            return String(match.output.1)
        }
        let isAddress = path.contains("://") || path.hasPrefix(localFiles)
        var name = path[...]
        if path.contains(localFiles), let range = path.range(of: localFiles) {
            name = path[range.upperBound...]
        } else if path.contains("://"), let end = path.firstIndex(where: { $0 == "?" || $0 == "#" }) {
            // What an address says after its path (a signature, a time) is no part of the name.
            name = path[..<end]
        }
        if let end = name.lastIndex(where: { $0 == "/" || $0 == "\\" }), name.index(after: end) < name.endIndex {
            name = name[name.index(after: end)...]
        }
        if isAddress, let decoded = String(name).removingPercentEncoding { return normal(decoded) }
        return normal(String(name))
    }

    /// The ids of videos that a table names by where they lie on some machine or in the web: the names of their files, unless two would
    /// be one then. Other names are only made ``normal(_:)``.
    static func ofPlaces(_ names: some Sequence<String>) -> [String: String] {
        var ids: [String: String] = [:], places: [String: [String]] = [:]
        for name in names where ids[name] == nil {
            ids[name] = normal(name)
            let isPlace =
                name.hasPrefix("/") || name.contains("://") || name.prefixMatch(of: /[A-Za-z]:[\\\/]/) != nil
            if isPlace { places[ofFile(name), default: []].append(name) }
        }
        for (id, found) in places where found.count == 1 && !id.isEmpty { ids[found[0]] = id }
        return ids
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
