import Foundation
import TestSupport
import Testing

@testable import Video

@Suite("PlayableCopy")
struct PlayableCopyTests {
    private struct Enough: Error {}

    @Test(
        "a codec that browsers do not play is encoded anew, with the same frames at the same times, and the same turn")
    func encodes() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("s.mp4"), target = folder.appendingPathComponent("t.mp4")
            try TestVideo.write(
                to: source, count: 40, rate: FrameRate(10), options: WriterOptions(codec: .mpeg4, rotationDegrees: 90))
            var shares: [Double] = []
            try PlayableCopy.write(source.path, to: target.path) { shares.append($0) }
            let info = try VideoInfo.read(target.path), frames = try TestVideo.read(target)
            #expect(info.codec == "h264" && info.rotationDegrees == 90)
            #expect(frames.map(\.number) == Array(0..<40))
            #expect(frames.enumerated().allSatisfy { abs($1.start - Double($0) / 10) < 1e-3 })
            #expect(shares.count == 40 && shares == shares.sorted() && (0...1).contains(shares[39]))
            // It ends when it is told to, and leaves the file as it was.
            let before = try Data(contentsOf: target)
            #expect(throws: Enough.self) {
                try PlayableCopy.write(source.path, to: target.path) { if $0 > 0.5 { throw Enough() } }
            }
            #expect(try Data(contentsOf: target) == before)
        }
    }

    @Test("where only the container is in the way, packets are copied; sound comes along")
    func copies() throws {
        try TemporaryFolder.with { folder in
            let source = Fixture.url("video/sound.mp4").path
            let (mkv, target) = (
                folder.appendingPathComponent("s.mkv").path, folder.appendingPathComponent("t.mp4").path
            )
            _ = try VideoChapter.write([], copying: source, to: mkv)
            for (path, isCopy) in [(mkv, true), (source, false)] {
                var calls = 0
                try PlayableCopy.write(path, to: target) { _ in calls += 1 }
                #expect((calls == 0) == isCopy)
                let info = try VideoInfo.read(target)
                #expect(info.container.contains("mp4") && info.declaredFrameCount == 75)
                let sound = try #require(try SoundSource(path: target, options: DecoderOptions()))
                #expect(try sound.packetTimes().filter { $0 >= 0 }.count == 47)
            }
        }
    }

    @Test("wide pictures become smaller, and keep their shape")
    func scales() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("s.mp4"), target = folder.appendingPathComponent("t.mp4")
            try TestVideo.write(
                to: source, count: 2, width: 2560, height: 800, rate: FrameRate(10),
                options: WriterOptions(codec: .mpeg4))
            try PlayableCopy.write(source.path, to: target.path) { _ in }
            let info = try VideoInfo.read(target.path)
            #expect(info.width == 1280 && info.height == 400)
            #expect(try TestVideo.read(target).map(\.number) == [0, 1])
        }
    }
}
