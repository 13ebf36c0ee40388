public import Files
public import Tensors

/// Several sources of features of the same videos as one: the channels of each feature vector one source after the other, as
/// is usual for appearance and motion.
///
/// The sources of a video must lie on the same grid. Where their lengths differ, which happens when one kind of features needs
/// a frame more than the other, all are cut to the shortest; a difference of more than ``tolerance(of:)`` is no
/// such case, and the video is left out. Everything that is cut or left out is in ``notices``.
public struct JoinedFeatures: FeatureSource {
    public let path: String
    public let videos: [String]
    public let origin: FeatureOrigin?
    public let kind: String
    /// What the sources say, and what was cut or left out.
    public let notices: [Notice]
    private let sources: [any FeatureSource]
    private let headers: [String: FeatureHeader]

    /// Feature vectors by which the sources of a video may differ.
    public static func tolerance(of length: Int) -> Int { max(2, length / 100) }

    /// - Throws: ``FeatureError/malformed(path:reason:)`` where no video can be used.
    public init(_ sources: [any FeatureSource]) throws {
        self.sources = sources
        let name = sources.map(\.path).joined(separator: " + ")
        path = name
        var headers: [String: FeatureHeader] = [:], cut: [String] = [], odd: [String] = [], damaged: [String] = []
        let all = Set(sources.flatMap(\.videos))
        let shared = sources.reduce(all) { $0.intersection($1.videos) }
        for video in shared.sorted() {
            let parts: [FeatureHeader]
            do {
                parts = try sources.map { try $0.header(for: video) }
            } catch {
                damaged.append("\(error)")
                continue
            }
            let lengths = parts.map(\.length)
            guard let first = parts.first, let shortest = lengths.min(), let longest = lengths.max() else { continue }
            if let other = parts.first(where: { !Self.agree($0.grid, first.grid) }) {
                odd.append("\(video): \(Self.describe(first.grid)) and \(Self.describe(other.grid))")
                continue
            }
            guard longest - shortest <= Self.tolerance(of: longest) else {
                odd.append("\(video): \(lengths.map(String.init).joined(separator: " and ")) features")
                continue
            }
            if shortest < longest { cut.append(video) }
            headers[video] = FeatureHeader(
                length: shortest, channels: parts.reduce(0) { $0 + $1.channels }, grid: first.grid,
                durationSeconds: parts.lazy.compactMap(\.durationSeconds).first,
                frameCount: parts.lazy.compactMap(\.frameCount).first,
                sourceSHA256: parts.lazy.compactMap(\.sourceSHA256).first)
        }
        var notices = [
            Notice(
                "features-partial", "videos are left out because a source lacks them",
                one: "video is left out because a source lacks it",
                items: all.subtracting(shared).sorted()),
            Notice(
                "features-unfit", "videos are left out because their sources do not fit",
                one: "video is left out because its sources do not fit", items: odd),
            Notice(
                "features-unreadable", "videos are left out because their features cannot be read",
                one: "video is left out because its features cannot be read", items: damaged),
            Notice(
                "features-cut", "videos are cut to the shortest of their sources",
                one: "video is cut to the shortest of its sources", items: cut),
        ].filter { $0.count > 0 }
        guard !headers.isEmpty else {
            throw FeatureError.malformed(
                path: name, reason: "no video can be used" + notices.map { "; \($0)" }.joined())
        }
        notices = sources.flatMap(\.notices) + notices
        self.notices = notices
        kind = sources.map(\.kind).joined(separator: " and ")
        self.headers = headers
        videos = headers.keys.sorted()
        let origins = sources.compactMap(\.origin)
        let precisions = origins.compactMap(\.encoderPrecision)
        origin =
            origins.count == sources.count
            ? FeatureOrigin(
                encoder: origins.map(\.encoder).joined(separator: "+"), encoderConfiguration: "",
                weightsSHA256: origins.map(\.weightsSHA256).joined(separator: "+"),
                encoderPrecision: precisions.count == origins.count ? precisions.joined(separator: "+") : nil) : nil
    }

    public func header(for video: String) throws -> FeatureHeader {
        guard let header = headers[video] else { throw FeatureError.unknownVideo(path: path, video: video) }
        return header
    }

    public func sequence(for video: String) throws -> FeatureSequence {
        let header = try header(for: video)
        let parts = try sources.map { source -> Tensor in
            let features = try source.sequence(for: video).features
            guard features.shape[0] >= header.length else {
                throw FeatureError.damaged(
                    path: source.path, video: video, reason: "there are fewer of them than when the file was opened")
            }
            return features.slice(axis: 0, 0..<header.length)
        }
        return FeatureSequence(
            video: video, features: .concatenated(parts, axis: 1), grid: header.grid,
            durationSeconds: header.durationSeconds, origin: origin, path: path)
    }

    public var readsParts: Bool { sources.allSatisfy(\.readsParts) }

    public func part(_ range: Range<Int>, of video: String) throws -> Tensor {
        _ = try header(for: video)
        return .concatenated(try sources.map { try $0.part(range, of: video) }, axis: 1)
    }

    private static func agree(_ first: SnippetGrid, _ second: SnippetGrid) -> Bool {
        func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }
        return near(first.framesPerSecond, second.framesPerSecond) && near(first.strideFrames, second.strideFrames)
            && near(first.windowFrames, second.windowFrames)
    }

    private static func describe(_ grid: SnippetGrid) -> String {
        "stride \(grid.strideFrames), window \(grid.windowFrames) at \(grid.framesPerSecond) fps"
    }
}
