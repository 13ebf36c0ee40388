import Foundation
import TestSupport
import Testing
import Video

/// Names of what comes with the program, given on the command line.
@Suite("names instead of paths")
struct ShippedNameTests {
    /// Runs the program in a folder, in which it is the link `tal` of a copy with `share/tal` beside it.
    private static func run(_ arguments: String, in folder: URL) throws -> RunProcess.Result {
        let program = folder.appendingPathComponent("installed/bin/tal").path
        return try RunProcess.run("/bin/sh", ["-c", "cd '\(folder.path)' && exec '\(program)' \(arguments)"])
    }

    private static func withInstallation(_ body: (URL) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let manager = FileManager.default
            for part in ["installed/bin", "installed/share/tal"] {
                try manager.createDirectory(
                    at: folder.appendingPathComponent(part), withIntermediateDirectories: true)
            }
            // A hard link, whose own folder is this one, or a copy where the folder is on another disk.
            let program = folder.appendingPathComponent("installed/bin/tal")
            do {
                try manager.linkItem(at: Program.url, to: program)
            } catch {
                try manager.copyItem(at: Program.url, to: program)
            }
            for part in ["configs", "models"] {
                try manager.createSymbolicLink(
                    at: folder.appendingPathComponent("installed/share/tal/\(part)"),
                    withDestinationURL: Checkout.url(part))
            }
            try TestVideo.write(to: folder.appendingPathComponent("v.mp4"), count: 40, rate: FrameRate(10))
            try body(folder)
        }
    }

    @Test("extract takes the small model by name, with its weights; a file of the user wins, and it says so")
    func encoder() throws {
        try Self.withInstallation { folder in
            var run = try Self.run("extract v.mp4 --encoder svilm-tiny --out a.h5", in: folder)
            #expect(run.status == 0)
            #expect(!run.errors.contains("random weights"))
            run = try Self.run("extract v.mp4 --encoder frame-diference --out b.h5", in: folder)
            #expect(run.status == 1)
            #expect(run.errors.contains("frame-difference, motion, svilm-base") && run.errors.contains("videomae-base"))

            try FileManager.default.copyItem(
                at: Checkout.url("configs/encoders/frame-difference.yaml"),
                to: folder.appendingPathComponent("svilm-tiny"))
            run = try Self.run("extract v.mp4 --encoder svilm-tiny --out c.h5", in: folder)
            #expect(run.status == 0)
            #expect(run.errors.contains("'svilm-tiny' in this folder is used"))
        }
    }

    @Test("train takes a head by name, and a wrong name is answered with those there are")
    func head() throws {
        try Self.withInstallation { folder in
            let data = "--features none.h5 --annotations none.json --out run"
            let run = try Self.run("benchmark detect --config actionformer-demo --length 64 --runs 5", in: folder)
            #expect(run.status == 0)
            let wrong = try Self.run("benchmark detect --config actionfromer --length 64", in: folder)
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("actionformer, actionformer-activitynet-tsp"))
            #expect(try Self.run("train --config actionformer \(data)", in: folder).errors.contains("none.json"))
        }
    }

    @Test("a protocol file in the working folder wins over the built-in one of that name, and it says so")
    func evaluationProtocol() throws {
        try Self.withInstallation { folder in
            let texts = [
                "truth.json":
                    #"{"database": {"a": {"subset": "test", "duration": 9, "annotations": [{"segment": [0, 9], "label": "x"}]}}}"#,
                "found.json": #"{"results": {"a": [{"label": "x", "score": 0.9, "segment": [0, 9]}]}}"#,
            ]
            for (name, text) in texts { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
            let arguments =
                "evaluate --ground-truth truth.json --predictions found.json --protocol thumos14 --json r.json"
            var run = try Self.run(arguments, in: folder)
            #expect(run.status == 0 && !run.errors.contains("in this folder"))
            // A folder of that name is none.
            let own = folder.appendingPathComponent("thumos14")
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            #expect(try Self.run(arguments, in: folder).status == 0)
            try FileManager.default.removeItem(at: own)
            try Data("name: mine\nsubset: test\ntiou: [0.25]\n".utf8).write(to: own)
            run = try Self.run(arguments, in: folder)
            #expect(run.status == 0)
            #expect(run.errors.contains("'thumos14' in this folder is used") && run.output.contains("0.25"))
        }
    }

    @Test("the first line of --version is the version alone; the others say what is inside")
    func version() throws {
        let lines = try Program.run(["--version"]).output.split(separator: "\n")
        #expect(lines.first?.contains(" ") == false)
        for name in ["commit", "OpenBLAS", "HDF5", "FFmpeg", "kernels"] {
            #expect(lines.contains { $0.hasPrefix(name + ": ") })
        }
    }
}
