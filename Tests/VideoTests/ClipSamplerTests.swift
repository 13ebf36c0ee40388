import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("ClipSampler and ClipStream")
struct ClipSamplerTests {
    private let shape = FrameShape(size: 16)

    private func numbers(_ clip: Clip) -> [Int] {
        (0..<clip.frameCount).map { TestVideo.number(of: clip.image($0)) }
    }

    private func clips(_ url: URL, _ clock: SamplingClock, interval: Range<Double>? = nil) throws -> [Clip] {
        let stream = try ClipStream(path: url.path, clock: clock, shape: shape, interval: interval)
        var clips: [Clip] = []
        while let clip = try stream.next() { clips.append(clip) }
        #expect(stream.summary?.clipCount == clips.count)
        return clips
    }

    @Test("at the rate of the video every frame is taken once", arguments: ["mp4", "mkv", "ts"])
    func sameRate(kind: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.\(kind)")
            try TestVideo.write(to: url, count: 40)
            let clock = SamplingClock(frameRate: FrameRate(30), strideFrames: 8, windowFrames: 8)
            let found = try clips(url, clock)
            #expect(found.map(\.index) == Array(0..<5))
            #expect(found.flatMap(numbers) == Array(0..<40))
            for clip in found { for (a, b) in zip(clip.seconds, clip.sourceSeconds) { #expect(abs(a - b) < 0.0011) } }
        }
    }

    @Test("a lower rate takes every third frame, a higher one repeats frames")
    func otherRates() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 60)
            let slow = SamplingClock(frameRate: FrameRate(10), strideFrames: 10, windowFrames: 10)
            #expect(try clips(url, slow).flatMap(numbers) == stride(from: 0, to: 60, by: 3).map { $0 })
            let fast = SamplingClock(frameRate: FrameRate(60), strideFrames: 12, windowFrames: 12)
            #expect(try clips(url, fast).flatMap(numbers) == (0..<120).map { $0 / 2 })
        }
    }

    @Test("overlapping windows with fewer frames, and windows with gaps between them")
    func windows() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 100)
            for (window, stride, taken) in [(16, 4, 8), (12, 30, 3), (9, 2, 9)] {
                let clock = SamplingClock(
                    frameRate: FrameRate(30), strideFrames: stride, windowFrames: window, framesPerClip: taken)
                let found = try clips(url, clock)
                #expect(found.count == clock.windowCount(ticks: 100))
                for clip in found {
                    let wanted = clock.offsets.map { clip.index * stride + $0 }
                    #expect(numbers(clip) == wanted.map { min($0, 99) })
                    #expect(clip.paddedFrames == wanted.count { $0 > 99 })
                    for (seconds, tick) in zip(clip.seconds, wanted) {
                        #expect(abs(seconds - Double(tick) / 30) < 1e-9)
                    }
                }
            }
        }
    }

    @Test("a video shorter than half a window gives one padded clip")
    func shortVideo() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 3)
            let found = try clips(url, SamplingClock(frameRate: FrameRate(30), strideFrames: 4, windowFrames: 16))
            #expect(found.map(numbers) == [[0, 1] + Array(repeating: 2, count: 14)])
            #expect(found.first?.paddedFrames == 13)
        }
    }

    @Test("a variable frame rate shows what a player shows")
    func variableFrameRate() throws {
        let times = [0, 0.25, 0.32, 0.38, 1.5, 2.05]
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: times.count, rate: FrameRate(20), times: times)
            let found = try clips(url, SamplingClock(frameRate: FrameRate(10), strideFrames: 21, windowFrames: 21))
            let expected = (0..<21).map { tick in times.lastIndex { $0 <= Double(tick) / 10 + 0.002 } ?? 0 }
            #expect(found.first.map(numbers) == expected)
        }
    }

    @Test("an interval is sampled as if it were a video of its own")
    func interval() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 150, options: WriterOptions(keyFrameInterval: 25))
            let clock = SamplingClock(frameRate: FrameRate(30), strideFrames: 5, windowFrames: 5)
            let found = try clips(url, clock, interval: 2..<3)
            #expect(found.flatMap(numbers) == Array(60..<90))
            #expect(found.first?.seconds.first == 2)
            #expect(try clips(url, clock, interval: 4.5..<9).flatMap(numbers) == Array(135..<150))
            #expect(try clips(url, clock, interval: 5.5..<9).isEmpty)
        }
    }

    @Test("a stream gives what a sampler gives, and may be dropped half-way")
    func streamEqualsSampler() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 90)
            let clock = SamplingClock(frameRate: FrameRate(25), strideFrames: 3, windowFrames: 8, framesPerClip: 4)
            let sampler = ClipSampler(decoder: try VideoDecoder(path: url.path), clock: clock, shape: shape)
            let stream = try ClipStream(path: url.path, clock: clock, shape: shape, queueCapacity: 1)
            var count = 0
            while let clip = try sampler.next() {
                #expect(try stream.next()?.pixels == clip.pixels)
                count += 1
            }
            #expect(count == clock.windowCount(ticks: 75))
            #expect(try stream.next() == nil)
            #expect(try stream.next() == nil)
            #expect(stream.summary?.decodedFrameCount == 90)

            var dropped: ClipStream? = try ClipStream(path: url.path, clock: clock, shape: shape, queueCapacity: 1)
            weak let reference = dropped
            _ = try dropped?.next()
            dropped = nil
            #expect(reference == nil)
        }
    }

    @Test("crop keeps the middle, squash keeps everything")
    func fits() throws {
        // Red on the left third, blue on the right third.
        var pixels = [UInt8](repeating: 0, count: 96 * 32 * 3)
        for row in 0..<32 {
            for column in 0..<32 {
                pixels[(row * 96 + column) * 3] = 240
                pixels[(row * 96 + 64 + column) * 3 + 2] = 240
            }
        }
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            let writer = try VideoWriter(
                path: url.path, width: 96, height: 32, frameRate: FrameRate(10),
                options: WriterOptions(rotationDegrees: 90))
            try writer.append(RGBImage(width: 96, height: 32, pixels: pixels))
            try writer.finish()
            let decoder = try VideoDecoder(path: url.path)
            let cropped = try decoder.image(using: FrameScaler(shape: FrameShape(size: 16)))
            #expect(cropped.meanColour.allSatisfy { $0 < 20 })
            let squashed = try decoder.image(using: FrameScaler(shape: FrameShape(size: 18, fit: .squash)))
            #expect(abs(squashed.meanColour[0] - 80) < 10 && abs(squashed.meanColour[2] - 80) < 10)
            // Turned clockwise, the left of the stored picture is on top.
            #expect(squashed.pixels[0] > 150 && squashed.pixels[(17 * 18 + 17) * 3 + 2] > 150)
            let inner = FrameShape(size: 16, shorterSide: 32).plan(
                width: 96, height: 32, alignment: 2, native: (96, 32))
            #expect(inner == .init(left: 40, top: 8, width: 16, height: 16, targetWidth: 16, targetHeight: 16))
        }
    }

    @Test("frames that change their size in mid-stream are brought to one size")
    func changingSize() throws {
        try TemporaryFolder.with { folder in
            // Transport streams may be joined end to end.
            let (small, large) = (folder.appendingPathComponent("s.ts"), folder.appendingPathComponent("l.ts"))
            for (url, side) in [(small, 32), (large, 64)] {
                try TestVideo.write(to: url, count: 12, width: side, height: side, rate: FrameRate(10))
            }
            let joined = folder.appendingPathComponent("j.ts")
            try (Data(contentsOf: small) + Data(contentsOf: large)).write(to: joined)
            let clock = SamplingClock(frameRate: FrameRate(10), strideFrames: 4, windowFrames: 4)
            for shape in [FrameShape.native, FrameShape(size: 20)] {
                let sampler = ClipSampler(decoder: try VideoDecoder(path: joined.path), clock: clock, shape: shape)
                var found: [Int] = []
                while let clip = try sampler.next() {
                    #expect(clip.width == (shape.size ?? 32) && clip.height == clip.width)
                    found += numbers(clip)
                }
                #expect(found.count == 24 && Array(found.prefix(12)) == Array(0..<12))
                #expect(Array(found.suffix(8)) == Array(4..<12))
            }
        }
    }

    @Test("colours stay what they are when a picture is resized, in odd sizes too", arguments: [15, 33, 224])
    func coloursOfResizedPictures(size: Int) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 12)
            let decoder = try VideoDecoder(path: url.path)
            let scaler = FrameScaler(shape: FrameShape(size: size))
            repeat {
                let stored = try decoder.image().meanColour
                let resized = try decoder.image(using: scaler)
                #expect(resized.width == size && resized.height == size)
                for (channel, wanted) in stored.enumerated() {
                    let values = stride(from: channel, to: resized.pixels.count, by: 3).map { resized.pixels[$0] }
                    #expect(values.allSatisfy { abs(Double($0) - wanted) <= 2 })
                }
            } while decoder.advance()
        }
    }
}
