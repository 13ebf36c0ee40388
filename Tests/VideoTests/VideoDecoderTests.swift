import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("VideoDecoder")
struct VideoDecoderTests {
    @Test("frames come back in display order with their times", arguments: ["mp4", "mkv", "mov", "avi", "ts"])
    func framesComeBack(kind: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.\(kind)")
            try TestVideo.write(to: url, count: 70)
            let frames = try TestVideo.read(url)
            #expect(frames.map(\.number) == Array(0..<70))
            for (index, frame) in frames.enumerated() {
                #expect(abs(frame.start - Double(index) / 30) < 0.0011)
            }
        }
    }

    @Test("a variable frame rate keeps its times")
    func variableFrameRate() throws {
        let times = [0, 0.04, 0.05, 0.5, 0.6, 2.25, 2.3]
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: times.count, rate: FrameRate(25), times: times)
            let frames = try TestVideo.read(url)
            #expect(frames.map(\.number) == Array(0..<times.count))
            for (frame, time) in zip(frames, times) { #expect(abs(frame.start - time) < 1e-4) }
        }
    }

    @Test("a late start is taken away", arguments: ["mp4", "mkv", "ts"])
    func startOffset(kind: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.\(kind)")
            try TestVideo.write(
                to: url, count: 20, rate: FrameRate(10), times: (0..<20).map { 5 + Double($0) / 10 })
            let frames = try TestVideo.read(url)
            #expect(frames.first?.start == 0)
            #expect(abs((frames.last?.start ?? 0) - 1.9) < 0.0011)
        }
    }

    @Test("rotation metadata is applied", arguments: [0, 90, 180, 270])
    func rotation(degrees: Int) throws {
        // White in the upper left corner as stored; a clockwise turn moves it along the corners.
        var pixels = [UInt8](repeating: 0, count: 96 * 64 * 3)
        for row in 0..<16 { for place in 0..<(16 * 3) { pixels[row * 96 * 3 + place] = 255 } }
        let stored = RGBImage(width: 96, height: 64, pixels: pixels)
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            let writer = try VideoWriter(
                path: url.path, width: 96, height: 64, frameRate: FrameRate(10),
                options: WriterOptions(rotationDegrees: degrees))
            try writer.append(stored)
            try writer.finish()

            let decoder = try VideoDecoder(path: url.path)
            #expect(decoder.info.rotationDegrees == degrees)
            let image = try decoder.image()
            let (width, height) = degrees % 180 == 0 ? (96, 64) : (64, 96)
            #expect(decoder.info.width == width && decoder.info.height == height)
            #expect(image.width == width && image.height == height)
            let corners = [(4, 4), (width - 5, 4), (width - 5, height - 5), (4, height - 5)]
            let bright = corners.map { image.pixels[($0.1 * width + $0.0) * 3] > 200 }
            #expect(bright == (0..<4).map { $0 == degrees / 90 })
        }
    }

    @Test("properties say what was written")
    func properties() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 60, rate: FrameRate(30_000, 1001))
            let info = try VideoInfo.read(url.path)
            #expect(info.width == 64 && info.height == 48)
            #expect(abs(info.averageFrameRate.framesPerSecond - 30_000.0 / 1001) < 1e-3)
            #expect(info.declaredFrameCount == 60)
            #expect(abs((info.durationSeconds ?? 0) - 60 * 1001.0 / 30_000) < 1e-3)
            #expect(info.container.contains("mp4"))
        }
    }

    @Test("the last frame ends one frame later, and the decoder stays on it")
    func lastFrame() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 5, rate: FrameRate(10))
            let decoder = try VideoDecoder(path: url.path)
            while decoder.advance() {}
            #expect(!decoder.advance())
            #expect(abs(decoder.timing.end - 0.5) < 1e-6)
            #expect(decoder.decodedFrameCount == 5)
            #expect(TestVideo.number(of: try decoder.image()) == 4)
            #expect(decoder.warnings.isEmpty)
        }
    }

    @Test("seeking finds the frame on screen", arguments: [0.0, 0.95, 1.0, 3.333, 3.34, 6.6, 100, -2])
    func seek(to seconds: Double) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(
                to: url, count: 200, options: WriterOptions(keyFrameInterval: 20))
            let decoder = try VideoDecoder(path: url.path)
            for _ in 0..<100 { _ = decoder.advance() }
            decoder.seek(to: seconds)
            let expected = min(199, max(0, Int((seconds * 30 + 1e-6).rounded(.down))))
            #expect(TestVideo.number(of: try decoder.image()) == expected)
            #expect(abs(decoder.timing.start - Double(expected) / 30) < 1e-6)
        }
    }

    @Test("several codec threads give the same frames")
    func threads() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 40)
            let one = try VideoDecoder(path: url.path)
            let many = try VideoDecoder(path: url.path, options: DecoderOptions(threads: 3))
            repeat { #expect(try one.image() == many.image()) } while one.advance() && many.advance()
            #expect(one.decodedFrameCount == 40 && many.decodedFrameCount == 40)
        }
    }
}
