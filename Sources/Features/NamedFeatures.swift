public import Files
import Foundation
public import Tensors

/// Features whose videos are called as the annotations call them, where the two differ in what people usually differ in: the
/// `v_` before ids of ActivityNet, and the extension of the video file. The form of Unicode never matters.
public final class NamedFeatures: FeatureSource {
    /// The kind of the notice that no video of the annotations has features.
    package static let unmatched = "features-unmatched"

    public let videos: [String]
    public let notices: [Notice]
    private let source: any FeatureSource
    /// The id in the source of each video.
    private let ids: [String: String]

    public var path: String { source.path }
    public var origin: FeatureOrigin? { source.origin }
    public var kind: String { source.kind }

    private static let prefix = "v_"
    private static let extensions = [".mp4", ".mkv", ".webm", ".avi", ".mov", ".m4v", ".mpg", ".flv"]

    private init(_ source: any FeatureSource, ids: [String: String], notices: [Notice]) {
        self.source = source
        self.ids = ids
        self.notices = source.notices + notices
        videos = ids.keys.sorted()
    }

    /// Gives the videos of a source the names of the annotations.
    ///
    /// Videos that the annotations do not have keep their names. Where nothing matches, a notice shows names of both sides.
    ///
    /// - Parameters:
    ///   - source: the features.
    ///   - wanted: the ids of the annotations.
    public static func named(_ source: any FeatureSource, as wanted: some Collection<String>) -> any FeatureSource {
        let available = Set(source.videos)
        let missing = wanted.filter { !available.contains($0) }
        var taken = available.intersection(wanted), found: [String: String] = [:]
        for video in missing.sorted() {
            guard let id = alternatives(to: video).first(where: { available.contains($0) && !taken.contains($0) })
            else { continue }
            taken.insert(id)
            found[video] = id
        }
        // An id of the source may have an extension that the annotations do not give.
        let bare = Dictionary(available.subtracting(taken).map { (key(of: $0), $0) }) { first, _ in first }
        for video in missing.sorted() where found[video] == nil {
            guard let id = bare[key(of: video)], !taken.contains(id) else { continue }
            taken.insert(id)
            found[video] = id
        }
        var notices: [Notice] = []
        if !found.isEmpty {
            notices.append(
                Notice(
                    "features-renamed", "videos are called otherwise in the annotations, by a 'v_' or a file extension",
                    one: "video is called otherwise in the annotations, by a 'v_' or a file extension",
                    items: found.sorted { $0.key < $1.key }.map { "\($0.value) is \($0.key)" }))
        } else if taken.isEmpty, let first = source.videos.first, let other = wanted.min() {
            notices.append(
                Notice(
                    NamedFeatures.unmatched,
                    "the annotations have none of the \(source.videos.count) videos with features: these are called such as "
                        + "'\(first)', those such as '\(other)'\(hint(source.videos, Set(wanted)))"))
        }
        guard !found.isEmpty || !notices.isEmpty else { return source }
        var ids = Dictionary(uniqueKeysWithValues: available.subtracting(found.values).map { ($0, $0) })
        for (video, id) in found { ids[video] = id }
        return NamedFeatures(source, ids: ids, notices: notices)
    }

    /// What a video may be called otherwise, likeliest first.
    private static func alternatives(to video: String) -> [String] {
        let bare = withoutExtension(video)
        let stem = bare.hasPrefix(prefix) ? String(bare.dropFirst(prefix.count)) : prefix + bare
        return bare == video ? [stem] : [bare, stem]
    }

    /// An id without `v_` and extension.
    private static func key(of video: String) -> String {
        let bare = withoutExtension(video)
        return bare.hasPrefix(prefix) ? String(bare.dropFirst(prefix.count)) : bare
    }

    private static func withoutExtension(_ video: String) -> String {
        for end in extensions where video.lowercased().hasSuffix(end) && video.count > end.count {
            return String(video.dropLast(end.count))
        }
        return video
    }

    /// A suffix or prefix that all ids of the source have over ids of the annotations.
    private static func hint(_ ids: [String], _ wanted: Set<String>) -> String {
        func common(_ parts: [String?]) -> String? {
            guard let first = parts.first, let first, parts.allSatisfy({ $0 == first }) else { return nil }
            return first
        }
        let sample = ids.prefix(50)
        let suffix = common(
            sample.map { id in
                (1..<max(1, id.count)).lazy.map { String(id.prefix(id.count - $0)) }.first(where: wanted.contains)
                    .map { String(id.dropFirst($0.count)) }
            })
        if let suffix { return "; \"suffix\": \"\(suffix)\" in \(FeatureGridFile.name) takes the end away" }
        let prefix = common(
            sample.map { id in
                (1..<max(1, id.count)).lazy.map { String(id.dropFirst($0)) }.first(where: wanted.contains)
                    .map { String(id.dropLast($0.count)) }
            })
        return prefix.map { "; \"prefix\": \"\($0)\" in \(FeatureGridFile.name) takes the beginning away" } ?? ""
    }

    public func header(for video: String) throws -> FeatureHeader { try source.header(for: id(of: video)) }

    public var readsParts: Bool { source.readsParts }

    public func part(_ range: Range<Int>, of video: String) throws -> Tensor {
        try source.part(range, of: id(of: video))
    }

    public func sequence(for video: String) throws -> FeatureSequence {
        var sequence = try source.sequence(for: id(of: video))
        sequence.video = video
        return sequence
    }

    private func id(of video: String) throws -> String {
        guard let id = ids[video] else { throw FeatureError.unknownVideo(path: path, video: video) }
        return id
    }
}
