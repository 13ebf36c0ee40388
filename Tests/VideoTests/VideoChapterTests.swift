import Files
import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("VideoChapter")
struct VideoChapterTests {
    private static let sound = Fixture.url("video/sound.mp4").path

    private static func frames(_ path: String) throws -> (images: [RGBImage], starts: [Double]) {
        let decoder = try VideoDecoder(path: path)
        var images: [RGBImage] = [], starts: [Double] = []
        repeat {
            images.append(try decoder.image())
            starts.append(decoder.timing.start)
        } while decoder.advance()
        return (images, starts)
    }

    @Test("a copy has the chapters, and the pictures and the sound of the original", arguments: ["mp4", "mkv", "mov"])
    func copies(ending: String) throws {
        try TemporaryFolder.with { folder in
            let target = folder.appendingPathComponent("c.\(ending)").path
            let chapters = [
                VideoChapter(start: 0, end: 0.5, title: "–"),
                VideoChapter(start: 0.5, end: 1.75, title: "jump & <run>"),
                VideoChapter(start: 1.75, end: 3, title: "Stabhochsprung, zweiter Versuch"),
            ]
            #expect(try VideoChapter.write(chapters, copying: Self.sound, to: target).isEmpty)
            #expect(try VideoChapter.all(in: target) == chapters)
            let (original, copy) = (try Self.frames(Self.sound), try Self.frames(target))
            let isSame = copy.images == original.images
            #expect(isSame && zip(copy.starts, original.starts).allSatisfy { abs($0 - $1) < 1e-3 })
            let times = try [Self.sound, target].map {
                try #require(try SoundSource(path: $0, options: DecoderOptions())).packetTimes().filter { $0 >= 0 }
            }
            #expect(times[0].count == times[1].count && zip(times[0], times[1]).allSatisfy { abs($0 - $1) < 2e-3 })
            // Chapters take the place of those that are there.
            let again = folder.appendingPathComponent("d.\(ending)").path
            let other = [VideoChapter(start: 0, end: 3, title: "all")]
            #expect(try VideoChapter.write(other, copying: target, to: again).isEmpty)
            #expect(try VideoChapter.all(in: again) == other)
            #expect(try Self.frames(again).starts.count == 75)
        }
    }

    @Test("in mkv the time between chapters is none, and a file without segments has none")
    func gaps() throws {
        try TemporaryFolder.with { folder in
            let target = folder.appendingPathComponent("c.mkv").path
            let chapters = [
                VideoChapter(start: 0.25, end: 0.5, title: "a"), VideoChapter(start: 2, end: 2.5, title: "b"),
            ]
            _ = try VideoChapter.write(chapters, copying: Self.sound, to: target)
            #expect(try VideoChapter.all(in: target) == chapters)
            _ = try VideoChapter.write([], copying: Self.sound, to: target)
            #expect(try VideoChapter.all(in: target).isEmpty)
        }
    }

    @Test(
        "a copy shows the frames that the original shows, when it shows them",
        arguments: ["edit-cut.mp4", "edit-delay.mp4", "negative-offsets.mp4", "variable.mkv"])
    func storedTimes(name: String) throws {
        try TemporaryFolder.with { folder in
            let source = Fixture.url("times/\(name)").path
            let original = try Self.frames(source)
            for ending in ["mp4", "mkv"] {
                let target = folder.appendingPathComponent("c.\(ending)").path
                do {
                    _ = try VideoChapter.write(
                        [VideoChapter(start: 0, end: 0.5, title: "a")], copying: source, to: target)
                } catch let error as FileError {
                    // An edit list hides frames, which mkv cannot.
                    #expect(ending == "mkv" && "\(error)".contains("hides frames"), "\(error)")
                    #expect(!FileManager.default.fileExists(atPath: target))
                    continue
                }
                let copy = try Self.frames(target)
                let isSame = copy.images == original.images
                #expect(isSame, "\(name) \(ending)")
                // A copy begins with its first frame.
                let shift = (original.starts.first ?? 0) - (copy.starts.first ?? 0)
                #expect(
                    zip(copy.starts, original.starts).allSatisfy { abs($0 + shift - $1) < 2e-3 }, "\(name) \(ending)")
                #expect(try VideoChapter.all(in: target).first?.title == "a")
            }
        }
    }

    @Test("the video itself, unknown containers and what is no video are refused, and nothing is left")
    func refusals() throws {
        try TemporaryFolder.with { folder in
            let copy = folder.appendingPathComponent("a.mp4")
            try FileManager.default.copyItem(at: URL(fileURLWithPath: Self.sound), to: copy)
            for (source, target) in [(copy.path, copy.path), (copy.path, copy.path + ".avi"), ("/no.mp4", copy.path)] {
                #expect(throws: FileError.self) { try VideoChapter.write([], copying: source, to: target) }
            }
            #expect(try Data(contentsOf: copy) == Data(contentsOf: URL(fileURLWithPath: Self.sound)))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.mp4"])
        }
    }
}
