import Files
import Foundation
import TestSupport
import Testing
import Video

@Suite("VideoWriter")
struct VideoWriterTests {
    @Test("the same frames give the same bytes")
    func sameBytes() throws {
        try TemporaryFolder.with { folder in
            let urls = ["a.mp4", "b.mp4"].map { folder.appendingPathComponent($0) }
            for url in urls { try TestVideo.write(to: url, count: 30) }
            #expect(try Data(contentsOf: urls[0]) == Data(contentsOf: urls[1]))
        }
    }

    @Test("nothing stays behind when a writer is dropped")
    func unfinished() throws {
        try TemporaryFolder.with { folder in
            do {
                let writer = try VideoWriter(
                    path: folder.appendingPathComponent("a.mp4").path, width: 64, height: 48, frameRate: FrameRate(10))
                try writer.append(TestVideo.numbered(1))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("MPEG-4 is read back like H.264")
    func mpeg4() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("a.mp4")
            try TestVideo.write(to: url, count: 40, options: WriterOptions(codec: .mpeg4))
            #expect(try VideoInfo.read(url.path).codec == "mpeg4")
            let frames = try TestVideo.read(url)
            #expect(frames.map(\.number) == Array(0..<40))
            #expect(abs((frames.last?.start ?? 0) - 1.3) < 1e-3)
        }
    }

    @Test("odd sizes, unknown containers, missing folders and times that go back are refused")
    func refusals() throws {
        try TemporaryFolder.with { folder in
            let open = { (name: String, width: Int) in
                try VideoWriter(
                    path: folder.appendingPathComponent(name).path, width: width, height: 48, frameRate: FrameRate(10))
            }
            #expect(throws: FileError.self) { try open("a.mp4", 63) }
            #expect(throws: FileError.self) { try open("a.nothing", 64) }
            #expect(throws: FileError.self) { try open("absent/a.mp4", 64) }
            let writer = try open("a.mp4", 64)
            #expect(throws: FileError.self) { try open("b.mp4", 64).finish() }
            try writer.append(TestVideo.numbered(0), at: 1)
            #expect(throws: FileError.self) { try writer.append(TestVideo.numbered(0), at: 0.5) }
        }
    }
}
