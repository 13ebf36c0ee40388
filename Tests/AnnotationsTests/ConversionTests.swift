import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// What is written reads back the same, and what a format cannot hold is counted.
struct ConversionTests {
    /// Every fact that the model knows, in awkward values.
    static let full = AnnotationSet(videos: [
        AnnotatedVideo(
            id: "été-1", subset: "training", duration: 60.25, framesPerSecond: 29.97, frameCount: 1806,
            segments: [
                LabelledSegment(
                    segment: Segment(start: 0.1, end: 1.0 / 3), label: "jump, \"high\"", score: 0.25, tier: "A & B"),
                LabelledSegment(
                    segment: Segment(start: 0.2, end: 12.345678901234), label: "a <b> --> c; d", score: 1, tier: "A & B"
                ),
                LabelledSegment(
                    segment: Segment(start: 30, end: 59.5), label: "über\u{E9}", score: 0.125, tier: "second"),
            ]),
        AnnotatedVideo(
            id: "b", subset: "validation", duration: 10, framesPerSecond: 25, frameCount: 250,
            segments: [LabelledSegment(segment: Segment(start: 1, end: 2), label: "walk", score: 0.5, tier: "second")]),
    ])

    private func roundTrip(_ set: AnnotationSet, _ name: String, fps: Double? = nil) throws -> (AnnotationSet, Losses) {
        try TemporaryFolder.with { folder in
            let format = try #require(AnnotationFormat.named(name))
            let isSeveral = format.holdsOneVideo && set.videos.count != 1
            let path = folder.appendingPathComponent(isSeveral ? "out" : "\(set.videos[0].id).\(format.fileExtension)")
                .path
            let report = try AnnotationWriter.write(set, as: format, to: path, WritingOptions(framesPerSecond: fps))
            let read = try AnnotationSet.reading([path], ReadingOptions(framesPerSecond: fps), acceptsPredictions: true)
            return (read, report.losses)
        }
    }

    private func withoutScores(_ set: AnnotationSet, tiers: Bool = true) -> AnnotationSet {
        var result = set
        for video in result.videos.indices {
            for item in result.videos[video].segments.indices {
                result.videos[video].segments[item].score = nil
                if !tiers { result.videos[video].segments[item].tier = nil }
            }
        }
        return result
    }

    @Test("tables and ActivityNet hold everything", arguments: ["csv", "tsv", "activitynet"])
    func holdsEverything(name: String) throws {
        let set = name == "activitynet" ? withoutScores(Self.full) : Self.full
        let (read, losses) = try roundTrip(set, name)
        #expect(losses.lines.isEmpty)
        #expect(read.videos == set.videos)
        #expect(read.labels == set.labels)
    }

    @Test("predictions keep labels, exact times and scores")
    func holdsPredictions() throws {
        let (read, losses) = try roundTrip(Self.full, "activitynet")
        #expect(read.layout == .results)
        #expect(read.videos.map(\.id) == Self.full.videos.map(\.id))
        for (video, other) in zip(read.videos, Self.full.videos) {
            #expect(video.segments.map(\.segment) == other.segments.map(\.segment))
            #expect(video.segments.map(\.score) == other.segments.map(\.score))
            #expect(video.segments.map(\.label) == other.segments.map(\.label))
        }
        #expect(losses.counts == [.subset: 2, .duration: 2, .frameRate: 2, .frameCount: 2, .tier: 4])
    }

