import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("Time as containers store it")
struct StoredTimeTests {
    /// What the `ffmpeg` command made of a file; see `Tests/Fixtures/times/make`.
    struct Frames: Codable, CustomStringConvertible {
        var file: String
        var times: [Double]
        /// The mean grey level of each frame, from 0 to 255.
        var levels: [Double]
        var description: String { file }

        static let all: [Frames] = {
            let text = (try? String(contentsOf: Fixture.url("times/frames.jsonl"), encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap {
                try? JSONDecoder().decode(Frames.self, from: Data($0.utf8))
            }
        }()

        /// When the frames are shown: as `ffmpeg` says, from the beginning of the file on.
        var expectedTimes: [Double] {
            switch file {
            // Negative times have no form in Matroska, and the clock of the second part begins anew: what is known of both is
            // that ten frames a second were written.
            case "negative-start.mkv", "sizes.ts": times.indices.map { Double($0) / 10 }
            // Sound begins at 0, the picture later.
            case "edit-delay.mp4": times
            default: times.map { $0 - times[0] }
            }
        }
    }

    @Test("all files were read") func present() {
        #expect(
            Frames.all.map(\.file).sorted() == [
                "dropped.mkv", "edit-cut.mp4", "edit-delay.mp4", "negative-offsets.mp4", "negative-start.mkv",
                "sizes.ts",
                "variable.mkv",
            ])
    }

    @Test("the frames that a player shows come at the times at which it shows them", arguments: Frames.all, [1, 3])
    func frames(_ expected: Frames, threads: Int) throws {
        let path = Fixture.url("times/" + expected.file).path
        let decoder = try VideoDecoder(path: path, options: DecoderOptions(threads: threads))
        var times: [Double] = [], levels: [Double] = []
        repeat {
            times.append(decoder.timing.start)
            let image = try decoder.image()
            levels.append(image.meanColour[0])
        } while decoder.advance()
        try #require(times.count == expected.times.count, "\(times)")
        #expect(zip(times, expected.expectedTimes).allSatisfy { abs($0 - $1) < 0.0011 }, "\(times)")
        #expect(zip(levels, expected.levels).allSatisfy { abs($0 - $1) < 2.5 }, "\(levels)")
        // A stored time is finite, and no frame lasts for nothing.
        #expect(decoder.timing.end.isFinite && decoder.timing.end > decoder.timing.start)
    }

    @Test("frames, length and clips are the same for any number of threads", arguments: Frames.all)
    func sampled(_ expected: Frames) throws {
        let path = Fixture.url("times/" + expected.file).path
        let clock = SamplingClock(frameRate: FrameRate(5), strideFrames: 2, windowFrames: 2)
        func clips(_ threads: Int) throws -> ([Clip], VideoSummary) {
            let stream = try ClipStream(
                path: path, clock: clock, shape: FrameShape(size: 16), options: DecoderOptions(threads: threads))
            var clips: [Clip] = []
            while let clip = try stream.next() { clips.append(clip) }
            return (clips, try #require(stream.summary))
        }
        let (first, summary) = try clips(1)
        #expect(summary.decodedFrameCount == expected.times.count)
        let last = try #require(expected.expectedTimes.last)
        #expect(summary.durationSeconds > last && summary.durationSeconds < last + 0.26, "\(summary.durationSeconds)")
        for threads in 2...4 {
            let (other, otherSummary) = try clips(threads)
            #expect(otherSummary == summary && other.map(\.pixels) == first.map(\.pixels))
        }
        for clip in first {
            // Frames past the end repeat the last one taken.
            let real = clip.frameCount - clip.paddedFrames
            for (wanted, source) in zip(clip.seconds, clip.sourceSeconds).prefix(real) {
                let shown = expected.expectedTimes.last { $0 <= wanted + 0.0011 } ?? expected.expectedTimes[0]
                #expect(abs(source - shown) < 0.0011, "at \(wanted)")
            }
        }
    }
}
