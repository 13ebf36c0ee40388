import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("Folders of pictures")
struct PictureSequenceTests {
    private static func write(_ names: [String], to folder: URL) throws {
        for (number, name) in names.enumerated() {
            try TestVideo.numbered(number).writePNG(to: folder.appendingPathComponent(name).path)
        }
    }

    private static func read(_ path: String, rate: FrameRate?) throws -> [(number: Int, start: Double)] {
        let decoder = try VideoDecoder(path: path, options: DecoderOptions(threads: 2, pictureRate: rate))
        var frames: [(Int, Double)] = []
        repeat {
            frames.append((TestVideo.number(of: try decoder.image()), decoder.timing.start))
        } while decoder.advance()
        return frames
    }

    @Test("pictures follow each other by their numbers at the given rate")
    func order() throws {
        try TemporaryFolder.with { folder in
            try Self.write((1...12).map { "frame\($0).png" }, to: folder)
            // Neither hidden files, nor those of other kinds, nor a cover without a number are frames.
            try Data("x".utf8).write(to: folder.appendingPathComponent("notes.txt"))
            try Data("x".utf8).write(to: folder.appendingPathComponent(".frame0.png"))
            try TestVideo.numbered(100).writePNG(to: folder.appendingPathComponent("cover.png").path)
            let frames = try Self.read(folder.path, rate: FrameRate(25, 2))
            #expect(frames.map(\.number) == Array(0..<12))
            for frame in frames { #expect(abs(frame.start - Double(frame.number) * 2 / 25) < 1e-9) }
            let info = try VideoDecoder(path: folder.path, options: DecoderOptions(pictureRate: FrameRate(25, 2))).info
            #expect(info.declaredFrameCount == 12 && info.durationSeconds == 0.96 && info.width == 64)
        }
    }

    @Test("clips of pictures are those of a video with the same frames")
    func clips() throws {
        try TemporaryFolder.with { folder in
            try Self.write((0..<40).map { String(format: "img_%05d.png", $0) }, to: folder)
            let clock = SamplingClock(frameRate: FrameRate(10), strideFrames: 8, windowFrames: 8, framesPerClip: 4)
            for (interval, wanted) in [(nil, [1, 3, 5, 7, 9]), (1.6..<3.2, [17, 19, 21, 23, 25])] {
                let sampler = ClipSampler(
                    decoder: try VideoDecoder(path: folder.path, options: DecoderOptions(pictureRate: FrameRate(10))),
                    clock: clock, shape: FrameShape(size: 16), interval: interval)
                var shown: [Int] = []
                while let clip = try sampler.next() {
                    shown += (0..<clip.frameCount).map { TestVideo.number(of: clip.image($0)) }
                }
                #expect(Array(shown.prefix(5)) == wanted)
                #expect(shown.count == (interval == nil ? 20 : 8))
            }
        }
    }

    @Test("a missing picture leaves the others at their times, and is counted")
    func missingPicture() throws {
        try TemporaryFolder.with { folder in
            try Self.write((0..<10).map { "\($0 * 5).png" }, to: folder)
            try FileManager.default.removeItem(at: folder.appendingPathComponent("20.png"))
            try Data("no picture".utf8).write(to: folder.appendingPathComponent("35.png"))
            let frames = try Self.read(folder.path, rate: FrameRate(10))
            #expect(frames.map(\.number) == [0, 1, 2, 3, 5, 6, 8, 9])
            for frame in frames { #expect(abs(frame.start - Double(frame.number) / 10) < 1e-9) }
            let decoder = try VideoDecoder(path: folder.path, options: DecoderOptions(pictureRate: FrameRate(10)))
            while decoder.advance() {}
            #expect(decoder.warnings == [.damagedData(count: 2)] && abs(decoder.timing.end - 1) < 1e-9)
        }
    }

    @Test("optical flow beside the pictures is left out; of other series one has to be named")
    func series() throws {
        try TemporaryFolder.with { folder in
            let pictures = (0..<3).map { "img_\($0).png" }
            try Self.write(pictures + (0..<3).flatMap { ["flow_x_\($0).png", "flow_y_\($0).png"] }, to: folder)
            #expect(try PictureNames(folder.path).paths == pictures.map { folder.path + "/" + $0 })
            try Self.write(["left_0.png", "left_1.png"], to: folder)
            #expect(throws: VideoError.severalSeries(folder: folder.path, series: ["img_%d.png", "left_%d.png"])) {
                try PictureNames(folder.path)
            }
            let pattern = folder.path + "/left_%d.png"
            #expect(try Self.read(pattern, rate: FrameRate(1)).count == 2)
            #expect(try PictureNames(folder.path + "/img_%05d.png").paths.isEmpty)
        }
    }

    @Test("without a rate, and where nothing fits, the error says so")
    func errors() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path
            #expect(throws: VideoError.noPictures(folder: path)) { try VideoDecoder(path: path) }
            try Self.write(["a1.png"], to: folder)
            #expect(throws: VideoError.unknownPictureRate(folder: path)) { try VideoDecoder(path: path) }
            #expect(throws: VideoError.noPictures(folder: path + "/b%d.png")) {
                try VideoDecoder(path: path + "/b%d.png")
            }
        }
    }

    @Test("numbers that are no numbers of frames give the order only")
    func names() throws {
        try TemporaryFolder.with { folder in
            for name in ["20240101120000123.jpg", "20240101120000456.jpg", "20240101120000789.jpg"] {
                try Data("x".utf8).write(to: folder.appendingPathComponent(name))
            }
            #expect(try PictureNames(folder.path).ticks == [0, 1, 2])
        }
        try TemporaryFolder.with { folder in
            for name in ["f0.jpg", "f33.jpg", "f67.jpg", "f100.jpg"] {
                try Data("x".utf8).write(to: folder.appendingPathComponent(name))
            }
            let names = try PictureNames(folder.path)
            #expect(names.ticks == [0, 1, 2, 3] && names.missingCount == 0)
            #expect(names.paths.last?.hasSuffix("f100.jpg") == true)
        }
    }
}
