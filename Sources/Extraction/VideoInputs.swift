import Files
import Foundation
public import Video

/// A video file, or a folder of pictures, and the id under which its features are kept.
public struct VideoInput: Hashable, Sendable {
    public var id: String
    public var path: String
    /// How many pictures are shown in a second, where the path is a folder of pictures or a pattern.
    public var pictureRate: FrameRate?
    /// Its length, where it is known without opening it.
    public var durationSeconds: Double?

    public init(id: String, path: String, pictureRate: FrameRate? = nil) {
        self.id = id
        self.path = path
        self.pictureRate = pictureRate
    }
}

/// Finds the videos that inputs name: files, folders (searched through, hidden files left out), patterns of pictures such as
/// `FOLDER/img_%05d.jpg`, and lists.
///
/// A list is written `@FILE`: text with an input on each line; empty lines and lines that begin with `#` are left out.
///
/// **Ids.** The id of a video in a folder is its path from that folder, without the extension, however the folder was written:
/// `cat/000` for `videos/cat/000.mp4` in `videos`. The id of a file that is named itself is its name without the extension. Ids
/// are in Unicode's composed form (NFC), so that names from macOS match annotations. Files that would share an id are failures.
///
/// **Addresses.** An input that begins with `http://` or `https://` is read from there; its id is the last part of its path.
///
/// **Manifests.** JSON lines or CSV tables with a `path` or `url`, and if wanted an `id` and a `duration`, for each video.
///
/// **Pictures.** Where the rate of pictures is given, a folder that directly holds pictures and no video is a video too.
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
        public var error: any Error
    }

    /// The videos, in the order of the inputs, those of a folder by name; each file once.
    public private(set) var videos: [VideoInput] = []
    public private(set) var failures: [Failure] = []
    private let pictureRate: FrameRate?

    /// - Parameters:
    ///   - inputs: paths of videos, lists, folders of videos or folders of pictures.
    ///   - manifests: JSON lines or CSV tables of videos.
    ///   - pictureRate: how many pictures of a folder are shown in a second; folders of pictures are left out where
    ///     nil.
    public init(_ inputs: [String], manifests: [String] = [], pictureRate: FrameRate? = nil) {
        self.pictureRate = pictureRate
        for input in inputs { collect(input) }
        for manifest in manifests { collect(manifest: manifest) }
        keepEachOnce()
        separateSharedIDs()
    }

    private mutating func collect(_ input: String, isInList: Bool = false) {
        if input.hasPrefix("@"), !isInList {
            collectList(String(input.dropFirst()), input: input)
            return
        }
        if RemoteVideo(input) != nil {
            videos.append(VideoInput(id: Self.id(ofPlace: input), path: input))
            return
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
            if PictureNames.isPattern(input) {
                add(pictures: input, id: Self.name(of: DurableFile.folder(of: input)))
            } else {
                failures.append(Failure(input: input, error: FileError.missing(path: input)))
            }
            return
        }
        guard isFolder.boolValue else {
            let name = (input as NSString).lastPathComponent
            videos.append(VideoInput(id: Self.id(ofFile: name), path: input))
            return
        }
        collectFolder(input)
    }

    private mutating func collect(manifest: String) {
        do {
            for video in try VideoManifest(manifest, pictureRate: pictureRate).videos {
                let isThere = RemoteVideo(video.path) != nil || FileManager.default.fileExists(atPath: video.path)
                if isThere || PictureNames.isPattern(video.path) {
                    videos.append(video)
                } else {
                    failures.append(Failure(input: video.path, error: FileError.missing(path: video.path)))
                }
            }
        } catch {
            failures.append(Failure(input: manifest, error: error))
        }
    }

    private mutating func collectList(_ list: String, input: String) {
        let text: String
        do {
            text = try TextFile.read(list)
        } catch {
            failures.append(Failure(input: input, error: error))
            return
        }
        for line in text.split(whereSeparator: \.isNewline) {
            let entry = line.trimmingCharacters(in: .whitespaces)
            guard !entry.isEmpty, !entry.hasPrefix("#") else { continue }
            collect(entry, isInList: true)
        }
    }

    private mutating func collectFolder(_ folder: String) {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        var content = VideoFolder()
        content.search(base, from: "")
        for name in content.unreadable {
            failures.append(
                Failure(
                    input: base + name,
                    error: FileError.unreadable(path: base + name, reason: "the folder cannot be listed")))
        }
        let files = content.videos.map { VideoInput(id: Self.id(ofFile: $0), path: base + $0) }
        var found = files.map { (name: $0.path, video: $0) }
        if let pictureRate {
            found += content.pictureFolders.map { name in
                let path = name.isEmpty ? folder : base + name
                let id = name.isEmpty ? Self.name(of: folder) : Self.composed(name)
                return (path, VideoInput(id: id, path: path, pictureRate: pictureRate))
            }
        }
        videos += found.sorted { $0.name < $1.name }.map(\.video)
        guard found.isEmpty, content.unreadable.isEmpty else { return }
        if let first = content.pictureFolders.first {
            let count = content.pictureFolders.count
            failures.append(
                Failure(
                    input: folder,
                    error: ExtractionError.unknownPictureRate(
                        folder: folder, count: count, example: first.isEmpty ? folder : base + first)))
        } else {
            failures.append(Failure(input: folder, error: ExtractionError.noVideos(folder: folder)))
        }
    }

    private mutating func add(pictures path: String, id: String) {
        guard let pictureRate else {
            failures.append(Failure(input: path, error: VideoError.unknownPictureRate(folder: path)))
            return
        }
        videos.append(VideoInput(id: id, path: path, pictureRate: pictureRate))
    }

    /// A file may be reached by several inputs. Names do not tell: two that look the same may be two files.
    private mutating func keepEachOnce() {
        var seen: Set<[UInt64]> = []
        var seenPatterns: Set<String> = []
        videos = videos.filter { video in
            var information = stat()
            guard stat(video.path, &information) == 0 else { return seenPatterns.insert(video.path).inserted }
            return seen.insert([UInt64(information.st_dev), UInt64(information.st_ino)]).inserted
        }
    }

    /// Of videos that share an id none can be taken for the one that is meant.
    private mutating func separateSharedIDs() {
        let groups = Dictionary(grouping: videos, by: \.id).filter { $0.value.count > 1 }
        guard !groups.isEmpty else { return }
        for (id, group) in groups.sorted(by: { $0.key < $1.key }) {
            let paths = group.map(\.path)
            failures.append(Failure(input: paths[0], error: ExtractionError.sharedID(id: id, paths: paths)))
        }
        videos.removeAll { groups[$0.id] != nil }
    }

    // MARK: - Ids

    /// The id of a file or an address that has no other.
    static func id(ofPlace place: String) -> String {
        guard RemoteVideo(place) != nil else { return id(ofFile: (place as NSString).lastPathComponent) }
        let path = place.prefix { $0 != "?" && $0 != "#" }
        let name = String(path.split(separator: "/").last ?? path)
        return id(ofFile: name.removingPercentEncoding ?? name)
    }

    private static func id(ofFile name: String) -> String {
        let stem = (name as NSString).deletingPathExtension
        return composed(stem.isEmpty || stem.hasSuffix("/") ? name : stem)
    }

    /// The name of a folder, also where it is written as `.` or `..`.
    private static func name(of folder: String) -> String {
        composed(URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent)
    }

    private static func composed(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }

    /// The shortest of stem, name and path that no other file has, for lists that name files one by one.
    public static func ids(of paths: [String]) -> [String] {
        let choices = paths.map { path in
            let name = (path as NSString).lastPathComponent
            let stem = (name as NSString).deletingPathExtension
            return [stem.isEmpty ? name : stem, name, path].map(composed)
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
