import Annotations
import Features
import Files
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@testable import tal

@Suite("tal inspect")
struct InspectCommandTests {
    private static func withFiles(_ body: (URL) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            // Names say nothing, or lie: content decides.
            let store = try FeatureStoreWriter(
                folder.appendingPathComponent("store.mp4").path,
                origin: FeatureOrigin(
                    encoder: "some encoder", encoderConfiguration: "{}", weightsSHA256: "12ab",
                    encoderPrecision: "bfloat16"))
            let grid = SnippetGrid(frameRateNumerator: 25, strideFrames: 4, windowFrames: 16)
            try store.write(
                FeatureSequence(video: "swim", features: Tensor.ones([7, 5]), grid: grid, durationSeconds: 3.5))
            try store.close()
            try SafetensorsFile.write(
                [("layer.weight", Tensor.ones([2, 3]))], to: folder.appendingPathComponent("weights").path)
            try NpyFile.write(Tensor.ones([4, 2]), to: folder.appendingPathComponent("array").path)
            try DetectionFile.write(
                ["swim": [Detection(video: "swim", label: "Dive", segment: Segment(start: 1, end: 2), score: 0.5)]],
                to: folder.appendingPathComponent("found").path)
            let annotations =
                #"{"database": {"swim": {"subset": "test", "duration": 3.5, "annotations": [{"segment": [1, 2], "label": "Dive"}]}}}"#
            try Data(annotations.utf8).write(to: folder.appendingPathComponent("truth"))
            try TestVideo.write(
                to: folder.appendingPathComponent("v.mp4"), count: 5, width: 32, height: 16, rate: FrameRate(10))
            try FileManager.default.moveItem(
                at: folder.appendingPathComponent("v.mp4"), to: folder.appendingPathComponent("v.h5"))
            try body(folder)
        }
    }

    @Test("content tells what a file is, and what is in it is shown")
    func kinds() throws {
        let expected: [(String, FileKind, [String])] = [
            ("store.mp4", .featureStore, ["some encoder", "12ab", "in bfloat16", "swim", "7", "5", "3.50 s"]),
            ("weights", .weights, ["layer.weight", "[2, 3]", "6 values"]),
            ("array", .npyArray, ["[4, 2]", "float32"]),
            ("found", .detections, ["1 in 1 video", "Dive"]),
            ("truth", .annotations, ["1 video, 1 segment", "Dive", "test"]),
            ("v.h5", .perhapsVideo, ["32x16", "10", "0.500 s", "5 frames"]),
        ]
        try Self.withFiles { folder in
            for (name, kind, words) in expected {
                let path = folder.appendingPathComponent(name).path
                #expect(FileKind(of: path) == kind)
                let text = try Inspection(path, isThorough: true).text
                for word in words { #expect(text.contains(word), "\(name): \(text)") }
            }
        }
    }

    @Test("damaged features are found by a thorough look, with status 3")
    func damaged() throws {
        try Self.withFiles { folder in
            let file = folder.appendingPathComponent("store.mp4")
            var data = try Data(contentsOf: file)
            let ones = Tensor.ones([8]).elements.withUnsafeBytes { Data($0) }
            let place = try #require(data.range(of: ones)).lowerBound
            data[place + 2] ^= 0xFF
            try data.write(to: file)
            #expect(try Program.run(["inspect", file.path]).status == 0)
            let run = try Program.run(["inspect", file.path, "--check"])
            #expect(run.status == 3)
            #expect(run.errors.contains("swim"))
        }
    }

    @Test("ids of a file never leave the folder that arrays are written to")
    func arraysStayInside() throws {
        try TemporaryFolder.with { folder in
            let store = try FeatureStoreWriter(
                folder.appendingPathComponent("s.h5").path,
                origin: FeatureOrigin(encoder: "e", encoderConfiguration: "{}", weightsSHA256: ""))
            let grid = SnippetGrid(frameRateNumerator: 25, strideFrames: 4, windowFrames: 16)
            try store.write(
                FeatureSequence(video: "../evil", features: Tensor.ones([7, 5]), grid: grid, durationSeconds: 3.5))
            try store.close()
            let out = folder.appendingPathComponent("out").path
            let run = try Program.run(["inspect", folder.appendingPathComponent("s.h5").path, "--npy", out])
            #expect(run.status != 0 && run.errors.contains(".."))
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("evil.npy").path))
        }
    }

    @Test("a pipe is read once; one that nobody writes to is an error, not a wait without end")
    func pipes() throws {
        try TemporaryFolder.with { folder in
            let pipe = folder.appendingPathComponent("p").path
            #expect(mkfifo(pipe, 0o600) == 0)
            for arguments in [["inspect", pipe], ["convert", pipe, "--to", "csv", "--out", "-"]] {
                let run = try Program.run(arguments)
                #expect(run.status == 1 && run.errors.contains("\(pipe)") && run.errors.contains("pipe that nobody"))
            }
            let text = #"{"database": {"v": {"duration": 5, "annotations": [{"segment": [0, 1], "label": "a"}]}}}"#
            let script = "printf '%s' '\(text)' | '\(Program.url.path)' inspect /dev/stdin"
            let run = try RunProcess.run("/bin/sh", ["-c", script])
            #expect(run.status == 0 && run.output.contains("1 segment"), "\(run.errors)")
            let broken = try RunProcess.run("/bin/sh", ["-c", "echo hello | '\(Program.url.path)' inspect /dev/stdin"])
            #expect(broken.status == 1 && broken.errors.contains("/dev/stdin") && broken.errors.contains("hello"))
        }
    }

    @Test(
        "what cannot be read ends with status 1", arguments: ["", "plain text", "{\"a\": 1}", "\u{89}HDF\r\n\u{1A}\n"])
    func unreadable(content: String) throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("x")
            try Data(content.utf8).write(to: file)
            let run = try Program.run(["inspect", file.path])
            #expect(run.status == 1)
            #expect(run.errors.contains(file.path))
        }
    }
}
