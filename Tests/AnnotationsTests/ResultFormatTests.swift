import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

/// Predictions as other programs keep them, and several files of them.
@Suite("Formats of results")
struct ResultFormatTests {
    private func withFile<Result>(_ name: String, _ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result
    {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent(name)
            try Data(bytes).write(to: file)
            return try body(file.path)
        }
    }

    @Test("ActionFormer's pickle of numbers, exact in float32")
    func actionFormer() throws {
        let file = try DetectionFile.read(Fixture.url("annotations/actionformer.pkl").path)
        #expect(
            Array(file.detections) == [
                Detection(video: "a", label: "1", segment: Segment(start: 0.5, end: 2), score: 0.75),
                Detection(video: "a", label: "0", segment: Segment(start: 3.25, end: 4), score: 0.5),
                Detection(video: "b", label: "1", segment: Segment(start: 1, end: 9.5), score: 0.25),
            ])
        let named = try #require(file.detections.named(by: ["run", "jump"]))
        #expect(named.map(\.label) == ["jump", "run", "jump"] && named.labels == ["jump", "run"])
        #expect(file.detections.named(by: ["run"]) == nil)
    }

    @Test("a pickle that calls something is refused, one of something else is named, a cut one is damaged")
    func pickles() throws {
        // cos\nsystem\n(S'echo'\ntR. with a header of protocol 2
        let harmful =
            [0x80, 2] + Array("cposix\nsystem\nX\u{4}".utf8) + [0, 0, 0] + Array("echo".utf8) + [0x85]
            + Array("R.".utf8)
        let message = withError { try withFile("a.pkl", harmful) { try DetectionFile.read($0) } }
        #expect(message.contains("nothing in it was run"), "\(message)")
        // {"a": 1}
        let other = [0x80, 2] + Array("}X\u{1}".utf8) + [0, 0, 0] + Array("aK\u{1}s.".utf8)
        #expect(withError { try withFile("b.pkl", other) { try DetectionFile.read($0) } }.contains("it has a"))
        let whole = try [UInt8](Data(contentsOf: Fixture.url("annotations/actionformer.pkl")))
        for length in stride(from: 3, to: whole.count - 1, by: 7) {
            #expect(throws: FileError.self) {
                try withFile("c.pkl", Array(whole.prefix(length))) { try DetectionFile.read($0) }
            }
        }
    }

    private func withError(_ body: () throws -> DetectionFile) -> String {
        do {
            _ = try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("X-AnyLabeling's video classifier: milliseconds")
    func xAnyLabeling() throws {
        let text = """
            {"version": "1.0.0", "type": "video_classification", "video": "sample.mp4", "fps": 30.0, "duration_ms": 120000,
             "labels": ["run", "walk"], "segments": [
               {"id": "s1", "label": "run", "start_ms": 1000, "end_ms": 3500, "start_frame": 30, "end_frame": 105},
               {"id": "s2", "label": "walk", "start_ms": 4000}]}
            """
        let set = try withFile("sample.json", Array(text.utf8)) { try AnnotationSet(contentsOf: $0) }
        #expect(set.layout == .xAnyLabeling && set.videos[0].id == "sample" && set.videos[0].duration == 120)
        #expect(set.videos[0].framesPerSecond == 30)
        #expect(set.videos[0].segments == [LabelledSegment(segment: Segment(start: 1, end: 3.5), label: "run")])
        #expect(set.oddities.map(\.kind) == [.unusableEntry])
        let empty = #"{"type": "video_classification", "video": "b.mov", "duration_ms": 5000, "segments": []}"#
        #expect(
            try withFile("b.json", Array(empty.utf8)) { try AnnotationSet(contentsOf: $0) }.videos.map(\.id) == ["b"])
    }

    @Test("what MS-TCN recognised, a file without extension a video")
    func recognition() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("P03_cam01_tea")
            try Data("### Frame level recognition: ###\nSIL SIL take take take SIL".utf8).write(to: file)
            let set = try AnnotationSet(contentsOf: folder.path, ReadingOptions(framesPerSecond: 2))
            #expect(set.videos[0].id == "P03_cam01_tea" && set.videos[0].frameCount == 6)
            #expect(set.videos[0].segments.map(\.label) == ["SIL", "take", "SIL"])
            #expect(set.videos[0].segments[1].segment == Segment(start: 1, end: 2.5))
        }
    }

    @Test("several files of predictions add up, and videos in several are counted")
    func several() throws {
        try TemporaryFolder.with { folder in
            let paths = try ["a", "b"].map { name in
                let file = folder.appendingPathComponent("\(name).json")
                let text =
                    #"{"results": {"v": [{"label": "\#(name)", "score": 0.5, "segment": [1, 2]}], "\#(name)": []}}"#
                try Data(text.utf8).write(to: file)
                return file.path
            }
            let file = try DetectionFile.read(paths)
            #expect(file.detections.map(\.label) == ["a", "b"] && file.detections.videos == ["v", "a", "b"])
            #expect(file.oddities.map(\.kind) == [.videoInSeveralFiles] && file.oddities[0].count == 1)
        }
    }
}
