import Annotations
import Extraction
import Files
import Foundation
import Localization
import Synchronization
import TestSupport
import Testing
import Threads
import Video

@testable import Toolkit

@Suite("finding actions while a video is recorded")
struct LiveDetectorTests {
    @Test("windows decide about every place once, whatever the length of a video", arguments: [4, 12, 16])
    func windows(length: Int) throws {
        for count in 1...40 {
            var windows = SequenceWindows(length: length, context: length / 4)
            var all: [SequenceWindows.Window] = []
            for arrived in 1...count {
                while let window = windows.next(of: arrived) {
                    #expect(window.features.upperBound == arrived)
                    all.append(window)
                }
            }
            all.append(try #require(windows.last(of: count)))
            #expect(all.first?.part.lowerBound == -.infinity)
            #expect(all.last?.part.upperBound == .infinity && all.last?.features.upperBound == count)
            for (one, next) in zip(all, all.dropFirst()) {
                #expect(one.part.upperBound == next.part.lowerBound)
                // Half a window, or less at the end.
                #expect(next.features.lowerBound - one.features.lowerBound <= length / 2)
                // A quarter of a window is seen on both sides of what is decided about.
                #expect(next.part.lowerBound - Double(next.features.lowerBound) >= Double(length) / 4)
                #expect(Double(one.features.upperBound) - one.part.upperBound >= Double(length) / 4)
            }
        }
        #expect(SequenceWindows(length: length, context: length / 4).last(of: 0) == nil)
    }

    private static func detector() throws -> ActionDetector {
        try ActionDetector(run: Fixture.url("earlier/run").path)
    }

    private static func sorted(_ detections: [Detection]) -> [Detection] {
        var selection = DetectionSelection()
        selection.order = .time
        return selection.chosen(detections)
    }

    @Test("in a video that fits into a window the same is found as in the whole video")
    func fits() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mkv")
            try TestVideo.writeMovingSquare(to: file, count: 300)
            let video = VideoInput(id: "v", path: file.path)
            let live = try LiveDetector(Self.detector())
            var found: [Detection] = []
            let summary = try live.run(video) { found.append($0) }
            #expect(abs(summary.durationSeconds - 30) < 0.01 && !summary.wasInterrupted)
            let whole = Self.sorted(try live.detector.detect(in: video).detections)
            #expect(!whole.isEmpty && found.count == whole.count)
            for (one, other) in zip(found, whole) {
                #expect(one.label == other.label && abs(one.score - other.score) < 1e-5)
                #expect(abs(one.segment.start - other.segment.start) < 1e-3)
                #expect(abs(one.segment.end - other.segment.end) < 1e-3)
            }
        }
    }

    @Test("a file that grows gives the same as one that is complete, and the first actions before its end")
    func grows() throws {
        try TemporaryFolder.with { folder in
            let whole = folder.appendingPathComponent("whole.mkv"), part = folder.appendingPathComponent("v.mkv")
            try TestVideo.writeMovingSquare(to: whole, count: 2000)
            let bytes = try Data(contentsOf: whole)
            var live = try LiveDetector(Self.detector())
            var expected: [Detection] = []
            _ = try live.run(VideoInput(id: "v", path: whole.path)) { expected.append($0) }
            // Three windows of 76.8 s decide, each about a part of its own.
            #expect(expected.contains { $0.segment.start < 50 } && expected.contains { $0.segment.start > 150 })

            // Most of the recording is there; the rest comes when the first action was found.
            try bytes.prefix(bytes.count * 3 / 4).write(to: part)
            live.patienceSeconds = 3
            let rest = Mutex<Data?>(bytes.suffix(from: bytes.count * 3 / 4))
            var found: [Detection] = [], latency = 0.0
            let summary = try live.run(VideoInput(id: "v", path: part.path), started: { latency = $0 }) { detection in
                if let more = rest.withLock({ data in
                    defer { data = nil }
                    return data
                }) {
                    let handle = try FileHandle(forWritingTo: part)
                    try handle.seekToEnd()
                    try handle.write(contentsOf: more)
                    try handle.close()
                }
                found.append(detection)
            }
            #expect(found == expected)
            #expect(abs(summary.durationSeconds - 200) < 0.01)
            #expect(abs(latency - (192 * 0.4 * 0.75 + 1.6)) < 1e-6)
        }
    }

    @Test("what is asked to end ends, also while it waits for a recording to go on")
    func ends() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mkv")
            try TestVideo.writeMovingSquare(to: file, count: 300)
            var live = try LiveDetector(Self.detector())
            live.patienceSeconds = 100_000
            let cancellation = CancellationFlag()
            var count = 0
            let summary = try live.run(
                VideoInput(id: "v", path: file.path), cancellation: cancellation,
                started: { _ in cancellation.request() }
            ) { _ in count += 1 }
            #expect(summary.wasInterrupted)
        }
    }

    @Test("an MP4 whose index is at its end is refused by name, and read where it is fragmented or complete")
    func indexAtTheEnd() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mp4")
            try TestVideo.writeMovingSquare(to: file, count: 300)
            let bytes = [UInt8](try Data(contentsOf: file))
            func place(of name: String) -> Int? { bytes.firstRange(of: Array(name.utf8))?.lowerBound }
            let (index, frames) = (try #require(place(of: "moov")), try #require(place(of: "mdat")))
            let video = VideoInput(id: "v", path: file.path)
            var live = try LiveDetector(Self.detector())
            live.patienceSeconds = 0.1
            if index < frames {
                _ = try live.run(video) { _ in }
            } else {
                let error = #expect(throws: FileError.self) { try live.run(video) { _ in } }
                #expect("\(try #require(error))".contains("its index is behind its frames"))
            }
            live.patienceSeconds = 0
            var count = 0
            _ = try live.run(video) { _ in count += 1 }
            #expect(count > 0)
        }
    }

    @Test("several videos are refused, and formats of all kinds are written")
    func job() throws {
        try TemporaryFolder.with { folder in
            for name in ["a.mkv", "b.mkv"] {
                try TestVideo.writeMovingSquare(to: folder.appendingPathComponent(name), count: 100)
            }
            let run = Fixture.url("earlier/run").path
            let several = DetectionJob(run: run, input: .videos([folder.path], encoder: .init()))
            #expect(throws: ToolkitError.oneVideo(count: 2)) { try several.follow(patienceSeconds: 0) { _ in } }
            var one = DetectionJob(
                run: run, input: .videos([folder.appendingPathComponent("a.mkv").path], encoder: .init()))
            let output = folder.appendingPathComponent("found.csv").path
            (one.output, one.selection.minimumScore) = (output, 0.01)
            var found: [Detection] = []
            let report = try one.follow(patienceSeconds: 0) { found.append($0) }
            #expect(report.detections == ["a": found] && found.allSatisfy { $0.score >= 0.01 })
            #expect(try AnnotationSet(contentsOf: output).videos.first?.segments.count == found.count)
        }
    }
}
