import Annotations
import Features
import Foundation
import Tensors
import TestSupport
import Testing

/// `tal convert` and annotations as other commands take them, from outside.
@Suite("tal convert")
struct ConvertCommandTests {
    private func withFile(_ name: String, _ text: String, _ body: (_ folder: URL, _ path: String) throws -> Void) throws
    {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            try body(folder, file.path)
        }
    }

    private let predictions = """
        {"results": {"a": [{"label": "x", "score": 0.9, "segment": [1, 2.5]}, {"label": "y", "score": 0.1, "segment": [3, 4]}]}}
        """

    @Test("predictions become subtitles without what scores too little; what is lost is said")
    func convertsPredictions() throws {
        try withFile("found.json", predictions) { folder, path in
            let out = folder.appendingPathComponent("a.srt").path
            let run = try Program.run(["convert", path, "--to", "srt", "--out", out, "--min-score", "0.5"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(try String(contentsOfFile: out, encoding: .utf8) == "1\n00:00:01,000 --> 00:00:02,500\nx\n\n")
            #expect(run.errors.contains("1 × scores"))
            let standard = try Program.run(["convert", path, "--to", "csv", "--out", "-", "--quiet"])
            #expect(standard.output == "video,start,end,label,score\na,1.0,2.5,x,0.9\na,3.0,4.0,y,0.1\n")
        }
    }

    @Test("the extension says the format, and what is left out is not written")
    func selects() throws {
        try withFile("found.json", predictions) { folder, path in
            let out = folder.appendingPathComponent("a.csv").path
            var run = try Program.run(["convert", path, "--out", out, "--top", "1"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                try String(contentsOfFile: out, encoding: .utf8) == "video,start,end,label,score\na,1.0,2.5,x,0.9\n")
            run = try Program.run(["convert", path, "--out", "-", "--format", "tsv", "--order", "score", "--quiet"])
            #expect(run.output == "video\tstart\tend\tlabel\tscore\na\t1.0\t2.5\tx\t0.9\na\t3.0\t4.0\ty\t0.1\n")
            let unknown = try Program.run(["convert", path, "--out", folder.appendingPathComponent("a.docx").path])
            #expect(unknown.status == 2 && unknown.errors.contains(".srt, .TextGrid"), "\(unknown.errors)")
            for wrong in [["--order", "length"], ["--top", "-1"], ["--min-score", "nan"]] {
                #expect(try Program.run(["convert", path, "--out", out] + wrong).status == 2)
            }
            let annotations = folder.appendingPathComponent("t.csv").path
            try Data("video,start,end,label\na,1,2,x\n".utf8).write(to: URL(fileURLWithPath: annotations))
            let unscored = try Program.run(["convert", annotations, "--out", out, "--top", "1"])
            #expect(unscored.status == 2 && unscored.errors.contains("holds none"), "\(unscored.errors)")
        }
    }

    @Test("frames need a rate, formats have names, and both messages say the way out")
    func saysTheWayOut() throws {
        try withFile("t.csv", "video,start_frame,end_frame,label\na,15,30,x\n") { folder, path in
            let out = folder.appendingPathComponent("o.csv").path
            let run = try Program.run(["convert", path, "--to", "csv", "--out", out])
            #expect(
                run.status == 1 && run.errors.contains("--annotations-fps") && run.errors.contains("numbers of frames"))
            #expect(!FileManager.default.fileExists(atPath: out))
            #expect(try Program.run(["convert", path, "--to", "csv", "--out", out, "--fps", "10"]).status == 0)
            #expect(try String(contentsOfFile: out, encoding: .utf8) == "video,start,end,label\na,1.5,3.0,x\n")
            let unknown = try Program.run(["convert", path, "--to", "docx", "--out", out])
            let (formats, layouts) = (WrittenFormats.all.map(\.name), FeatureConversion.Layout.allCases.map(\.rawValue))
            #expect(
                unknown.status == 2
                    && unknown.errors.contains(
                        "'docx' is no format that is written; there are \(formats.joined(separator: ", ")), and of features "
                            + layouts.joined(separator: ", ")),
                "\(unknown.errors)")
            #expect(try Program.run(["convert", path, "--from", "srt", "--to", "csv", "--out", out]).status == 0)
            #expect(try Program.run(["convert", path, "--to", "csv", "--out", out, "--fps", "0"]).status == 2)
        }
    }

    @Test("features become npy, npz and one HDF5 file; what is no features is said")
    func convertsFeatures() throws {
        try withFile("grid.json", #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 16}}"#) { folder, _ in
            try NpyFile.write(Tensor.ones([4, 3]), to: folder.appendingPathComponent("a.npy").path)
            for (layout, name) in [("npz", "z"), ("hdf5", "x.h5"), ("npy", "n")] {
                try TemporaryFolder.with { other in
                    let out = other.appendingPathComponent(name).path
                    let run = try Program.run(["convert", folder.path, "--to", layout, "--out", out])
                    #expect(run.status == 0 && run.errors.contains("1 video, 4 feature vectors"), "\(run.errors)")
                    let shown = try Program.run(["inspect", out])
                    #expect(shown.status == 0 && shown.output.contains("a"), "\(shown.errors)")
                }
            }
            let two = try Program.run(["convert", folder.path, folder.path, "--to", "npz", "--out", folder.path + "/o"])
            #expect(two.status == 2)
        }
        try withFile("t.csv", "video,start,end,label\na,1,2,x\n") { folder, path in
            #expect(try Program.run(["convert", path, "--to", "npz", "--out", folder.path + "/o"]).status == 1)
            let standard = try RunProcess.run(
                "/bin/sh", ["-c", "cat '\(path)' | '\(Program.url.path)' convert - --to tsv --out - --quiet"])
            #expect(standard.output == "video\tstart\tend\tlabel\na\t1.0\t2.0\tx\n", "\(standard.errors)")
        }
    }

    @Test("inspect knows tables and files of tools")
    func inspects() throws {
        try withFile("s.srt", "1\n00:00:01,000 --> 00:00:02,500\njump\n") { _, path in
            let run = try Program.run(["inspect", path])
            #expect(run.status == 0 && run.output.contains("SubRip") && run.output.contains("1 segment"))
        }
    }

    /// Writes the annotations of a folder in the layout of BSN, which has no subsets, and a table that has them.
    private static func writeWithoutSubsets(_ folder: URL) throws {
        let set = try AnnotationSet(contentsOf: folder.appendingPathComponent("annotations.json").path)
        func write(_ videos: [AnnotatedVideo], _ name: String) throws {
            let entries = videos.map { video in
                let segments = video.segments.map {
                    #"{"label": "\#($0.label)", "segment": [\#($0.segment.start), \#($0.segment.end)]}"#
                }
                return #""\#(video.id)": {"duration_second": \#(video.duration ?? 0), "duration_frame": 1200, "#
                    + #""feature_frame": 1200, "annotations": [\#(segments.joined(separator: ", "))]}"#
            }
            try Data("{\(entries.joined(separator: ",\n"))}".utf8).write(to: folder.appendingPathComponent(name))
        }
        try write(set.videos, "anet_anno_action.json")
        try write(set.subset("training").videos, "anet_anno_train.json")
        try write(set.subset("validation").videos, "anet_anno_val.json")
        let rows = set.videos.map { "\($0.id),1200,\($0.duration ?? 0),25,25,\($0.subset),1200" }
        try Data(
            (["video,numFrame,seconds,fps,rfps,subset,featureFrame"] + rows).map { $0 + "\n" }.joined().utf8
        ).write(to: folder.appendingPathComponent("video_info_new.csv"))
    }

    @Test("a subset that is missing names the way out, and each way works")
    func trainsOnSplitsByFile() throws {
        try TemporaryFolder.with { out in
            try ClassScoreCommandTests.writeData(in: out, videos: 4)
            try Self.writeWithoutSubsets(out)
            let folder = out.path
            func train(_ name: String, _ arguments: [String]) throws -> RunProcess.Result {
                try Program.run(
                    [
                        "train", "--config", folder + "/config.yaml", "--features", folder + "/features", "--set",
                        "training.epochs=1", "--set", "training.evaluation_protocol=demo",
                        "--out", out.appendingPathComponent(name).path,
                    ] + arguments)
            }
            let alone = try train("a", ["--annotations", folder + "/anet_anno_train.json"])
            #expect(
                alone.status == 1 && alone.errors.contains("--annotations training=FILE")
                    && alone.errors.contains("--video-table"))
            let both = try train(
                "b",
                ["--annotations", folder + "/anet_anno_train.json", "--annotations", folder + "/anet_anno_val.json"])
            #expect(both.status == 0, "\(both.errors)")
            let table = try train(
                "c",
                ["--annotations", folder + "/anet_anno_action.json", "--video-table", folder + "/video_info_new.csv"])
            #expect(table.status == 0, "\(table.errors)")
            let unvalidated = try train("d", ["--annotations", "training=" + folder + "/anet_anno_train.json"])
            #expect(unvalidated.status == 0 && unvalidated.errors.contains("not validated"), "\(unvalidated.errors)")
        }
    }
}