    @Test(
        "formats of tools keep labels and times to the millisecond, a file a video, and say what they lose",
        arguments: ["elan", "srt", "webvtt", "audacity", "praat", "via3"])
    func holdsSegments(name: String) throws {
        let set = withoutScores(Self.full)
        let (read, losses) = try roundTrip(set, name)
        #expect(Set(read.videos.map(\.id)) == Set(set.videos.map(\.id)))
        for video in set.videos {
            let found = try #require(read.videos.first { $0.id == video.id }).segments.sorted {
                $0.segment.start < $1.segment.start
            }
            #expect(found.count == video.segments.count)
            for (one, other) in zip(found, video.segments) {
                #expect(
                    abs(one.segment.start - other.segment.start) <= 5.001e-4
                        && abs(one.segment.end - other.segment.end) <= 5.001e-4)
                let label = name == "srt" || name == "webvtt" ? other.label.replacing("-->", with: "->") : other.label
                #expect(one.label == label)
                if name == "elan" { #expect(one.tier == other.tier) }
            }
        }
        #expect(losses.counts[.subset] == 2)
        if ["elan", "srt", "webvtt"].contains(name) { #expect(losses.counts[.roundedTime] ?? 0 > 0) }
        if name == "praat" { #expect(losses.counts[.movedTier] == 1) }
        if ["audacity", "srt", "webvtt", "via3"].contains(name) { #expect(losses.counts[.tier] == 4) }
    }

    @Test("formats that count frames keep whole frames exactly and need a rate")
    func holdsFrames() throws {
        let set = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "v", duration: 4,
                segments: [
                    LabelledSegment(segment: Segment(start: 0.4, end: 1.2), label: "a"),
                    LabelledSegment(segment: Segment(start: 2, end: 3), label: "b"),
                ])
        ])
        let (tasks, losses) = try roundTrip(set, "labelstudio", fps: 25)
        #expect(tasks.videos[0].segments == set.videos[0].segments && losses.counts == [.duration: 1])
        let (frames, _) = try roundTrip(set, "frame-labels", fps: 25)
        #expect(frames.videos[0].segments.filter { $0.label != "background" } == set.videos[0].segments)
        #expect(frames.videos[0].frameCount == 100)
        #expect(throws: AnnotationsError.self) { try roundTrip(set, "frame-labels") }
    }

    @Test(
        "segments take the nearest frames, within the video, and a changed time is counted",
        arguments: [
            (Segment(start: 0.4, end: 1.2), nil, 1, 4, 12, false),
            (Segment(start: 0.44, end: 1.16), nil, 1, 4, 12, true),
            (Segment(start: -1, end: 1), nil, 1, 0, 10, true), (Segment(start: 0.4, end: 0.41), nil, 0, 4, 4, true),
            (Segment(start: 0.4, end: 0.41), nil, 1, 4, 5, true), (Segment(start: 0.4, end: 9), 20, 1, 4, 20, true),
            (Segment(start: 3, end: 4), 20, 1, 19, 20, true), (Segment(start: 3, end: 4), 20, 0, 20, 20, true),
            (Segment(start: 1, end: 0), nil, 0, 10, 10, true),
            (Segment(start: 0, end: 1e300), nil, 1, 0, 1_000_000_000_000, true),
            (Segment(start: 0, end: 1), 0, 1, 0, 1, true),
        ] as [(Segment, Int?, Int, Int, Int, Bool)])
    func roundsToFrames(segment: Segment, count: Int?, least: Int, first: Int, end: Int, isChanged: Bool) {
        var losses = Losses()
        let frames = losses.frames(of: segment, rate: 10, count: count, least: least)
        #expect(frames.first == first && frames.end == end)
        #expect(losses.counts == (isChanged ? [.roundedTime: 1] : [:]))
    }

    @Test("several videos need a folder, ids never leave it, and two ids may not share a file")
    func writesFolders() throws {
        let format = try #require(AnnotationFormat.named("srt"))
        try TemporaryFolder.with { folder in
            #expect(throws: FileError.self) {
                try AnnotationWriter.write(Self.full, as: format, to: folder.appendingPathComponent("out.srt").path)
            }
            let evil = AnnotationSet(videos: [AnnotatedVideo(id: "../../x"), AnnotatedVideo(id: "b")])
            let out = folder.appendingPathComponent("out").path
            let report = try AnnotationWriter.write(evil, as: format, to: out)
            #expect(report.files.allSatisfy { $0.hasPrefix(out + "/") && !$0.contains("/../") })
            let twins = AnnotationSet(videos: [AnnotatedVideo(id: "a/b"), AnnotatedVideo(id: "a_b")])
            let other = folder.appendingPathComponent("other").path
            #expect(throws: FileError.self) { try AnnotationWriter.write(twins, as: format, to: other) }
            let forms = AnnotationSet(videos: [AnnotatedVideo(id: "\u{C9}"), AnnotatedVideo(id: "e\u{301}")])
            #expect(throws: FileError.self) { try AnnotationWriter.write(forms, as: format, to: other) }
            // Nothing is written where two names collide.
            #expect(!FileManager.default.fileExists(atPath: other))
        }
    }

    @Test("a video without segments cannot stand in a table, which is counted")
    func countsEmptyVideos() throws {
        try TemporaryFolder.with { folder in
            let format = try #require(AnnotationFormat.named("csv"))
            let set = AnnotationSet(videos: Self.full.videos + [AnnotatedVideo(id: "empty")])
            let report = try AnnotationWriter.write(set, as: format, to: folder.appendingPathComponent("o.csv").path)
            #expect(report.losses.counts == [.videoWithoutSegments: 1])
            #expect(report.losses.lines == ["1 × videos without a segment"])
        }
    }

    @Test("data sets survive ActivityNet JSON and csv", arguments: DataFolder.present)
    func survives(folder: DataFolder) throws {
        for path in [
            "thumos14/thumos14.json.gz", "thumos14/thumos_gt.json.gz", "multithumos/tiny_multithumos_anno.json.gz",
            "epic_kitchens_100/EPIC_100_validation.csv.gz",
        ] {
            let set = try AnnotationSet(contentsOf: folder.url("annotations/" + path).path)
            for name in ["activitynet", "csv"] {
                let (read, losses) = try roundTrip(set, name)
                #expect(losses.lines.isEmpty, "\(path) as \(name): \(losses.lines)")
                #expect(read.videos == set.videos, "\(path) as \(name)")
            }
        }
    }
}
