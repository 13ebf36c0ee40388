import Annotations
import Extraction
import Files
import Foundation
import TestSupport
import Testing
import Video

@testable import Toolkit

@Suite("videos of segments")
struct SegmentVideoTests {
    private static func segment(_ start: Double, _ end: Double, _ label: String, _ score: Double? = nil)
        -> LabelledSegment
    {
        LabelledSegment(segment: Segment(start: start, end: end), label: label, score: score)
    }

    /// Calls `body` with a folder of two videos of 4 s, of which every frame can be cut at.
    private static func withVideos(_ body: (_ folder: URL, _ inputs: VideoInputs) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let videos = folder.appendingPathComponent("videos/cat")
            try FileManager.default.createDirectory(at: videos, withIntermediateDirectories: true)
            for name in ["cat/one.mp4", "two.mkv"] {
                try TestVideo.write(
                    to: folder.appendingPathComponent("videos/\(name)"), count: 40, rate: FrameRate(10),
                    options: WriterOptions(keyFrameInterval: 20))
            }
            try body(folder, VideoInputs([folder.appendingPathComponent("videos").path]))
        }
    }

    @Test("names are safe, none is given twice, and long ones are cut")
    func names() {
        var names = FileNames()
        #expect(names.name(["a", "1.00-2.00", "jump"], ending: "mp4") == "a_1.00-2.00_jump.mp4")
        #expect(names.name(["a", "1.00-2.00", "jump"], ending: "mp4") == "a_1.00-2.00_jump_2.mp4")
        #expect(names.name(["A", "1.00-2.00", "Jump"], ending: "mp4") == "A_1.00-2.00_Jump_3.mp4")
        #expect(FileNames.safe("../../etc/passwd") == "_./../etc/passwd".replacing("/", with: "_"))
        #expect(FileNames.safe("Hör \"zu\": 100 %\u{0}\n") == "Hör__zu___100____")
        #expect(FileNames.safe("-rf") == "_rf" && FileNames.safe("") == "_" && FileNames.safe("走る") == "走る")
        let long = names.name(
            [String(repeating: "é", count: 300), "b", String(repeating: "x", count: 300)], ending: "mp4")
        #expect(long.utf8.count <= 255)
    }

    @Test("each segment becomes a clip with its frames; what cannot be cut is told, and the rest is done")
    func clips() throws {
        try Self.withVideos { folder, inputs in
            let set = AnnotationSet(videos: [
                AnnotatedVideo(
                    id: "cat/one",
                    segments: [
                        Self.segment(2, 4, "jump"), Self.segment(0.5, 1.2, "a/b"), Self.segment(2, 4, "jump"),
                        Self.segment(3, 9, "late"),
                    ]),
                AnnotatedVideo(id: "two", segments: [Self.segment(0, 1.9, "run")]),
                AnnotatedVideo(id: "gone", segments: [Self.segment(0, 1, "x")]),
                AnnotatedVideo(id: "empty", segments: []),
            ])
            let out = folder.appendingPathComponent("clips").path
            var job = ClipJob(SegmentVideos(set, in: inputs), folder: out)
            let report = try job.run()
            let names = [
                "cat_one_2.00-4.00_jump.mp4", "cat_one_0.50-1.20_a_b.mp4", "cat_one_2.00-4.00_jump_2.mp4",
                "two_0.00-1.90_run.mp4",
            ]
            #expect(report.files.map { ($0 as NSString).lastPathComponent } == names)
            #expect(try FileManager.default.contentsOfDirectory(atPath: out).sorted() == names.sorted())
            let numbers = try report.files.map { try TestVideo.read(URL(fileURLWithPath: $0)).map(\.number) }
            #expect(numbers == [Array(20..<40), Array(5..<12), Array(20..<40), Array(0..<19)])
            #expect(report.copied + report.encoded == 4 && report.encoded >= 1)
            #expect(report.batch.succeeded == 4)
            #expect(report.batch.failures.map(\.item) == ["gone", "cat_one_3.00-9.00_late.mp4"])
            let again = try job.run()
            #expect(again.batch.succeeded == 0 && again.batch.failures.count == 6)
            #expect("\(again.batch.failures[1].error)" == OutputFolder.isThere)
            job.replaces = true
            #expect(try job.run().batch.succeeded == 4)
        }
    }

    @Test("ids match with and without folders, in any form of Unicode")
    func matches() throws {
        try Self.withVideos { _, inputs in
            let set = AnnotationSet(videos: [
                AnnotatedVideo(id: "one", segments: [Self.segment(0, 1, "x")]),
                AnnotatedVideo(id: "two", segments: []), AnnotatedVideo(id: "cat", segments: []),
            ])
            let videos = SegmentVideos(set, in: inputs)
            #expect(videos.items.map(\.video.id) == ["one", "two"])
            #expect(videos.items[0].video.path.hasSuffix("cat/one.mp4") && videos.missing.isEmpty)
        }
    }

    @Test("chapters do not overlap, the better segment wins, and gaps are filled where a container needs it")
    func chapterRule() {
        let segments = [
            Self.segment(5, 6, "late", 0.2), Self.segment(1, 3, "good", 0.9), Self.segment(2.5, 4, "worse", 0.5),
            Self.segment(3, 3.5, "touches", 0.1), Self.segment(.nan, 2, "broken", 1), Self.segment(9, 20, "end", 0.3),
        ]
        let chosen = ChapterJob.chosen(segments)
        #expect(chosen.map(\.label) == ["good", "touches", "late", "end"])
        let plain = ChapterJob.chapters(chosen, duration: 10, fillsGaps: false)
        #expect(plain.map(\.title) == ["good", "touches", "late", "end"] && plain.last?.end == 10)
        let filled = ChapterJob.chapters(chosen, duration: 10, fillsGaps: true)
        #expect(filled.map(\.title) == ["–", "good", "touches", "–", "late", "–", "end"])
        #expect(zip(filled, filled.dropFirst()).allSatisfy { $0.end == $1.start } && filled.first?.start == 0)
        // Of annotations the first of the list wins.
        let unscored = [Self.segment(2, 4, "b"), Self.segment(1, 3, "a")]
        #expect(ChapterJob.chosen(unscored).map(\.label) == ["b"])
        #expect(ChapterJob.chapters([], duration: 10, fillsGaps: true).isEmpty)
    }

    @Test("a copy with chapters goes to a file, or to a folder where there are several videos")
    func chapters() throws {
        try Self.withVideos { folder, inputs in
            let set = AnnotationSet(videos: [
                AnnotatedVideo(
                    id: "cat/one", segments: [Self.segment(1, 2, "a", 0.5), Self.segment(1.5, 3, "b", 0.9)]),
                AnnotatedVideo(id: "two", segments: [Self.segment(1, 2, "c", 0.5)]),
            ])
            let videos = SegmentVideos(set, in: inputs)
            let file = folder.appendingPathComponent("c.mp4").path
            #expect(throws: FileError.self) { try ChapterJob(videos, target: file).run() }
            #expect(throws: FileError.self) { try ChapterJob(videos, target: file + ".avi").run() }
            let out = folder.appendingPathComponent("c").path
            let report = try ChapterJob(videos, target: out).run()
            #expect(report.files.map { ($0 as NSString).lastPathComponent } == ["cat_one.mp4", "two.mkv"])
            #expect(report.chapterCount == 2 && report.notices.map(\.kind) == ["chapters-overlap"])
            #expect(try VideoChapter.all(in: report.files[0]).map(\.title) == ["–", "b", "–"])
            #expect(try VideoChapter.all(in: report.files[1]) == [VideoChapter(start: 1, end: 2, title: "c")])
            #expect(try TestVideo.read(URL(fileURLWithPath: report.files[1])).map(\.number) == Array(0..<40))
            let again = try ChapterJob(videos, target: out).run()
            #expect(again.batch.failures.count == 2 && again.files.isEmpty)
            let one = SegmentVideos(AnnotationSet(videos: [set.videos[0]]), in: inputs)
            #expect(try ChapterJob(one, target: file).run().files == [file])
            #expect(throws: FileError.self) { try ChapterJob.check(file, replaces: false) }
            #expect(throws: Never.self) { try ChapterJob.check(file, replaces: true) }
        }
    }
}
