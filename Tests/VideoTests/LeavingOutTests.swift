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
        #expect(some.summary == all.summary, "\(path), \(String(describing: interval))")
        #expect(some.clips.count == all.clips.count, "\(path)")
        for (found, wanted) in zip(some.clips, all.clips) {
            #expect(found.seconds == wanted.seconds, "\(path)")
            #expect(found.sourceSeconds == wanted.sourceSeconds, "\(path), \(String(describing: interval))")
            #expect(found.paddedFrames == wanted.paddedFrames, "\(path)")
            // Not compared inside the expectation, which would print them.
            let isSame = found.pixels == wanted.pixels
            #expect(isSame, "\(path), clip \(wanted.index), \(String(describing: interval))")
        }
    }

    private static let sparse = SamplingClock(
        frameRate: FrameRate(10), strideFrames: 20, windowFrames: 16, framesPerClip: 4)

    @Test("the clips of real videos stay the same, and of generated ones in every container")
    func videos() throws {
        try TemporaryFolder.with { folder in
            for name in ["a.mp4", "a.mkv", "a.ts", "a.avi"] {
                let url = folder.appendingPathComponent(name)
                try TestVideo.write(to: url, count: 200, options: WriterOptions(keyFrameInterval: 40))
                try Self.expectSame(path: url.path, clock: Self.sparse)
                try Self.expectSame(path: url.path, clock: Self.sparse, interval: 1.03..<2.97)
            }
        }
        if SharedData.isPresent { try Self.expectSameClipsOfRealVideos() }
    }

    private static func expectSameClipsOfRealVideos() throws {
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
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 130)
            let clock = SamplingClock(
                frameRate: FrameRate(30), strideFrames: 12, windowFrames: 12, framesPerClip: taken)
            try Self.expectSame(path: url.path, clock: clock)
        }
    }

    /// With windows far apart, whole stretches up to the next key frame are not decoded.
    private static let distant = SamplingClock(
        frameRate: FrameRate(30), strideFrames: 67, windowFrames: 9, framesPerClip: 3)

    @Test("the clips of a written video stay the same when windows are far apart", arguments: [1, 5, 12, 31, 250])
    func distantWindows(keyFrameInterval: Int) throws {
        try TemporaryFolder.with { folder in
            for name in ["a.mp4", "a.mkv", "a.ts", "a.avi"] {
                let url = folder.appendingPathComponent(name)
                try TestVideo.write(
                    to: url, count: 300, options: WriterOptions(keyFrameInterval: keyFrameInterval))
                try Self.expectSame(path: url.path, clock: Self.distant)
                try Self.expectSame(path: url.path, clock: Self.distant, interval: 2.0..<7.3)
            }
        }
    }

    /// Kinds of key frames, groups and dependencies that the writer does not make.
    @Test(
        "the clips stay the same with open groups, many references and changing key frames",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")),
        arguments: [
            "open-gop=1:keyint=24:bframes=5:b-adapt=0", "open-gop=1:keyint=40:b-pyramid=strict",
            "keyint=24:bframes=3:b-adapt=0:ref=6", "keyint=30:min-keyint=30:scenecut=0:bframes=0",
            "intra-refresh=1:keyint=20",
            "keyint=1", "keyint=12:b-pyramid=none:weightp=2:slices=4",
        ])
    func kindsOfGroups(parameters: String) throws {
        try TemporaryFolder.with { folder in
            for name in ["a.mp4", "a.ts", "a.mkv"] {
                let path = folder.appendingPathComponent(name).path
                let run = try RunProcess.run(
                    "/usr/bin/ffmpeg",
                    [
                        "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=30:duration=10", "-pix_fmt",
                        "yuv420p", "-c:v", "libx264", "-x264-params", parameters, path,
                    ])
                try #require(run.status == 0, "\(run.errors)")
                try Self.expectSame(path: path, clock: Self.distant)
                try Self.expectSame(path: path, clock: Self.sparse)
                try Self.expectSame(path: path, clock: Self.distant, interval: 1.9..<8.01)
            }
        }
    }

    @Test("nothing is decoded between key frames that nobody wants")
    func share() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 240, options: WriterOptions(keyFrameInterval: 12))
            let decoder = try VideoDecoder(path: url.path)
            decoder.decodeOnly { start, end in start < 4.05 && end > 4 }
            var decoded = 0
            repeat { decoded += decoder.isLeftOut ? 0 : 1 } while decoder.advance()
            // Those at the beginning and the end, and those from a key frame to the wanted one.
            #expect((10...50).contains(decoded))
            #expect(decoder.decodedFrameCount == 240)
        }
    }

    @Test("a packet is a new beginning by its first picture, and may carry parameters")
    func roles() {
        func role(_ bytes: [UInt8], lengths: Bool) -> H264Packets.Role {
            let extra: [UInt8] = lengths ? [1, 66, 0, 30, 0xFF, 0xE1, 0] : []
            return extra.withUnsafeBufferPointer { extra in
                bytes.withUnsafeBufferPointer { H264Packets(extraData: extra).role(of: $0) }
            }
        }
        for lengths in [true, false] {
            func unit(_ type: UInt8) -> [UInt8] { [0, 0, lengths ? 0 : 1, 2, type, 9].filter { lengths || $0 != 2 } }
            #expect(role(unit(0x65), lengths: lengths) == .init(isRefresh: true))
            #expect(role(unit(0x41), lengths: lengths) == .init())
            #expect(role(unit(0x06) + unit(0x65), lengths: lengths) == .init(isRefresh: true))
            #expect(role(unit(0x06) + unit(0x41) + unit(0x65), lengths: lengths) == .init())
            #expect(
                role(unit(0x67) + unit(0x68) + unit(0x65), lengths: lengths)
                    == .init(isRefresh: true, setsParameters: true))
            #expect(role([], lengths: lengths) == .init())
            #expect(role([0, 0], lengths: lengths) == .init())
        }
    }

    @Test("times are known of frames that are left out too")
    func times() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            let times = (0..<200).map { Double($0) / 30 + Double($0 % 3) / 100 }
            try TestVideo.write(to: url, count: 200, times: times)
            try Self.expectTimes(path: url.path)
        }
        if SharedData.isPresent { try Self.expectTimes(path: SharedData.url("data/videos/basketball.mp4").path) }
    }

    private static func expectTimes(path: String) throws {
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
        #expect(all.leftOut == 0 && some.leftOut > all.timings.count / 2)
    }
}
