import Files
import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("VideoCutter")
struct VideoCutterTests {
    private static let sound = Fixture.url("video/sound.mp4").path

    /// Every frame of a file, when it begins, and when the last one ends.
    private static func frames(_ path: String) throws -> (images: [RGBImage], starts: [Double], end: Double) {
        let decoder = try VideoDecoder(path: path)
        var images: [RGBImage] = [], starts: [Double] = []
        repeat {
            images.append(try decoder.image())
            starts.append(decoder.timing.start)
        } while decoder.advance()
        return (images, starts, decoder.timing.end)
    }

    private static func isClose(_ times: [Double], _ expected: [Double]) -> Bool {
        times.count == expected.count && zip(times, expected).allSatisfy { abs($0 - $1) < 1e-3 }
    }

    @Test(
        "frames that begin with a key frame are copied to the bit, others are encoded anew; both have the right frames")
    func copiesAndEncodes() throws {
        try TemporaryFolder.with { folder in
            let whole = try Self.frames(Self.sound)
            let cutter = try VideoCutter(path: Self.sound)
            for name in ["a.mp4", "a.mkv"] {
                let target = folder.appendingPathComponent(name).path
                // Key frames are at 0, 1 and 2 s; frame 65 is the next one that needs nothing after it.
                let copy = try cutter.cut(from: 1.01, to: 3, into: target)
                #expect(copy == .init(isCopy: true, frameCount: 50))
                let copied = try Self.frames(target)
                let isSame = copied.images == Array(whole.images[25..<75])
                #expect(isSame)
                #expect(Self.isClose(copied.starts, (0..<50).map { Double($0) / 25 }) && abs(copied.end - 2) < 1e-3)
                let new = try cutter.cut(from: 0.5, to: 1.5, into: target)
                // 0.5 s is in the middle between two frames; the first of them is on the screen.
                #expect(!new.isCopy && new.frameCount == 25)
                let encoded = try Self.frames(target)
                #expect(Self.isClose(encoded.starts, (0..<25).map { Double($0) / 25 }))
                for (image, original) in zip(encoded.images, whole.images[12..<37]) {
                    #expect(Self.difference(image, original) < 4)
                }
            }
        }
    }

