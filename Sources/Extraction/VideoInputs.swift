import Foundation

/// A video file and the id under which its features are kept.
public struct VideoInput: Hashable, Sendable {
    public var id: String
    public var path: String

    public init(id: String, path: String) {
        self.id = id
        self.path = path
    }
}

/// Finds the video files that inputs name: files, folders (searched through, hidden files left out) and lists.
///
/// A list is written `@FILE`: text with an input on each line; empty lines and lines that begin with `#` are left out.
///
/// The id of a video is the name of its file without the extension. Files that would share an id get their whole name, and
/// if that is shared too, their path.
public struct VideoInputs: Sendable {
    /// Names of files in folders end in one of these; a file that is named itself may have any name.
    public static let extensions: Set<String> = [
        "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "ts", "vob",
        "webm",
        "wmv",
    ]

    /// An input that led to nothing.
    public struct Failure: Sendable {
        public var input: String
        public var error: ExtractionError
    }

    /// The videos, in the order of the inputs, those of a folder by name; each file once.
    public private(set) var videos: [VideoInput] = []
    public private(set) var failures: [Failure] = []

    public init(_ inputs: [String]) {
        var paths: [String] = []
        for input in inputs { collect(input, into: &paths) }
        var seen: Set<String> = []
        paths = paths.filter { path in
            seen.insert(URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path).inserted
        }
        videos = zip(Self.ids(of: paths), paths).map { VideoInput(id: $0, path: $1) }
    }

    private mutating func collect(_ input: String, into paths: inout [String], isInList: Bool = false) {
        if input.hasPrefix("@"), !isInList {
            let list = String(input.dropFirst())
            guard let text = try? String(contentsOfFile: list, encoding: .utf8) else {
                failures.append(Failure(input: input, error: .unreadableList(path: list)))
                return
            }
            for line in text.split(whereSeparator: \.isNewline) {
                let entry = line.trimmingCharacters(in: .whitespaces)
                guard !entry.isEmpty, !entry.hasPrefix("#") else { continue }
                collect(entry, into: &paths, isInList: true)
            }
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
            failures.append(Failure(input: input, error: .missingInput(path: input)))
            return
        }
        guard isFolder.boolValue else {
            paths.append(input)
            return
        }
        let found = Self.videos(in: input)
        if found.isEmpty { failures.append(Failure(input: input, error: .noVideos(folder: input))) }
        paths += found
    }

    private static func videos(in folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        return names.filter { name in
            let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
            var isFolder: ObjCBool = false
            return !isHidden && extensions.contains((name as NSString).pathExtension.lowercased())
                && FileManager.default.fileExists(atPath: base + name, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted().map { base + $0 }
    }

    /// The shortest of stem, name and path that no other file has as its id.
    public static func ids(of paths: [String]) -> [String] {
        let choices = paths.map { path in
            let name = (path as NSString).lastPathComponent
            let stem = (name as NSString).deletingPathExtension
            return [stem.isEmpty ? name : stem, name, path]
        }
        var chosen = [Int](repeating: 0, count: paths.count)
        while true {
            let ids = paths.indices.map { choices[$0][chosen[$0]] }
            let counts = ids.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            let shared = paths.indices.filter { counts[ids[$0], default: 0] > 1 && chosen[$0] < 2 }
            guard !shared.isEmpty else { return ids }
            for index in shared { chosen[index] += 1 }
        }
    }
}
