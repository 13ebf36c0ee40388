import Files
import Foundation

/// Videos with one or more captions each, for evaluating retrieval.
public struct CaptionSet: Sendable {
    public struct Video: Hashable, Sendable {
        public var path: String
        public var interval: Range<Double>?

        public init(path: String, interval: Range<Double>?) {
            self.path = path
            self.interval = interval
        }
    }

    public var videos: [Video] = []
    public var captions: [String] = []
    /// For each caption, its place in ``videos``.
    public var videoOfCaption: [Int] = []
    /// Lines or entries that could not be used.
    public var failures: [ClipFailure] = []

    /// - Parameters:
    ///   - paths: paths of the videos.
    ///   - captions: the texts.
    ///   - videoOfCaption: for each caption, the index of its path.
    public init(paths: [String], captions: [String], videoOfCaption: [Int]) {
        videos = paths.map { Video(path: $0, interval: nil) }
        self.captions = captions
        self.videoOfCaption = videoOfCaption
    }

    /// Reads captions: a manifest of ``PretrainingManifest``, or the JSON of MSR-VTT (`videos` with `video_id` and `split`, `sentences`
    /// with `video_id` and `caption`).
    ///
    /// - Parameters:
    ///   - path: a `.jsonl` manifest, or the JSON of MSR-VTT.
    ///   - root: folder of the videos, for layouts that give identifiers; that of the file where `nil`.
    ///   - split: for MSR-VTT, the split to take; all where `nil`.
    /// - Throws: `FileError`
    public init(path: String, root: String? = nil, split: String? = nil) throws {
        let folder = root ?? DurableFile.parent(of: path)
        if path.lowercased().hasSuffix(".json"), let data = FileManager.default.contents(atPath: path),
            let layout = try? Self.snakeCaseDecoder.decode(VideoTextLayout.self, from: data)
        {
            try read(layout, path: path, folder: folder, split: split)
            return
        }
        let manifest = try PretrainingManifest(path: path)
        failures = manifest.failures
        var places: [Video: Int] = [:]
        for entry in manifest.entries {
            let video = Video(path: entry.video, interval: entry.interval)
            let place = places[video] ?? videos.count
            if places[video] == nil {
                places[video] = place
                videos.append(video)
            }
            captions.append(entry.caption)
            videoOfCaption.append(place)
        }
    }

    private static var snakeCaseDecoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private struct VideoTextLayout: Decodable {
        struct Item: Decodable {
            var videoId: String
            var split: String?
        }
        struct Sentence: Decodable {
            var videoId: String
            var caption: String
        }
        var videos: [Item]
        var sentences: [Sentence]
    }

    private mutating func read(_ layout: VideoTextLayout, path: String, folder: String, split: String?)
        throws(FileError)
    {
        let finder = VideoFinder(folder: URL(fileURLWithPath: folder.isEmpty ? "." : folder))
        var places: [String: Int] = [:]
        for item in layout.videos where split == nil || item.split == split {
            guard places[item.videoId] == nil else { continue }
            places[item.videoId] = videos.count
            videos.append(Video(path: finder.path(of: item.videoId), interval: nil))
        }
        guard !videos.isEmpty else {
            let splits = Set(layout.videos.compactMap(\.split)).sorted().joined(separator: ", ")
            throw FileError.malformed(
                path: path, problem: "has no video of split '\(split ?? "")'; there are: \(splits)")
        }
        for sentence in layout.sentences {
            guard let place = places[sentence.videoId] else { continue }
            captions.append(sentence.caption)
            videoOfCaption.append(place)
        }
        guard !captions.isEmpty else {
            throw FileError.malformed(
                path: path, problem: "has no sentence about the videos it lists; check both lists of names")
        }
    }

    /// The set without some videos, such as those that cannot be read, and without their captions.
    public func removing(videos removed: Set<Int>) -> CaptionSet {
        var kept = self
        let places = videos.indices.filter { !removed.contains($0) }
        let numbers = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
        kept.videos = places.map { videos[$0] }
        let pairs = zip(captions, videoOfCaption).compactMap { caption, video in numbers[video].map { (caption, $0) } }
        kept.captions = pairs.map(\.0)
        kept.videoOfCaption = pairs.map(\.1)
        return kept
    }
}
