import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// What is chosen of detections, and the files that it becomes.
struct ResultOutputTests {
    private static func detection(_ label: String, _ start: Double, _ end: Double, _ score: Double) -> Detection {
        Detection(video: "v", label: label, segment: Segment(start: start, end: end), score: score)
    }

    /// Best first, as they are found.
    private static let found = [
        detection("a", 10, 20, 0.9), detection("b", 15, 25, 0.8), detection("c", 20, 22, 0.7),
        detection("d", 0, 4, 0.5), detection("e", 3.5, 10, 0.5), detection("f", 30, 31, 0.1),
    ]

    private func labels(_ change: (inout DetectionSelection) -> Void) -> String {
        var selection = DetectionSelection()
        change(&selection)
        return selection.chosen(Self.found).map(\.label).joined()
    }

    @Test("each part of a selection keeps what it says, and the parts apply one after the other")
    func selects() {
        #expect(labels { _ in } == "abcdef")
        #expect(labels { $0.minimumScore = 0.5 } == "abcde")
        #expect(labels { $0.top = 2 } == "ab")
        #expect(labels { $0.top = 0 } == "abcdef")
        #expect(labels { $0.order = .time } == "deabcf")
        // b shares time with a, e with d; c and e begin or end where a does, which is no overlap.
        #expect(labels { $0.excludesOverlap = true } == "acdf")
        #expect(
            labels {
                ($0.excludesOverlap, $0.order, $0.top, $0.minimumScore) = (true, .time, 3, 0.2)
            } == "dac")
        #expect(
            labels {
                ($0.excludesOverlap, $0.top) = (true, 2)
            } == "ac")
    }

    @Test("the order of a file stays where none is asked for, and ties keep it")
    func keepsOrder() {
        var selection = DetectionSelection()
        selection.top = 3
        #expect(selection.chosen(Array(Self.found.reversed())).map(\.label).joined() == "cba")
        selection.order = .score
        #expect(selection.chosen(Array(Self.found.reversed())).map(\.label).joined() == "abc")
        selection.top = 5
        #expect(selection.chosen(Array(Self.found.reversed())).map(\.label).joined() == "abced")
    }

    @Test("of many detections no two of those left overlap, and each one left out overlaps a better one")
    func excludesOverlap() {
        var state: UInt64 = 7
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        let many = (0..<400).map { index in
            let start = random() * 200
            return Self.detection("\(index)", start, start + random() * 6, random())
        }
        var selection = DetectionSelection()
        selection.excludesOverlap = true
        let kept = selection.chosen(many)
        func meet(_ one: Detection, _ other: Detection) -> Bool {
            one.segment.start < other.segment.end && other.segment.start < one.segment.end
        }
        for (index, one) in kept.enumerated() {
            #expect(!kept[(index + 1)...].contains { meet(one, $0) })
        }
        let names = Set(kept.map(\.label))
        for one in many where !names.contains(one.label) {
            #expect(kept.contains { meet(one, $0) && $0.score >= one.score })
        }
    }

    @Test("segments without scores stay, and a selection without orders for scores needs none")
    func unscored() {
        var selection = DetectionSelection()
        selection.minimumScore = 0.5
        let segments = [
            LabelledSegment(segment: Segment(start: 0, end: 1), label: "a"),
            LabelledSegment(segment: Segment(start: 0, end: 1), label: "b", score: 0.4),
        ]
        #expect(selection.chosen(segments).map(\.label) == ["a"])
        #expect(selection.needsScores)
        var other = DetectionSelection()
        (other.order, other.excludesOverlap) = (.time, true)
        #expect(!other.needsScores)
    }

    @Test(
        "an extension says the format",
        arguments: [
            ("d.json", "activitynet"), ("d.csv", "csv"), ("d.TSV", "tsv"), ("d.srt", "srt"), ("d.vtt", "webvtt"),
            ("d.eaf", "elan"), ("d.xml", "cvat"), ("d.txt", "audacity"), ("d.TextGrid", "praat"), ("-", "activitynet"),
            ("/dev/null", "activitynet"),
        ])
    func knowsExtensions(path: String, name: String) throws {
        #expect(try ResultOutput(path).format.name == name)
    }

    @Test(
        "an extension of no format is an error that lists the known ones",
        arguments: ["d.docx", "d", "d.json.gz", "subs/"])
    func refusesExtensions(path: String) throws {
        let error = try #require(throws: FileError.self) { try ResultOutput(path) }
        #expect("\(error)".contains("known: .csv, .eaf, .json, .srt, .TextGrid, .tsv, .txt, .vtt, .xml"))
        #expect(try ResultOutput(path, format: .csv).format.name == "csv")
    }

    /// What each format writes of one video with two detections, the better one later.
    @Test(
        "each format holds the detections",
        arguments: [
            ("d.csv", "video,start,end,label,score\nv,2.0,3.5,jump,0.9\nv,0.4,1.2,\"walk, run\",0.25\n"),
            ("d.tsv", "video\tstart\tend\tlabel\tscore\nv\t2.0\t3.5\tjump\t0.9\nv\t0.4\t1.2\twalk, run\t0.25\n"),
            ("d.srt", "1\n00:00:00,400 --> 00:00:01,200\nwalk, run\n\n2\n00:00:02,000 --> 00:00:03,500\njump\n\n"),
            ("d.vtt", "WEBVTT\n\n00:00:00.400 --> 00:00:01.200\nwalk, run\n\n00:00:02.000 --> 00:00:03.500\njump\n\n"),
            ("d.txt", "0.4\t1.2\twalk, run\n2.0\t3.5\tjump\n"),
            (
                "d.json",
                "{\"version\": \"VERSION 1.3\", \"results\": {\n\"v\": [{\"label\": \"jump\", \"score\": 0.9, \"segment\": [2.0, 3.5]}, "
                    + "{\"label\": \"walk, run\", \"score\": 0.25, \"segment\": [0.4, 1.2]}]\n}, \"external_data\": {}}\n"
            ),
        ])
    func writes(name: String, text: String) throws {
        let (written, losses) = try written(name)
        #expect(written == text)
        #expect(losses.counts == (["d.srt", "d.vtt", "d.txt"].contains(name) ? [.score: 2] : [:]))
    }

    private func written(
        _ name: String, format: AnnotationFormat? = nil, frames: Int? = nil
    ) throws -> (text: String, losses: Losses) {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent(name).path
            var output = try ResultOutput(path, format: format)
            output.options.rates = ["v": 25]
            output.options.frameCounts["v"] = frames
            let report = try output.write([
                "v": [Self.detection("jump", 2, 3.5, 0.9), Self.detection("walk, run", 0.4, 1.2, 0.25)]
            ])
            return (try String(contentsOfFile: path, encoding: .utf8), report.losses)
        }
    }

    @Test("tools that count frames get frames of the video's own rate")
    func writesFrames() throws {
        let (tasks, _) = try written("d.json", format: .labelStudio)
        for part in [
            "\"predictions\"", "\"video\": \"v.mp4\"", "\"start\": 51, \"end\": 88", "\"timelinelabels\": [\"jump\"]",
            "\"score\": 0.25", "\"start\": 11, \"end\": 30",
        ] {
            #expect(
                tasks.contains(part) || tasks.contains(part.replacing(": ", with: ":").replacing(", ", with: ",")),
                "\(part)")
        }
        let (tracks, losses) = try written("d.xml")
        #expect(losses.counts == [.score: 2, .roundedTime: 1])
        // In the order of time: frames 10 to 30, then 50 to 88 (87.5 rounded).
        let frames = tracks.matches(of: /<box frame="(\d+)" keyframe="1" outside="(\d)"/).map { "\($0.1)/\($0.2)" }
        #expect(frames == ["10/0", "30/1", "50/0", "88/1"])
        #expect(tracks.contains("<track id=\"0\" label=\"walk, run\" source=\"file\">"))
        #expect(tracks.contains("<label><name>jump</name></label>"))
    }

    @Test("CVAT's tracks read back as they were, also where one lasts to the end of its video", arguments: [nil, 88])
    func cvatRoundTrip(count: Int?) throws {
        let (text, _) = try written("d.xml", frames: count)
        #expect(text.contains("<box frame=\"87\"") == (count != nil))
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("d.xml").path
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let set = try AnnotationSet(contentsOf: path, ReadingOptions(framesPerSecond: 25))
            #expect(set.layout == .cvat && set.videos.map(\.id) == ["v"])
            #expect(set.videos[0].segments.map(\.label) == ["walk, run", "jump"])
            #expect(set.videos[0].segments.map(\.segment.start) == [0.4, 2])
            #expect(set.videos[0].segments.map(\.segment.end) == [1.2, 3.52])
        }
    }

    @Test("ELAN reads back, and several videos become a folder")
    func writesFolder() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("found").path
            var output = try ResultOutput(path + "/", format: .elan)
            output.selection.minimumScore = 0.5
            try output.check(videoCount: 2)
            let report = try output.write([
                "v": Self.found, "w": [Self.detection("x", 1, 2, 0.6), Self.detection("y", 1, 2, 0.4)],
            ])
            #expect(report.files == [path + "/v.eaf", path + "/w.eaf"])
            let set = try AnnotationSet(contentsOf: path)
            #expect(set.videos.map { $0.segments.map(\.label).joined() } == ["deabc", "x"])
            #expect(throws: FileError.self) { try ResultOutput(path + ".srt").check(videoCount: 2) }
            #expect(throws: FileError.self) { try ResultOutput(path, format: .csv).check() }
        }
    }

    @Test("no detection at all is still a file of results")
    func writesNothing() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("d.json").path
            _ = try ResultOutput(path).write(["v": []])
            #expect(try DetectionFile.read(path).detections.videos == ["v"])
        }
    }
}
