import Annotations
import Evaluation
import Files
import Foundation
import SViLM
import TestSupport
import Testing
import Video

@testable import Pretraining

@Suite("Manifests of captioned videos")
struct PretrainingManifestTests {
    private func manifest(_ text: String, _ name: String, in folder: URL) throws -> PretrainingManifest {
        let path = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: path)
        return try PretrainingManifest(path: path.path)
    }

    @Test("JSON lines give videos, captions and parts; bad lines are listed with their number")
    func jsonLines() throws {
        try TemporaryFolder.with { folder in
            let text = """
                {"video": "a.mp4", "caption": "a dog runs"}

                {"video": "/x/b.mp4", "caption": "a cat", "start": 1.5, "end": 4}
                {"video": "c.mp4"}
                {"video": "c.mp4", "caption": "backwards", "start": 4, "end": 2}
                {"video": "c.mp4", "caption": "  "}
                not json
                """
            let manifest = try manifest(text, "list.jsonl", in: folder)
            #expect(manifest.entries.count == 2)
            #expect(manifest.entries[0].video == folder.appendingPathComponent("a.mp4").path)
            #expect(manifest.entries[0].interval == nil)
            #expect(manifest.entries[1].video == "/x/b.mp4")
            #expect(manifest.entries[1].interval == 1.5..<4)
            #expect(
                manifest.failures.map { $0.video.split(separator: " ").last.map(String.init) } == ["4", "5", "6", "7"])
        }
    }

    @Test("lines may end as on Windows")
    func windowsLines() throws {
        try TemporaryFolder.with { folder in
            let line = "{\"video\": \"a.mp4\", \"caption\": \"a dog runs\"}\r\n"
            let lines = try manifest(line + line, "list.jsonl", in: folder)
            let table = try manifest("video,caption\r\na.mp4,x\r\nb.mp4,y\r\n", "list.csv", in: folder)
            #expect(lines.entries.count == 2 && table.entries.count == 2)
        }
    }

    @Test("a VideoCC table gives the same, with quoted captions and times in microseconds")
    func csv() throws {
        try TemporaryFolder.with { folder in
            try Data().write(to: folder.appendingPathComponent("abc123.webm"))
            let text =
                "video_url,start_us,end_us,caption,score\n"
                + "https://www.youtube.com/watch?v=abc123,2000000,12000000,\"a dog, a \"\"cat\"\" and\na bird\",0.3\n"
                + "https://www.youtube.com/watch?v=gone,0,10000000,nothing there,0.2\n"
                + "https://www.youtube.com/watch?v=abc123,soon,10000000,bad time,0.2\n"
            let manifest = try manifest(text, "list.csv", in: folder)
            #expect(manifest.entries.count == 2)
            #expect(manifest.entries[0].video.hasSuffix("abc123.webm"))
            #expect(manifest.entries[0].caption == "a dog, a \"cat\" and\na bird")
            #expect(manifest.entries[0].interval == 2..<12)
            #expect(manifest.entries[1].video == "gone")
            #expect(manifest.failures.count == 1)
            #expect(manifest.failures[0].video.hasSuffix("line 5"))
        }
    }

    @Test("a caption that is not in quotes is not cut, a name of two files is not guessed, and semicolons are read")
    func doubts() throws {
        try TemporaryFolder.with { folder in
            for name in ["a/000.mp4", "b/000.mp4", "b/001.mp4"] {
                let file = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: file)
            }
            let text = "video_id,caption\n001,a man, a plan\n000,x\na/000,y\n001,z,\n"
            let table = try manifest(text, "list.csv", in: folder)
            #expect(table.failures.map(\.reason) == ["3 fields in place of 2; put a caption with separators in quotes"])
            #expect(table.entries.map(\.caption) == ["x", "y", "z"])
            #expect(
                table.entries[0].video.hasPrefix("000, one file of ") && table.entries[0].video.hasSuffix("/b/000.mp4"))
            #expect(table.entries[1].video.hasSuffix("/a/000.mp4") && table.entries[2].video.hasSuffix("/b/001.mp4"))
            let other = try manifest("video;caption\na.mp4;a man, a plan\n", "other.csv", in: folder)
            #expect(other.entries.map(\.caption) == ["a man, a plan"])
        }
    }

    @Test("a mark of the byte order is passed over, and an open quote is an error that names its line")
    func tableOddities() throws {
        try TemporaryFolder.with { folder in
            let marked = try manifest("\u{FEFF}video,caption\na.mp4,x\n", "list.csv", in: folder)
            #expect(marked.entries.map(\.caption) == ["x"])
            let error = #expect(throws: FileError.self) {
                try manifest("video,caption\na.mp4,x\nb.mp4,\"y\nc.mp4,z\n", "list.csv", in: folder)
            }
            #expect(error?.description.contains("line 3") == true)
        }
    }

    @Test(
        "a manifest without one usable line is an error that names file and line",
        arguments: ["", "{}\n", "video,words\n1,2\n"])
    func unusable(text: String) throws {
        try TemporaryFolder.with { folder in
            let name = text.hasPrefix("video") ? "list.csv" : "list.jsonl"
            let error = #expect(throws: FileError.self) { try manifest(text, name, in: folder) }
            #expect(error?.description.contains("\(name): line 1") == true)
        }
    }

    /// Writes a video of one grey level a frame.
    private func writeVideo(_ path: String, frames: Int) throws {
        try TestVideo.write(
            to: URL(fileURLWithPath: path), count: frames, width: 48, height: 32, rate: FrameRate(10)
        ) { frame in
            let grey = UInt8(frame * 2)
            return RGBImage(width: 48, height: 32, red: grey, green: grey, blue: grey)
        }
    }

    @Test("clips are drawn anew each epoch, the same at the same position; unreadable videos are skipped and listed")
    func source() throws {
        try TemporaryFolder.with { folder in
            let good = folder.appendingPathComponent("good.mp4").path,
                short = folder.appendingPathComponent("short.mp4").path
            try writeVideo(good, frames: 60)
            try writeVideo(short, frames: 4)
            let entries = [
                PretrainingManifest.Entry(video: good, caption: "first", interval: nil),
                PretrainingManifest.Entry(video: good, caption: "part", interval: 4..<6),
                PretrainingManifest.Entry(video: short, caption: "short", interval: nil),
                PretrainingManifest.Entry(video: folder.path + "/none.mp4", caption: "missing", interval: nil),
            ]
            var encoder = EncoderConfiguration()
            encoder.imageSize = 32
            let source = ManifestClipSource(entries, path: "list", encoder: encoder, seed: 3)
            let first = try source.batch(at: 0, count: 7)
            #expect(first.clips.count == 7)
            #expect(first.nextPosition >= 8 && first.nextPosition <= 11)
            #expect(first.failures.count == 1 && first.failures[0].video.hasSuffix("none.mp4"))
            #expect(Set(first.clips.map(\.caption)) == ["first", "part", "short"])
            #expect(first.clips.allSatisfy { $0.pixels.count == 8 * 32 * 32 * 3 })
            // Frames of the part are at least 80 grey levels bright, less what encoding changes.
            for clip in first.clips where clip.caption == "part" { #expect(clip.pixels.allSatisfy { $0 > 70 }) }
            let again = ManifestClipSource(entries, path: "list", encoder: encoder, seed: 3)
            #expect(try again.batch(at: 0, count: 7).clips.map(\.pixels) == first.clips.map(\.pixels))
            let all = source.allClips()
            #expect(all.clips.map(\.caption) == ["first", "part", "short"])
            #expect(all.failures.count == 1)
        }
    }

    @Test("nothing but unreadable videos is an error")
    func nothingUsable() throws {
        let entries = [PretrainingManifest.Entry(video: "/nowhere/a.mp4", caption: "x", interval: nil)]
        let source = ManifestClipSource(entries, path: "list.jsonl", encoder: EncoderConfiguration(), seed: 1)
        let error = #expect(throws: SViLMError.self) { try source.batch(at: 0, count: 2) }
        #expect(error?.description.contains("list.jsonl") == true)
    }
}

@Suite("Retrieval scores")
struct RetrievalScoresTests {
    @Test("ranks count from one, and ties are half lost")
    func ranks() {
        let similarities: [[Float]] = [[0.9, 0.1, 0.2], [0.5, 0.5, 0.1], [0.3, 0.2, 0.1]]
        let scores = RetrievalScores(similarities: similarities) { $0 == $1 }
        // Ranks 1, 1.5 and 3.
        #expect(scores.recall1 == 1 / 3.0)
        #expect(scores.recall5 == 1)
        #expect(scores.medianRank == 1.5)
    }

    @Test("a constant similarity is as good as chance")
    func constant() {
        let similarities = [[Float]](repeating: [Float](repeating: 1, count: 21), count: 21)
        let scores = RetrievalScores(similarities: similarities) { $0 == $1 }
        #expect(scores.medianRank == 11)
        #expect(scores.recall1 == 0)
    }

    @Test("the best of several that belong counts")
    func several() {
        let scores = RetrievalScores(similarities: [[0.1, 0.9, 0.5]]) { _, candidate in candidate != 2 }
        #expect(scores.recall1 == 1)
    }
}
