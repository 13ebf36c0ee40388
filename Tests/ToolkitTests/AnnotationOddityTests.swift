import Annotations
import Extraction
import Features
import Files
import Foundation
import Localization
import TestSupport
import Testing
import Video

@testable import Toolkit

/// What the thorough check finds in real annotations and videos.
@Suite("The check in full")
struct AnnotationOddityTests {
    private static func findings(
        _ file: String, in folder: DataFolder, dataset: String? = nil, _ change: (inout DataCheck) -> Void = { _ in }
    ) throws -> [DataFinding] {
        let set = try AnnotationSet(contentsOf: folder.url("annotations/\(file)").path)
        var check = DataCheck(set)
        check.isThorough = true
        check.dataset = try dataset.map { try DatasetDefaults($0) }
        change(&check)
        return try check.findings()
    }

    private static func texts(_ findings: [DataFinding], _ kind: DataFinding.Kind) -> [String] {
        findings.filter { $0.kind == kind }.map(\.notice.description)
    }

    @Test("every oddity that is known of the data sets", arguments: DataFolder.present)
    func listed(folder: DataFolder) throws {
        let activityNet = try Self.findings(
            "activitynet/activitynet_v1-3_merged.json.gz", in: folder, dataset: "activitynet-1.3")
        let annotations = Self.texts(activityNet, .annotations)
        // 12 segments with end <= start, 1,627 ends past the duration.
        #expect(
            annotations.contains {
                $0.hasPrefix("\(folder.value(real: 12, invented: 1)) × segment whose end is not after its start")
            })
        #expect(
            annotations.contains {
                $0.hasPrefix(
                    "\(folder.value(real: 1627, invented: 1)) × segment that ends more than 10 ms after its video")
            })
        // Labels spelled so.
        let faults = Self.texts(activityNet, .dataset)
        #expect(faults.contains { $0.contains("Mooping floor") && $0.contains("Playing guitarra") })
        let thumos = try Self.findings("thumos14/thumos14.json.gz", in: folder, dataset: "thumos14")
        #expect(
            Self.texts(thumos, .annotations).contains {
                $0.hasPrefix("\(folder.value(real: 30, invented: 1)) × segment that ends more than 10 ms")
            })
        // Every CliffDiving segment (360) is also a Diving one.
        #expect(
            Self.texts(thumos, .alwaysTogether).contains {
                $0.contains("'CliffDiving' (\(folder.value(real: 360, invented: 5))) is always 'Diving' too")
            })
        let flat = try Self.findings("thumos14/thumos14_flat.json.gz", in: folder)
        #expect(
            Self.texts(flat, .annotations).contains {
                $0.hasPrefix("\(folder.value(real: 92, invented: 1)) × segment that ends more than 10 ms")
            })
        // Times as text, no durations.
        let gtad = Self.texts(try Self.findings("thumos14/thumos_gt.json.gz", in: folder), .annotations)
        #expect(gtad.contains { $0.contains("time written as text") })
        #expect(gtad.contains { $0.contains("video without a duration") })
        // Subset names differ file by file: the protocol of one file does not fit another.
        let openTAD = try Self.findings("thumos14/thumos_14_anno.json.gz", in: folder) { $0.protocolName = "thumos14" }
        #expect(openTAD.contains { $0.kind == .evaluation && $0.severity == .error })
        let swapped = try Self.findings("thumos14/thumos14.json.gz", in: folder) {
            $0.protocolName = "thumos14-opentad-211"
        }
        #expect(
            Self.texts(swapped, .evaluation).contains {
                $0.contains("\(folder.value(real: 200, invented: 2)) videos where the protocol is defined on 211")
            }
        )
    }

    @Test("one class that is always another, rare classes, and ids of two subsets that look alike")
    func classesAndLeaks() throws {
        func item(_ label: String, _ start: Double) -> LabelledSegment {
            LabelledSegment(segment: Segment(start: start, end: start + 1), label: label)
        }
        let set = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "a", subset: "training", duration: 60,
                segments: (0..<6).map { item("dive", Double($0)) } + [item("cliff", 0), item("cliff", 1)]),
            AnnotatedVideo(id: "v_A.mp4", subset: "validation", duration: 60, segments: [item("dive", 1)]),
        ])
        var check = DataCheck(set)
        check.isThorough = true
        let found = try check.findings()
        #expect(Self.texts(found, .alwaysTogether).first?.contains("'cliff' (2) is always 'dive' too") == true)
        #expect(Self.texts(found, .rareClasses).first?.contains("cliff: 2") == true)
        #expect(found.first { $0.kind == .leak }?.severity == .error)
        check.isThorough = false
        #expect(try check.findings().isEmpty)
    }

    @Test("segments without a point of the head, and what the head learns")
    func untrained() {
        var settings = LocalizationSettings()
        settings.headSettings = ActionFormerSettings()
        let header = FeatureHeader(
            length: 200, channels: 4, grid: SnippetGrid(frameRateNumerator: 10, strideFrames: 4, windowFrames: 16))
        // A step is 0.4 s; features lie at 0.8, 1.2, 1.6 … s.
        let segments = [
            Segment(start: 4.85, end: 5.15), Segment(start: 4.7, end: 5.3), Segment(start: 10, end: 30),
            Segment(start: 500, end: 510),
        ]
        #expect(settings.untrainedSegments(of: header, segments) == [0, 3])
        // Within the same points the shorter segment wins.
        let nested = [Segment(start: 4.7, end: 5.3), Segment(start: 4.65, end: 5.4)]
        #expect(settings.untrainedSegments(of: header, nested) == [1])
        settings.headSettings = BMNSettings()
        #expect(settings.untrainedSegments(of: header, segments) == nil)
    }

    @Test("videos: unreadable, missing, of another length and rate")
    func videos() throws {
        try TemporaryFolder.with { folder in
            try TestVideo.write(to: folder.appendingPathComponent("a.mp4"), count: 300, rate: FrameRate(30))
            try Data("no video".utf8).write(to: folder.appendingPathComponent("b.mp4"))
            let set = AnnotationSet(videos: [
                AnnotatedVideo(id: "a", subset: "training", duration: 60, framesPerSecond: 25),
                AnnotatedVideo(id: "c", subset: "training", duration: 60),
            ])
            var check = DataCheck(set)
            check.videos = VideoInputs([folder.path])
            let found = try check.findings()
            let videos = found.filter { $0.kind == .videos }
            #expect(videos.contains { $0.severity == .error && $0.notice.count == 1 })
            #expect(videos.contains { $0.severity == .notice && $0.notice.examples == ["c"] })
            #expect(Self.texts(found, .duration).first?.contains("a: 10.00 s, annotated 60.00 s") == true)
            #expect(Self.texts(found, .frameRate).first?.contains("a: 30.00, annotated 25.00") == true)
        }
    }

    @Test("the picture of a summary holds its titles and numbers, as SVG and as PNG")
    func picture() throws {
        let set = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "a", subset: "training", duration: 100,
                segments: [
                    LabelledSegment(segment: Segment(start: 0, end: 3), label: "jump & <run>"),
                    LabelledSegment(segment: Segment(start: 5, end: 25), label: "walk"),
                    LabelledSegment(segment: Segment(start: 50, end: 51), label: "walk"),
                ]), AnnotatedVideo(id: "b", subset: "validation"),
        ])
        let summary = DataSummary(set)
        #expect(summary.parts.map(\.videos) == [1, 1] && summary.parts[0].medianLength == 3)
        #expect(summary.parts[0].actionSeconds == 24 && summary.classes.map(\.label) == ["walk", "jump & <run>"])
        #expect(summary.figure.svg.contains("jump &amp; &lt;run&gt;") && !summary.figure.svg.contains("<run>"))
        #expect(!DataSummary(AnnotationSet(videos: [])).figure.svg.isEmpty)
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.png").path
            try summary.figure.write(to: path)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
            #expect(throws: (any Error).self) { try summary.figure.write(to: path + ".gif") }
        }
    }
}