    /// The mean difference of values.
    private static func difference(_ one: RGBImage, _ other: RGBImage) -> Double {
        let sum = zip(one.pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(one.pixels.count)
    }

    /// The number of the picture that looks most like another, by some of its pixels.
    private static func nearest(to image: RGBImage, among images: [RGBImage]) -> Int? {
        let distances = images.map { other in
            stride(from: 0, to: image.pixels.count, by: 5).reduce(0) {
                $0 + abs(Int(image.pixels[$1]) - Int(other.pixels[$1]))
            }
        }
        return distances.min().flatMap { distances.firstIndex(of: $0) }
    }

    @Test("a cut has the same frames whether it is copied or encoded, wherever it begins and ends", arguments: [1, 10])
    func everyCut(keyFrameInterval: Int) throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("s.mp4"), target = folder.appendingPathComponent("t.mp4")
            try TestVideo.write(
                to: source, count: 60, rate: FrameRate(10), options: WriterOptions(keyFrameInterval: keyFrameInterval))
            let cutter = try VideoCutter(path: source.path)
            let cuts = [(0.0, 1.0), (1, 2.4), (1.02, 6), (2.6, 2.7), (3.96, 4.3), (0, 6), (5, 6.2), (2, 2.01)]
            var copies = 0
            for (start, end) in cuts {
                let clip = try cutter.cut(from: start, to: end, into: target.path)
                let first = Int((start * 10).rounded()), last = max(first + 1, min(60, Int((end * 10).rounded())))
                let frames = try TestVideo.read(target)
                #expect(frames.map(\.number) == Array(first..<last), "\(start)–\(end)")
                #expect(Self.isClose(frames.map(\.start), (0..<(last - first)).map { Double($0) / 10 }))
                #expect(clip.frameCount == last - first)
                copies += clip.isCopy ? 1 : 0
            }
            // A frame that is coded alone can begin and end any part.
            #expect(keyFrameInterval == 1 ? copies == cuts.count : (1..<cuts.count).contains(copies))
        }
    }

    @Test("parts that touch share no frame and lose none")
    func tiles() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("s.mp4"), target = folder.appendingPathComponent("t.mp4")
            try TestVideo.write(to: source, count: 40, rate: FrameRate(30_000, 1001))
            let cutter = try VideoCutter(path: source.path)
            var numbers: [Int] = []
            let borders = [0, 0.217, 0.4171, 0.75, 1.0005, 1.3346]
            for (start, end) in zip(borders, borders.dropFirst()) {
                _ = try cutter.cut(from: start, to: end, into: target.path)
                numbers += try TestVideo.read(target).map(\.number)
            }
            #expect(numbers == Array(0..<40))
        }
    }

    @Test("frames that are shown for long are cut where the part begins and ends, and keep their times")
    func variableRate() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("s.mkv"), target = folder.appendingPathComponent("t.mp4")
            try TestVideo.write(
                to: source, count: 6, rate: FrameRate(10), times: [0, 0.1, 0.2, 3, 3.05, 9])
            let cutter = try VideoCutter(path: source.path)
            _ = try cutter.cut(from: 2, to: 4.5, into: target.path)
            let frames = try TestVideo.read(target)
            #expect(frames.map(\.number) == [2, 3, 4])
            #expect(Self.isClose(frames.map(\.start), [0, 1, 1.05]))
            #expect(try abs((VideoInfo.read(target.path).durationSeconds ?? 0) - 2.5) < 0.01)
            // No frame begins in here.
            let still = try cutter.cut(from: 5, to: 7, into: target.path)
            #expect(still.frameCount == 1)
            #expect(try TestVideo.read(target).map(\.number) == [4])
            #expect(try abs((VideoInfo.read(target.path).durationSeconds ?? 0) - 2) < 0.01)
        }
    }

    @Test("files whose frames are hidden, late or before 0 are cut where a player shows them")
    func storedTimes() throws {
        try TemporaryFolder.with { folder in
            for name in [
                "edit-cut.mp4", "edit-delay.mp4", "negative-offsets.mp4", "negative-start.mkv", "variable.mkv",
            ] {
                let source = Fixture.url("times/\(name)").path, target = folder.appendingPathComponent("t.mp4").path
                let whole = try Self.frames(source)
                let middle = whole.starts.count / 2
                let (start, end) = (whole.starts[middle], whole.starts[middle + 4])
                let clip = try VideoCutter(path: source).cut(from: start, to: end, into: target)
                #expect(clip.frameCount == 4, "\(name)")
                let frames = try Self.frames(target)
                #expect(Self.isClose(frames.starts, (0..<4).map { whole.starts[middle + $0] - start }), "\(name)")
                let numbers = frames.images.map { Self.nearest(to: $0, among: whole.images) }
                #expect(numbers == Array(middle..<(middle + 4)), "\(name)")
            }
        }
    }

    @Test("the turn that a player applies is kept, and frames of odd sides lose a row")
    func turned() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("s.mp4"), target = folder.appendingPathComponent("t.mp4")
            try TestVideo.write(
                to: source, count: 20, rate: FrameRate(10), options: WriterOptions(rotationDegrees: 90))
            let cutter = try VideoCutter(path: source.path)
            for (start, isCopy) in [(0.0, true), (0.3, false)] {
                let clip = try cutter.cut(from: start, to: 2, into: target.path)
                let info = try VideoInfo.read(target.path)
                #expect(clip.isCopy == isCopy && info.rotationDegrees == 90 && info.width == 48 && info.height == 64)
            }
            let pictures = folder.appendingPathComponent("p")
            try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
            for index in 1...6 {
                try TestVideo.numbered(index, width: 33, height: 17)
                    .writePNG(to: pictures.appendingPathComponent("img_\(index).png").path)
            }
            var options = DecoderOptions()
            options.pictureRate = FrameRate(2)
            let odd = try VideoCutter(path: pictures.path, decoding: options).cut(from: 1, to: 2, into: target.path)
            #expect(odd == .init(isCopy: false, frameCount: 2))
            #expect(try TestVideo.read(target).map(\.number) == [3, 4])
            let info = try VideoInfo.read(target.path)
            #expect(info.width == 32 && info.height == 16)
        }
    }

    @Test("sound comes along, in step with the pictures")
    func keepsSound() throws {
        try TemporaryFolder.with { folder in
            let cutter = try VideoCutter(path: Self.sound)
            for name in ["a.mp4", "a.mkv"] {
                let target = folder.appendingPathComponent(name).path
                for (start, end, isCopy) in [(1.0, 3.0, true), (0.52, 1.52, false)] {
                    let clip = try cutter.cut(from: start, to: end, into: target)
                    #expect(clip.isCopy == isCopy && clip.soundLeftOut.isEmpty && !clip.lostSound)
                    let source = try #require(try SoundSource(path: target, options: DecoderOptions()))
                    let times = try source.packetTimes()
                    // A packet of AAC has 1024 samples, 64 ms at 16 kHz; the one under way at the start is left out.
                    let expected = (0..<48).map { Double($0) * 0.064 }.filter { $0 >= start && $0 < end }
                    #expect(Self.isClose(times, expected.map { $0 - start }), "\(name) \(times.prefix(3))")
                }
            }
            let silent = try VideoCutter(path: Self.sound, hasSound: false)
            let target = folder.appendingPathComponent("s.mp4").path
            _ = try silent.cut(from: 0.5, to: 1, into: target)
            #expect(try SoundSource(path: target, options: DecoderOptions()) == nil)
            // A container of pictures alone.
            let avi = folder.appendingPathComponent("a.m4v").path
            #expect(try cutter.cut(from: 0, to: 1, into: avi).soundLeftOut.isEmpty)
        }
    }

    @Test("times behind the end, and parts without a length, are refused with one error and no file")
    func refusals() throws {
        try TemporaryFolder.with { folder in
            let cutter = try VideoCutter(path: Self.sound)
            let target = folder.appendingPathComponent("a.mp4").path
            for (start, end) in [(1.0, 4.0), (3.0, 4.0), (7.0, 9.0)] {
                let error = #expect(throws: VideoError.self) { try cutter.cut(from: start, to: end, into: target) }
                guard case .beyondEnd(_, let seconds, let duration) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(seconds == (start < 3 ? end : start) && abs(duration - 3) < 1e-6)
            }
            for (start, end) in [(1.0, 1.0), (2, 1), (.nan, 1), (0, .infinity), (-2, -1)] {
                #expect(throws: VideoError.self) { try cutter.cut(from: start, to: end, into: target) }
            }
            #expect(throws: FileError.self) { try cutter.cut(from: 0, to: 1, into: target + ".nothing") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            // A little behind the end is the end, and a little before the start the start.
            #expect(try cutter.cut(from: 2, to: 3.3, into: target).frameCount == 25)
            #expect(try cutter.cut(from: -0.2, to: 1, into: target).frameCount == 25)
        }
    }

    @Test("a transport stream, whose clock begins anew in the middle, is cut by the times that the decoder gives")
    func transportStream() throws {
        try TemporaryFolder.with { folder in
            let source = Fixture.url("video/joined.ts").path, target = folder.appendingPathComponent("t.mp4").path
            let whole = try Self.frames(source)
            let clip = try VideoCutter(path: source).cut(from: whole.starts[40], to: whole.starts[50], into: target)
            #expect(!clip.isCopy && clip.frameCount == 10)
            let frames = try Self.frames(target)
            #expect(Self.isClose(frames.starts, (0..<10).map { whole.starts[40 + $0] - whole.starts[40] }))
        }
    }
}
