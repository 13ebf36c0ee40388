import Annotations
import Foundation
import TestSupport
import Testing

/// `tal detect` from outside: what is shown and what is written.
@Suite("tal detect")
struct DetectCommandTests {
    @Test("the extension says the format, and what the options leave out is neither shown nor written")
    func writes() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try VideoRun.make(in: folder)
            let videos = path("demo/videos")
            func detect(_ arguments: [String]) throws -> RunProcess.Result {
                try Program.run(["detect", videos, "--model", path("run")] + arguments)
            }
            let whole = try detect(["--out", path("all.json"), "--top", "0"])
            #expect(whole.status == 0, "\(whole.errors)")
            let all = try DetectionFile.read(path("all.json")).detections
            try #require(all.videos.count == 3 && all.count > 33)
            // A header and a rule stand over the rows.
            #expect(whole.output.split(separator: "\n").count == all.count + 2)
            let unasked = try detect([])
            #expect(unasked.output.contains("\(all.count - 30) more; --top 0 shows all"))

            let best = try detect(["--out", path("best.csv"), "--top", "2", "--order", "time"])
            #expect(best.status == 0, "\(best.errors)")
            #expect(best.output.split(separator: "\n").count == 8)
            var selection = DetectionSelection()
            (selection.top, selection.order) = (2, .time)
            let table = try AnnotationSet(contentsOf: path("best.csv"))
            for video in table.videos {
                let expected = selection.chosen(all.filter { $0.video == video.id })
                #expect(video.segments.map(\.segment) == expected.map(\.segment))
                #expect(video.segments.map(\.score) == expected.map(\.score))
            }
            #expect(table.videos.count == 3)

            let apart = try detect(["--out", path("found") + "/", "--format", "cvat", "--no-overlap"])
            #expect(apart.status == 0, "\(apart.errors)")
            #expect(apart.errors.contains("CVAT XML 1.1 for video cannot hold"))
            let names = try FileManager.default.contentsOfDirectory(atPath: path("found")).sorted()
            #expect(names == ["train_0000.xml", "train_0001.xml", "train_0002.xml"])
            #expect(!FileManager.default.fileExists(atPath: path("found.partial")))

            for wrong in [
                ["--out", path("d.docx")], ["--out", path("d.json"), "--format", "docx"], ["--format", "csv"],
            ] {
                let run = try detect(wrong)
                #expect(run.status == 2 && run.errors.contains("csv") || wrong.count == 2, "\(run.errors)")
            }
            let several = try detect(["--out", path("d.srt")])
            #expect(several.status == 1 && several.errors.contains("there are 3; name a folder"), "\(several.errors)")
            let frames = try Program.run([
                "detect", "--model", path("run"), "--features", path("features.h5"), "--out", path("f") + "/",
                "--format", "cvat",
            ])
            #expect(frames.status == 1 && frames.errors.contains("counts frames"), "\(frames.errors)")
        }
    }
}
