import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Video

@Suite("Files that are damaged or no video")
struct DamagedVideoTests {
    private func error(opening url: URL, _ options: DecoderOptions = DecoderOptions()) -> (any Error)? {
        do {
            _ = try VideoDecoder(path: url.path, options: options)
            return nil
        } catch {
            return error
        }
    }

    @Test("a cut file gives the frames before the cut and a warning", arguments: ["mp4", "mkv", "ts", "avi"])
    func cutFile(kind: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.\(kind)")
            try TestVideo.write(to: url, count: 300) { number in
                // Noise makes the frames the bulk of the file, whatever index the container adds.
                let pixels = (0..<64 * 48 * 3).map { (place: Int) -> UInt8 in
                    UInt8(truncatingIfNeeded: (number * 7919 + place * place * 104_729) >> 5)
                }
                return RGBImage(width: 64, height: 48, pixels: pixels)
            }
            let whole = try Data(contentsOf: url)
            try whole.prefix(whole.count * 6 / 10).write(to: url)

            let decoder = try VideoDecoder(path: url.path)
            while decoder.advance() {}
            #expect(decoder.decodedFrameCount > 100)
            #expect(decoder.decodedFrameCount < 300)
            // A transport stream declares no length, so that nothing can be found missing but a last half packet.
            if kind != "ts" { #expect(!decoder.warnings.isEmpty) }
            for warning in decoder.warnings { #expect(!warning.description.isEmpty) }
        }
    }

    @Test("a part behind the cut of a file whose index is whole gives no clip, and says nothing untrue")
    func seekBehindCut() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 300, options: WriterOptions(keyFrameInterval: 10))
            let whole = try Data(contentsOf: url)
            try whole.prefix(whole.count * 6 / 10).write(to: url)
            let decoder = try VideoDecoder(path: url.path)
            let duration = try #require(decoder.info.durationSeconds)
            let clock = SamplingClock(frameRate: FrameRate(10), strideFrames: 4, windowFrames: 8)
            let sampler = ClipSampler(
                decoder: decoder, clock: clock, shape: FrameShape(size: 16),
                interval: (0.9 * duration)..<duration)
            // What is decoded last may stand for it, or nothing.
            _ = try sampler.next()
            for warning in decoder.warnings { #expect(!warning.description.contains("inf")) }
        }
    }

    @Test("what begins behind the end of a video is told from a damaged file")
    func behindTheEnd() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 40)
            let decoder = try VideoDecoder(path: url.path)
            #expect(decoder.info.missingClip(from: 100).description.contains("has nothing at 100.0 s"))
            #expect(decoder.info.missingClip(from: 0) == .noDecodableFrame(file: url.path))
        }
    }

    @Test("bytes overwritten in the middle do not stop the rest")
    func overwrittenBytes() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 300, options: WriterOptions(keyFrameInterval: 10))
            var data = try Data(contentsOf: url)
            for place in data.count / 2..<data.count / 2 + 200 { data[place] = 0xFF }
            try data.write(to: url)
            let decoder = try VideoDecoder(path: url.path)
            var last = -1.0
            repeat {
                #expect(decoder.timing.start > last)
                last = decoder.timing.start
            } while decoder.advance()
            #expect(last > 9.5)
            #expect(decoder.warnings.contains { if case .damagedData = $0 { true } else { false } })
        }
    }

    @Test(
        "files with bytes changed or cut anywhere give frames in order or an error",
        arguments: ["mp4", "mkv", "avi", "ts"])
    func changedBytes(kind: String) throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.\(kind)")
            try TestVideo.write(to: url, count: 40, options: WriterOptions(keyFrameInterval: 10))
            let whole = try Data(contentsOf: url)
            var generator = RandomGenerator(seed: 17)
            let clock = SamplingClock(frameRate: FrameRate(10), strideFrames: 4, windowFrames: 8)
            for _ in 0..<40 {
                var data = whole
                for _ in 0..<generator.integer(in: 1...30) {
                    // Half of the changes fall on the headers in front.
                    let end = generator.uniform() < 0.5 ? min(900, data.count) : data.count
                    data[generator.integer(in: 0...end - 1)] = UInt8(generator.integer(in: 0...255))
                }
                if generator.uniform() < 0.3 { data = data.prefix(generator.integer(in: 1...data.count)) }
                try data.write(to: url)
                do {
                    let stream = try ClipStream(path: url.path, clock: clock, shape: FrameShape(size: 16))
                    var windows: [Int] = []
                    while let clip = try stream.next() {
                        windows.append(clip.index)
                        #expect(zip(clip.sourceSeconds, clip.sourceSeconds.dropFirst()).allSatisfy { $0 <= $1 })
                        if windows.count > 2000 { break }
                    }
                    #expect(!windows.isEmpty && windows == Array(0..<windows.count))
                } catch {
                    #expect(error is VideoError || error is FileError)
                    #expect("\(error)".contains(url.path))
                }
            }
        }
    }

    @Test("each kind of unusable file has its own error, naming the file")
    func unusableFiles() throws {
        try TemporaryFolder.with { folder in
            let text = folder.appendingPathComponent("text.txt")
            try Data("This is no video.\n\u{1B}[31mred\n".utf8).write(to: text)
            let disguised = folder.appendingPathComponent("text.mp4")
            try Data(String(repeating: "This is no video. ", count: 500).utf8).write(to: disguised)
            let empty = folder.appendingPathComponent("empty.mp4")
            try Data().write(to: empty)
            let sound = folder.appendingPathComponent("sound.wav")
            try TestVideo.writeSound(to: sound)
            let absent = folder.appendingPathComponent("absent.mp4")

            #expect(error(opening: absent) as? FileError == .missing(path: absent.path))
            #expect(error(opening: sound) as? VideoError == .noVideoStream(file: sound.path))
            #expect(error(opening: folder) as? VideoError == .noPictures(folder: folder.path))
            for url in [text, disguised, empty] {
                guard case FileError.malformed(url.path, let problem)? = error(opening: url) else {
                    Issue.record("\(url.lastPathComponent): \(String(describing: error(opening: url)))")
                    continue
                }
                #expect(problem.hasPrefix("cannot be read as a video ("))
            }
            for url in [absent, sound, text, empty] {
                #expect(error(opening: url).map { "\($0)".contains(url.path) } == true)
            }
        }
    }

    @Test("a file cut before its first frame has no decodable frame")
    func noFrame() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 30)
            var data = try Data(contentsOf: url)
            let media = try #require(data.range(of: Data("mdat".utf8))).upperBound
            for place in media..<data.count { data[place] = 0 }
            try data.write(to: url)
            #expect(error(opening: url) as? VideoError == .noDecodableFrame(file: url.path))
        }
    }

    @Test("frames above the size limit are refused")
    func sizeLimit() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 3)
            let limit = DecoderOptions(maximumPixels: 64 * 48 - 1)
            #expect(
                error(opening: url, limit) as? VideoError
                    == .tooLarge(file: url.path, width: 64, height: 48, maximumPixels: 3071))
            #expect(error(opening: url, DecoderOptions(maximumPixels: 64 * 48)) == nil)
        }
    }

    @Test("timestamps that jump are closed up and stay in order")
    func brokenTimestamps() {
        var clock = PresentationClock(first: 3, earliestSound: nil, nominalGap: 0.1)
        let stored: [Double?] = [3, 3.1, nil, 3.3, 3.3, 1e9, 1e9 + 0.1, 2, 2.1, .nan]
        let times = stored.map { clock.next($0) }
        let expected = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        for (time, wanted) in zip(times, expected) { #expect(abs(time - wanted) < 1e-6) }
        #expect(clock.repairCount == 2)
    }

    @Test("sound that begins earlier than the picture sets second 0, run-up before zero does not")
    func soundSetsOrigin() {
        var clock = PresentationClock(first: 1.5, earliestSound: 1, nominalGap: 0.1)
        #expect(clock.next(1.5) == 0.5)
        clock = PresentationClock(first: 0, earliestSound: -0.02, nominalGap: 0.1)
        #expect(clock.next(0) == 0)
        clock = PresentationClock(first: 0.5, earliestSound: 2, nominalGap: 0.1)
        #expect(clock.next(0.5) == 0)
    }
}
