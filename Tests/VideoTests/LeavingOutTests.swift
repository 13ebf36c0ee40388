import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("Leaving frames undecoded")
struct LeavingOutTests {
    /// Clips and what was said of the video.
    private static func clips(
        of path: String, clock: SamplingClock, interval: Range<Double>? = nil, leavesOutUnneeded: Bool
    ) throws -> (clips: [Clip], summary: VideoSummary) {
        let decoder = try VideoDecoder(path: path, options: DecoderOptions(leavesOutUnneeded: leavesOutUnneeded))
        let sampler = ClipSampler(
            decoder: decoder, clock: clock, shape: FrameShape(size: 32), interval: interval)
        var clips: [Clip] = []
        while let clip = try sampler.next() { clips.append(clip) }
        return (clips, sampler.summary)
    }

    private static func expectSame(path: String, clock: SamplingClock, interval: Range<Double>? = nil) throws {
        let all = try clips(of: path, clock: clock, interval: interval, leavesOutUnneeded: false)
        let some = try clips(of: path, clock: clock, interval: interval, leavesOutUnneeded: true)
        #expect(some.summary == all.summary, "\(path)")
        #expect(some.clips.count == all.clips.count, "\(path)")
        for (found, wanted) in zip(some.clips, all.clips) {
            #expect(found.seconds == wanted.seconds && found.sourceSeconds == wanted.sourceSeconds, "\(path)")
            #expect(found.paddedFrames == wanted.paddedFrames, "\(path)")
            #expect(found.pixels == wanted.pixels, "\(path), clip \(wanted.index)")
        }
    }

    private static let sparse = SamplingClock(
        frameRate: FrameRate(10), strideFrames: 20, windowFrames: 16, framesPerClip: 4)

    @Test("the clips of real videos stay the same", .enabled(if: SharedData.isPresent))
    func realVideos() throws {
        let folder = SharedData.url("data/videos")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        var seen = 0
        for name in names where ["mp4", "mkv", "mov", "avi"].contains((name as NSString).pathExtension) {
            let path = folder.appendingPathComponent(name).path
            guard (try? VideoDecoder(path: path)) != nil else { continue }
            try Self.expectSame(path: path, clock: Self.sparse)
            try Self.expectSame(path: path, clock: Self.sparse, interval: 1.03..<2.97)
            seen += 1
        }
        #expect(seen > 20)
    }

    @Test("the clips of a written video stay the same, whatever is taken", arguments: [1, 3, 7, 12])
    func writtenVideo(taken: Int) throws {
        try SharedData.withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try SyntheticVideo.write(to: url, count: 130)
            let clock = SamplingClock(
                frameRate: FrameRate(30), strideFrames: 12, windowFrames: 12, framesPerClip: taken)
            try Self.expectSame(path: url.path, clock: clock)
        }
    }

    @Test("times are known of frames that are left out too", .enabled(if: SharedData.isPresent))
    func times() throws {
        let path = SharedData.url("data/videos/basketball.mp4").path
        func read(_ prepare: (VideoDecoder) -> Void) throws -> (timings: [VideoDecoder.FrameTiming], leftOut: Int) {
            let decoder = try VideoDecoder(path: path)
            prepare(decoder)
            var timings: [VideoDecoder.FrameTiming] = []
            var leftOut = 0
            repeat {
                timings.append(decoder.timing)
                leftOut += decoder.isLeftOut ? 1 : 0
            } while decoder.advance()
            return (timings, leftOut)
        }
        let all = try read { _ in }
        let some = try read { $0.decodeOnly { _, _ in false } }
        #expect(some.timings == all.timings)
        #expect(all.leftOut == 0 && some.leftOut > all.timings.count / 10)
    }
}
