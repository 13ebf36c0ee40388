import Annotations
import Foundation
import TestSupport
import Testing
import Video

/// Clips, chapters and timelines, as `tal convert` and `tal detect` write them.
@Suite("videos of segments, from outside")
struct VideoOutputCommandTests {
    private let predictions = """
        {"results": {"a": [{"label": "jump high", "score": 0.9, "segment": [0.5, 1.5]},
                           {"label": "wave", "score": 0.4, "segment": [1, 2]}, {"label": "wave", "score": 0.1, "segment": [2, 3]}],
                     "b/c": [{"label": "wave", "score": 0.8, "segment": [0, 1]}]}}
        """

    /// Calls `body` with the paths of predictions and of a folder with their two videos.
    private func withFiles(_ body: (_ folder: URL, _ found: String, _ videos: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let found = folder.appendingPathComponent("found.json"), videos = folder.appendingPathComponent("videos")
            try Data(predictions.utf8).write(to: found)
            try FileManager.default.createDirectory(
                at: videos.appendingPathComponent("b"), withIntermediateDirectories: true)
            for name in ["a.mp4", "b/c.mp4"] {
                try TestVideo.write(to: videos.appendingPathComponent(name), count: 30, rate: FrameRate(10))
            }
            try body(folder, found.path, videos.path)
        }
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("convert cuts what the selection leaves, keeps what is there, and reports")
    func clips() throws {
        try withFiles { folder, found, videos in
            let clips = folder.appendingPathComponent("clips")
            let arguments = ["convert", found, "--videos", videos, "--clips", clips.path]
            var run = try Program.run(arguments + ["--min-score", "0.2", "--no-overlap"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("2 clips, ") && run.errors.contains(" encoded anew"))
            #expect(try names(clips) == ["a_0.50-1.50_jump_high.mp4", "b_c_0.00-1.00_wave.mp4"])
            let frames = try TestVideo.read(clips.appendingPathComponent("a_0.50-1.50_jump_high.mp4"))
            #expect(frames.map(\.number) == Array(5..<15))
            run = try Program.run(arguments + ["--top", "1"])
            #expect(run.status == 1 && run.errors.contains("--overwrite replaces it"), "\(run.errors)")
            #expect(run.errors.contains("2 of 2 clips failed"))
            run = try Program.run(arguments + ["--overwrite"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try names(clips).count == 4)
            // One video is not there: the other is done.
            let one = folder.appendingPathComponent("one").path
            run = try Program.run(["convert", found, "--videos", videos + "/a.mp4", "--clips", one])
            #expect(run.status == 3 && run.errors.contains("b/c: there is no video of that id"), "\(run.errors)")
        }
    }

    @Test("convert writes text, chapters and a timeline in one call")
    func several() throws {
        try withFiles { folder, found, videos in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try Data("video,start,end,label\na,0.5,1.4,jump high\n".utf8).write(
                to: folder.appendingPathComponent("truth.csv"))
            var run = try Program.run([
                "convert", found, "--out", path("all.csv"), "--videos", videos, "--chapters", path("chapters"),
                "--annotated",
                path("annotated"), "--annotations", path("truth.csv"),
            ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try String(contentsOfFile: path("all.csv"), encoding: .utf8).split(separator: "\n").count == 5)
            let titles = try VideoChapter.all(in: path("chapters/a.mp4")).map(\.title)
            #expect(titles == ["–", "jump high", "–", "wave"])
            #expect(run.errors.contains("shares time") || run.errors.contains("share time"))
            let info = try VideoInfo.read(path("annotated/b_c.mp4"))
            #expect(info.width == 480 && info.declaredFrameCount == 30)
            // A file for one video.
            let single = ["convert", found, "--videos", videos + "/a.mp4"]
            run = try Program.run(single + ["--annotated", path("a.mkv"), "--min-score", "0.5"])
            #expect(run.status == 3 && run.errors.contains("1 video with a timeline"), "\(run.errors)")
            #expect(try VideoInfo.read(path("a.mkv")).height > 360)
            run = try Program.run(single + ["--annotated", path("a.mkv")])
            #expect(run.status == 1 && run.errors.contains("--overwrite"), "\(run.errors)")
            run = try Program.run(["convert", found, "--videos", videos, "--chapters", path("x.mp4")])
            #expect(run.status == 1 && run.errors.contains("name a folder"), "\(run.errors)")
        }
    }

    @Test("what does not go together is wrong usage")
    func usage() throws {
        try withFiles { folder, found, videos in
            let out = folder.appendingPathComponent("o").path
            for wrong in [
                [found], [found, "--clips", out], [found, "--videos", videos],
                [found, "--videos", videos, "--to", "csv"],
                [found, "--videos", videos, "--clips", out, "--to", "csv"],
                [found, "--out", out + ".csv", "--overwrite"],
                [found, "--videos", videos, "--clips", out, "--annotations", found],
                [found, "--videos", videos, "--chapters", out, "--annotated", out],
                [found, "--to", "npz", "--out", out, "--videos", videos, "--clips", out],
            ] {
                let run = try Program.run(["convert"] + wrong)
                #expect(run.status == 2, "\(wrong): \(run.errors)")
            }
            let ending = try Program.run(["convert", found, "--videos", videos, "--chapters", out + ".avi"])
            #expect(ending.status == 1 && ending.errors.contains(".mp4, .m4v, .mov, .mkv"), "\(ending.errors)")
            for wrong in [
                ["--features", "f.h5", "--clips", out], ["v.mp4", "--videos", videos, "--clips", out],
                ["v.mp4", "--annotations", found], ["--features", "f.h5"],
            ] {
                let run = try Program.run(["detect", "--model", out] + wrong)
                #expect(run.status == 2, "\(wrong): \(run.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: out))
        }
    }

    @Test("detect makes videos of what it finds, from videos and from features")
    func detects() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try VideoRun.make(in: folder)
            var run = try Program.run([
                "detect", path("demo/videos"), "--model", path("run"), "--out", path("all.json"), "--top", "2",
                "--no-overlap",
                "--clips", path("clips"), "--chapters", path("chapters"), "--annotated", path("annotated"),
                "--annotations",
                path("demo/annotations.json"),
            ])
            #expect(run.status == 0 || run.status == 3, "\(run.errors)")
            let all = try DetectionFile.read(path("all.json")).detections
            let clips = try names(folder.appendingPathComponent("clips"))
            #expect(!clips.isEmpty && clips.count <= all.count && clips.allSatisfy { $0.hasPrefix("train_000") })
            for made in ["chapters", "annotated"] {
                #expect(
                    try names(folder.appendingPathComponent(made)) == [
                        "train_0000.mp4", "train_0001.mp4", "train_0002.mp4",
                    ])
            }
            let ids = Set(all.videos)
            #expect(ids.count == 3)
            run = try Program.run([
                "detect", "--features", path("features.h5"), "--model", path("run"), "--top", "1", "--videos",
                path("demo/videos"), "--chapters", path("more"),
            ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try names(folder.appendingPathComponent("more")).count == 3)
        }
    }
}
