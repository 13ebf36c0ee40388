import Annotations
import Extraction
import Foundation
import TestSupport
import Testing
import Toolkit

@testable import Reports
@testable import Video

@Suite("videos with a timeline")
struct AnnotatedVideoTests {
    private static func segment(_ start: Double, _ end: Double, _ label: String, _ score: Double? = nil)
        -> LabelledSegment
    {
        LabelledSegment(segment: Segment(start: start, end: end), label: label, score: score)
    }

    private static func pixel(_ image: RGBImage, _ x: Int, _ y: Int) -> UInt32 {
        (0..<3).reduce(0) { $0 << 8 | UInt32(image.pixels[(y * image.width + x) * 3 + $1]) }
    }

    /// How many pixels have a colour, about.
    private static func count(_ image: RGBImage, _ colour: UInt32, rows: Range<Int>, columns: Range<Int>) -> Int {
        var found = 0
        for y in rows {
            for x in columns {
                let value = pixel(image, x, y)
                let isNear = [16, 8, 0].allSatisfy {
                    abs(Int(value >> UInt32($0) & 0xFF) - Int(colour >> UInt32($0) & 0xFF)) < 24
                }
                found += isNear ? 1 : 0
            }
        }
        return found
    }

    @Test("bars stand where their segments are, and the moment moves")
    func draws() throws {
        // One unit of the drawing is one pixel: the time axis goes from 64 to 588.
        let strip = TimelineStrip(
            [
                .init(name: "truth", segments: [Self.segment(0, 5, "a")], hasScores: false),
                .init(name: "found", segments: [Self.segment(5, 10, "b", 1)], hasScores: true),
            ], labels: ["a", "b"], duration: 10, width: 600)
        #expect(strip.width == 600 && strip.height % 2 == 0 && strip.height > 70 && strip.height < 140)
        let (first, second): (UInt32, UInt32) = (0x0072B2, 0xE69F00)
        let image = strip.image(at: 2.5, of: 10)
        // Below the two lines of text: bars of 11 rows.
        let bars = 42..<strip.height
        #expect((2700...2900).contains(Self.count(image, first, rows: bars, columns: 0..<600)))
        #expect(Self.count(image, first, rows: bars, columns: 330..<600) == 0)
        #expect((2700...2900).contains(Self.count(image, second, rows: bars, columns: 326..<600)))
        #expect(Self.count(image, second, rows: bars, columns: 0..<324) == 0)
        // The moment is at 64 + 524 / 4.
        #expect(Self.count(image, 0xFFFFFF, rows: 44..<60, columns: 193..<198) >= 16)
        let later = strip.image(at: 7.5, of: 10)
        #expect(Self.count(later, 0xFFFFFF, rows: 44..<60, columns: 455..<460) >= 16)
        // Above, the square of what is named now.
        #expect(Self.count(image, first, rows: 0..<18, columns: 60..<80) > 60)
        #expect(Self.count(later, first, rows: 0..<36, columns: 60..<80) == 0)
        #expect(Self.count(later, second, rows: 18..<36, columns: 60..<80) > 60)
    }

    @Test("bars that share time lie in rows, and of too many the worst have none")
    func packs() {
        let many = (0..<40).map { Self.segment(Double($0) / 40, 10, "a", Double($0) / 40) }
        let strip = TimelineStrip(
            [.init(name: "found", segments: many, hasScores: true)], labels: ["a"], duration: 10, width: 600)
        #expect(strip.hiddenCount == 34 && strip.height < 140)
        let none = TimelineStrip(
            [.init(name: "found", segments: [], hasScores: true)], labels: [], duration: 0, width: 480)
        #expect(none.hiddenCount == 0 && none.image(at: 0, of: 0).width == 480)
        let long = TimelineStrip(
            [
                .init(
                    name: "found", segments: [Self.segment(0, 1, String(repeating: "long ", count: 80))],
                    hasScores: false)
            ],
            labels: [], duration: 1, width: 480)
        #expect(long.image(at: 0.5, of: 1).height == long.height)
    }

    @Test("the video keeps its frames, times and sound, with the timeline below")
    func writes() throws {
        try TemporaryFolder.with { folder in
            let source = Fixture.url("video/sound.mp4").path
            let videos = SegmentVideos(
                ["sound": [Detection(video: "sound", label: "a", segment: Segment(start: 1, end: 2), score: 0.5)]],
                in: VideoInputs([source]))
            let target = folder.appendingPathComponent("a.mp4").path
            var job = AnnotatedVideoJob(videos, target: target)
            job.groundTruth = AnnotationSet(videos: [
                AnnotatedVideo(id: "sound", segments: [Self.segment(1.1, 1.9, "a")])
            ])
            let report = try job.run()
            #expect(report.files == [target] && report.frameCount == 75 && report.batch.failures.isEmpty)
            #expect(report.notices.isEmpty)
            let decoder = try VideoDecoder(path: target), original = try VideoDecoder(path: source)
            // 64 × 48 pixels are enlarged.
            #expect(decoder.info.width == 480 && decoder.info.height > 360)
            var count = 0
            repeat {
                #expect(abs(decoder.timing.start - original.timing.start) < 1e-3)
                count += 1
            } while decoder.advance() && original.advance()
            #expect(count == 75)
            let sounds = try [source, target].map {
                try #require(try SoundSource(path: $0, options: DecoderOptions())).packetTimes().filter { $0 >= 0 }
            }
            #expect(sounds[0].count == sounds[1].count)
            #expect(zip(sounds[0], sounds[1]).allSatisfy { abs($0 - $1) < 1e-3 })
            #expect(throws: (any Error).self) { try AnnotatedVideoJob.check(target, replaces: false) }
            #expect(try job.run().batch.failures.count == 1)
        }
    }
}
