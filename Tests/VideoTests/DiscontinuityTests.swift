import Foundation
import Tensors
import TestSupport
import Testing

@testable import Video

@Suite("Time in streams that begin anew, jump, wrap or lose parts")
struct DiscontinuityTests {
    /// Frames and their times, decoded plainly.
    private static func frames(_ path: String, threads: Int = 1) throws -> (
        starts: [Double], end: Double, decoder: VideoDecoder
    ) {
        let decoder = try VideoDecoder(path: path, options: DecoderOptions(threads: threads))
        var starts: [Double] = []
        repeat { starts.append(decoder.timing.start) } while decoder.advance()
        return (starts, decoder.timing.end, decoder)
    }

    private static func clips(_ path: String, _ clock: SamplingClock, threads: Int) throws -> (
        clips: [Clip], VideoSummary
    ) {
        let stream = try ClipStream(
            path: path, clock: clock, shape: FrameShape(size: 16), options: DecoderOptions(threads: threads))
        var clips: [Clip] = []
        while let clip = try stream.next() { clips.append(clip) }
        return (clips, try #require(stream.summary))
    }

    /// Samples densely and sparsely, by one thread and by several, and expects the same bytes.
    private static func expectSameForAnyThreads(_ path: String, rate: FrameRate) throws -> [Clip] {
        var dense: [Clip] = []
        for clock in [
            SamplingClock(frameRate: rate, strideFrames: 4, windowFrames: 4),
            SamplingClock(frameRate: rate, strideFrames: 31, windowFrames: 7, framesPerClip: 2),
        ] {
            let (wanted, summary) = try clips(path, clock, threads: 1)
            #expect(summary.durationSeconds.isFinite && summary.durationSeconds > 0 && summary.decodedFrameCount > 0)
            for threads in 2...5 {
                let (found, other) = try clips(path, clock, threads: threads)
                #expect(other == summary)
                let isSame = found.map(\.pixels) == wanted.map(\.pixels)
                #expect(isSame, "\(threads) threads")
                #expect(found.map(\.sourceSeconds) == wanted.map(\.sourceSeconds))
            }
            if dense.isEmpty { dense = wanted }
        }
        return dense
    }

    @Test("a recording joined to itself has twice its frames and its length")
    func joinedRecordings() throws {
        // 60 frames by `ffmpeg -f framemd5`; see the README beside the file.
        let path = Fixture.url("video/joined.ts").path
        let (starts, end, decoder) = try Self.frames(path)
        #expect(starts.count == 60 && abs(end - 2.4) < 1e-6)
        for (index, start) in starts.enumerated() { #expect(abs(start - Double(index) / 25) < 1e-6) }
        #expect(decoder.warnings.contains(.brokenTimestamps(count: 1)))
        let clips = try Self.expectSameForAnyThreads(path, rate: FrameRate(25))
        #expect(clips.count == 15)
        // The second half shows what the first one does.
        let (first, second) = (clips[2].seconds, clips[9].seconds)
        #expect(zip(first, second).allSatisfy { abs($1 - $0 - 1.12) < 1e-9 })
    }

    @Test("lost transport packets cost no time, and what is left is the same for any number of threads")
    func droppedPackets() throws {
        // 29 frames by `ffmpeg -f framemd5`.
        let path = Fixture.url("video/dropped.ts").path
        let (starts, end, decoder) = try Self.frames(path)
        #expect(starts.count == 29 && abs(end - 1.2) < 1e-6)
        #expect(decoder.warnings.contains { if case .damagedData = $0 { true } else { false } })
        _ = try Self.expectSameForAnyThreads(path, rate: FrameRate(25))
    }

    /// Writes transport streams whose frames begin at given times, and joins them.
    private static func join(_ parts: [(numbers: Range<Int>, from: Double)], in folder: URL) throws -> URL {
        var data = Data()
        for (index, part) in parts.enumerated() {
            let url = folder.appendingPathComponent("\(index).ts")
            let writer = try VideoWriter(
                path: url.path, width: 64, height: 48, frameRate: FrameRate(10),
                options: WriterOptions(keyFrameInterval: 12))
            for (place, number) in part.numbers.enumerated() {
                try writer.append(TestVideo.numbered(number), at: part.from + Double(place) / 10)
            }
            try writer.finish()
            data += try Data(contentsOf: url)
        }
        let joined = folder.appendingPathComponent("joined.ts")
        try data.write(to: joined)
        return joined
    }

    /// The second part's stored start, and how much later than the end of the first it is shown.
    @Test(
        "nothing after a jump of the timestamps is lost, and only gaps that a recording can have are kept",
        arguments: [(5.0, 0.0), (2.0, 0.0), (9.7, 0.0), (13.0, 3.0), (45.0, 0.0), (5000.0, 0.0)])
    func jumps(start: Double, gap: Double) throws {
        try TemporaryFolder.with { folder in
            let url = try Self.join([(0..<50, 5), (50..<110, start)], in: folder)
            let frames = try TestVideo.read(url)
            #expect(frames.map(\.number) == Array(0..<110))
            for (number, seconds) in frames {
                #expect(abs(seconds - Double(number) / 10 - (number < 50 ? 0 : gap)) < 0.0011, "frame \(number)")
            }
            let clips = try Self.expectSameForAnyThreads(url.path, rate: FrameRate(10))
            let shown = clips.flatMap { clip in (0..<clip.frameCount).map { TestVideo.number(of: clip.image($0)) }
            }
            #expect(Set(shown) == Set(0..<110) && shown == shown.sorted())
        }
    }

    @Test("a transport stream whose clock wraps goes on without a jump, and any part of it can be had")
    func wrappedClock() throws {
        try TemporaryFolder.with { folder in
            // 33 bits of 90 kHz end at second 95443.7.
            let url = try Self.join([(0..<120, 95_438)], in: folder)
            let frames = try TestVideo.read(url)
            #expect(frames.map(\.number) == Array(0..<120))
            for (number, seconds) in frames { #expect(abs(seconds - Double(number) / 10) < 0.0011) }
            let decoder = try VideoDecoder(path: url.path)
            #expect(decoder.warnings.isEmpty)
            for second in [9.05, 2.05, 11.9] {
                decoder.seek(to: second)
                #expect(TestVideo.number(of: try decoder.image()) == Int(second * 10))
            }
        }
    }

    @Test("parts are taken by time from joined streams too")
    func partOfJoined() throws {
        try TemporaryFolder.with { folder in
            let url = try Self.join([(0..<40, 7), (40..<80, 7)], in: folder)
            let clock = SamplingClock(frameRate: FrameRate(10), strideFrames: 10, windowFrames: 10)
            for threads in [1, 3] {
                let sampler = ClipSampler(
                    decoder: try VideoDecoder(path: url.path, options: DecoderOptions(threads: threads)), clock: clock,
                    shape: FrameShape(size: 16), interval: 5.0..<7.0)
                var shown: [Int] = []
                while let clip = try sampler.next() {
                    shown += (0..<clip.frameCount).map { TestVideo.number(of: clip.image($0)) }
                }
                #expect(shown == Array(50..<70))
            }
        }
    }

    @Test("a file cut behind its index has a finite length however few frames are taken")
    func cutFile() throws {
        try TemporaryFolder.with { folder in
            for interval in [5, 12, 48] {
                let url = folder.appendingPathComponent("a.mp4")
                try TestVideo.write(to: url, count: 300, options: WriterOptions(keyFrameInterval: interval))
                let whole = try Data(contentsOf: url)
                for part in [0.5, 0.61, 0.73, 0.9] {
                    try whole.prefix(Int(Double(whole.count) * part)).write(to: url)
                    guard (try? VideoDecoder(path: url.path)) != nil else { continue }
                    _ = try Self.expectSameForAnyThreads(url.path, rate: FrameRate(30))
                }
            }
        }
    }

    @Test("frames that say in mid-stream how they are turned are turned from there on")
    func turnedInMidStream() throws {
        let decoder = try VideoDecoder(path: Fixture.url("video/turned.ts").path)
        let scaler = FrameScaler(shape: FrameShape(size: 16))
        var images: [RGBImage] = []
        repeat { images.append(try decoder.image(using: scaler)) } while decoder.advance()
        // 45 frames by `ffmpeg -f framemd5`.
        try #require(images.count == 45)
        for index in 0..<15 {
            let (plain, turned) = (images[index], images[index + 15])
            // A quarter turn against the clock: the right column becomes the top row.
            let expected = RGBImage(width: 16, height: 16) { x, y in
                let place = (x * 16 + 15 - y) * 3
                return Array(plain.pixels[place..<place + 3])
            }
            let difference = zip(turned.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
            #expect(difference <= 40, "frame \(index)")
            let isPlainAgain = images[index + 30] == plain
            #expect(isPlainAgain, "frame \(index + 30)")
        }
    }

    @Test("a clock that began anew, in formats where that is usual, needs no step back to be noticed")
    func clock() {
        var broadcast = PresentationClock(
            first: 5, earliestSound: nil, nominalGap: 0.1, longestHold: 10, mayRestart: true)
        let stored: [Double?] = [5, 5.1, 5.1, 5.4, 30, 30.1, 5, 14.9]
        let times = stored.map { broadcast.next($0) }
        for (time, wanted) in zip(times, [0, 0.1, 0.2, 0.5, 0.6, 0.7, 0.8, 10.7]) { #expect(abs(time - wanted) < 1e-9) }
        #expect(broadcast.repairCount == 3)
        // AVI repeats the first time of a stream with B-frames; its later frames keep their times as far as they can.
        var file = PresentationClock(first: 0, earliestSound: nil, nominalGap: 0.1)
        let found = [0, 0, 0, 0.1, 0.2, 1.0].map { file.next($0) }
        for (time, wanted) in zip(found, [0, 0.1, 0.2, 0.3, 0.4, 1.0]) { #expect(abs(time - wanted) < 1e-9) }
        #expect(file.repairCount == 0)
    }
}
