import Annotations
import Features
import Files
import Foundation
import Localization

/// Checks features against annotations: ids, durations, shapes. Reads headers only.
struct FeatureCheck {
    let videos: [AnnotatedVideo]
    let features: any FeatureSource
    var settings: LocalizationSettings?

    /// Features that cover this fraction of a duration, or more, are taken for whole: windows at the end are left out by
    /// many tools.
    private static let shortest = 0.9
    /// Features that go on for this multiple of a duration are too long.
    private static let longest = 1.1
    /// Differences up to this many seconds are ignored, whatever the duration.
    private static let slack = 2.0

    private struct Pair {
        var video: AnnotatedVideo
        var header: FeatureHeader

        /// Where the last window ends, in seconds.
        var end: Double {
            let grid = header.grid
            return header.length == 0
                ? 0 : grid.seconds(at: Double(header.length - 1)) + grid.windowFrames / 2 / grid.framesPerSecond
        }
    }

    func findings() throws -> [DataFinding] {
        let known = Set(features.videos)
        // As the features spell them: macOS decomposes letters with marks.
        let spellings = Dictionary(features.videos.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
        let present = videos.filter { known.contains($0.id) }
        var found = identifierFindings(known, present: present.count)
        let pairs = try present.map { Pair(video: $0, header: try features.header(for: spellings[$0.id] ?? $0.id)) }
        found +=
            shapeFindings(pairs) + durationFindings(pairs) + segmentFindings(pairs) + pointFindings(pairs)
            + leakFindings(pairs)
        return found
    }

    private func identifierFindings(_ known: Set<String>, present: Int) -> [DataFinding] {
        let missing = videos.map(\.id).filter { !known.contains($0) }
        guard !missing.isEmpty else { return [] }
        let near = Dictionary(known.map { (VideoIdentity.key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let pairs = missing.compactMap { id in near[VideoIdentity.key(id)].map { "'\(id)' and '\($0)'" } }.sorted()
        if !pairs.isEmpty {
            return [
                DataFinding(
                    .ids, present == 0 ? .fatal : .notice,
                    "ids differ between annotations and \(features.path) only by prefix, extension, case or Unicode form",
                    one:
                        "id differs between annotations and \(features.path) only by prefix, extension, case or Unicode form",
                    items: pairs)
            ]
        }
        if present == 0 {
            return [
                DataFinding(
                    .ids, .fatal,
                    // The source may know what would make them match.
                    features.notices.first { $0.kind == NamedFeatures.unmatched }.map { "\(features.path): \($0)" }
                        ?? "no annotated video has features in \(features.path): annotations have ids like "
                        + "'\(missing[0])', features like '\(features.videos.first ?? "")'")
            ]
        }
        return [
            DataFinding(
                .missingFeatures, .notice, "of \(videos.count) annotated videos have no features in \(features.path)",
                one: "of \(Quantity.text(videos.count, "annotated video")) has no features in \(features.path)",
                items: missing)
        ]
    }

    private func shapeFindings(_ pairs: [Pair]) -> [DataFinding] {
        let channels = Set(pairs.map(\.header.channels)), lengths = Set(pairs.map(\.header.length))
        guard channels.count > 1 else { return [] }
        if lengths.count == 1, pairs.count > 2 {
            return [
                DataFinding(
                    .transposed, .error,
                    "all \(pairs.count) arrays of \(features.path) have \(pairs[0].header.length) rows and different numbers of "
                        + "columns, so they look like [channels, time]; declare the layout or transpose them")
            ]
        }
        let usual = Dictionary(grouping: pairs, by: \.header.channels).max { $0.value.count < $1.value.count }
        let odd = pairs.filter { $0.header.channels != usual?.key }
        return [
            DataFinding(
                .channels, .error,
                "videos of \(features.path) have another number of channels than the rest (\(usual?.key ?? 0))",
                one: "video of \(features.path) has another number of channels than the rest (\(usual?.key ?? 0))",
                items: odd.map { "\($0.video.id): \($0.header.channels)" })
        ]
    }

    private func durationFindings(_ pairs: [Pair]) -> [DataFinding] {
        let measured = pairs.compactMap { pair in
            pair.video.duration.flatMap { $0 > 0 ? (pair: pair, ratio: pair.end / $0, duration: $0) : nil }
        }
        let off = measured.filter { item in
            abs(item.pair.end - item.duration) > Self.slack
                && (item.ratio < Self.shortest || item.ratio > Self.longest)
        }
        guard !off.isEmpty else { return [] }
        let ratios = off.map(\.ratio).sorted()
        let median = ratios[ratios.count / 2]
        let fraction = String(format: "%.2f", median)
        let examples = off.map { item in
            "\(item.pair.video.id): \(Self.text(item.pair.end)) of \(Self.text(item.duration)) s"
        }
        let isConstant = ratios.allSatisfy { abs($0 - median) < 0.1 * median } && off.count == measured.count
        let hint =
            isConstant
            ? "the ratio is the same for all, so the frame rate, stride or window of the features looks wrong"
            : "check fps, stride and window, and whether the annotations are of the same videos"
        return [
            DataFinding(
                .duration, .notice,
                "of \(measured.count) videos have features that end at \(fraction) of the annotated duration; \(hint)",
                one:
                    "of \(Quantity.text(measured.count, "video")) has features that end at \(fraction) of the annotated "
                    + "duration; \(hint)",
                items: examples)
        ]
    }

    private func segmentFindings(_ pairs: [Pair]) -> [DataFinding] {
        var past: [String] = [], short: [String] = [], total = 0
        for pair in pairs {
            let step = pair.header.grid.strideFrames / pair.header.grid.framesPerSecond
            for segment in pair.video.segments where segment.segment.duration > 0 {
                total += 1
                if segment.segment.start >= pair.end {
                    past.append("\(pair.video.id) at \(Self.text(segment.segment.start)) s")
                } else if segment.segment.duration < step {
                    short.append("\(pair.video.id) at \(Self.text(segment.segment.start)) s")
                }
            }
        }
        var found: [DataFinding] = []
        if past.count == total, total > 0 {
            found.append(
                DataFinding(
                    .segmentsPastFeatures, .error,
                    "segments, which are all there are, begin after the features of their video have ended",
                    one: "segment, which is the only one, begins after the features of its video have ended",
                    items: past))
        } else if !past.isEmpty {
            found.append(
                DataFinding(
                    .segmentsPastFeatures, .notice, "segments begin after the features of their video have ended",
                    one: "segment begins after the features of its video have ended",
                    items: past))
        }
        if !short.isEmpty {
            found.append(
                DataFinding(
                    .shortSegments, .notice, "segments are shorter than the distance of two feature vectors",
                    one: "segment is shorter than the distance of two feature vectors",
                    items: short))
        }
        return found
    }

    /// Segments that the head in question is never trained on.
    private func pointFindings(_ pairs: [Pair]) -> [DataFinding] {
        guard let settings else { return [] }
        var untrained: [String] = [], total = 0
        for pair in pairs {
            let segments = pair.video.segments.filter { $0.segment.duration > 0 }.map(\.segment)
            guard let indices = settings.untrainedSegments(of: pair.header, segments) else { return [] }
            total += segments.count
            untrained += indices.map { "\(pair.video.id) at \(Self.text(segments[$0].start)) s" }
        }
        guard !untrained.isEmpty else { return [] }
        return [
            DataFinding(
                .noPoint, .notice,
                "of \(total) segments get no point of head \(settings.head) to be trained on, most because they are shorter than the "
                    + "grid; features with a smaller stride help",
                one:
                    "of \(total) segments gets no point of head \(settings.head) to be trained on, most likely because it is shorter than the "
                    + "grid; features with a smaller stride help", items: untrained)
        ]
    }

    /// Two videos made from one file, in different subsets.
    private func leakFindings(_ pairs: [Pair]) -> [DataFinding] {
        var owners: [String: AnnotatedVideo] = [:], leaks: [String] = []
        for pair in pairs {
            guard let sum = pair.header.sourceSHA256, !sum.isEmpty else { continue }
            if let owner = owners[sum], owner.subset != pair.video.subset {
                leaks.append("\(owner.id) (\(owner.subset)) and \(pair.video.id) (\(pair.video.subset))")
            }
            owners[sum] = owners[sum] ?? pair.video
        }
        guard !leaks.isEmpty else { return [] }
        return [
            DataFinding(
                .leak, .error, "pairs of videos in different subsets are the same file",
                one: "pair of videos in different subsets is the same file", items: leaks)
        ]
    }

    private static func text(_ seconds: Double) -> String { String(format: "%.1f", seconds) }
}

/// What two spellings of the id of one video have in common.
enum VideoIdentity {
    /// Lower case, composed, without the prefix `v_` and without the extension of a video or feature file.
    static func key(_ id: String) -> String {
        var key = id.precomposedStringWithCanonicalMapping.lowercased()
        if key.hasPrefix("v_") { key.removeFirst(2) }
        for suffix in [".mp4", ".avi", ".mkv", ".webm", ".mov", ".npy", ".npz", ".pt", ".csv"]
        where key.hasSuffix(suffix) {
            key.removeLast(suffix.count)
        }
        return key
    }
}
