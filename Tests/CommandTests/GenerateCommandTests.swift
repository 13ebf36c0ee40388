import Annotations
import Foundation
import TestSupport
import Testing

@Suite("tal generate demo")
struct GenerateCommandTests {
    @Test("videos and annotations are written and named on standard output")
    func writes() throws {
        try TemporaryFolder.with { folder in
            let run = try Program.run([
                "generate", "demo", "--out", folder.path, "--difficulty", "hard", "--train", "2", "--validation", "1",
                "--test", "0", "--seconds", "5", "--size", "32", "--seed", "7", "--quiet",
            ])
            #expect(run.status == 0 && run.errors.isEmpty)
            let path = folder.appendingPathComponent("annotations.json").path
            #expect(run.output.contains(path) && run.output.contains(folder.appendingPathComponent("videos").path))
            let annotations = try AnnotationSet(contentsOf: path)
            #expect(annotations.videos.map(\.id).sorted() == ["train_0000", "train_0001", "validation_0000"])
            for video in annotations.videos {
                let file = folder.appendingPathComponent("videos/\(video.id).mp4").path
                #expect(FileManager.default.fileExists(atPath: file))
            }
        }
    }

    @Test("the bytes of videos do not depend on what lay in memory before")
    func memoryContent() throws {
        try TemporaryFolder.with { folder in
            let bytes = try ["85", "170"].map { pattern in
                let out = folder.appendingPathComponent(pattern)
                // The C library of Linux fills fresh memory with this; elsewhere it means nothing.
                let run = try Program.run(
                    [
                        "generate", "demo", "--out", out.path, "--train", "2", "--validation", "0", "--test", "0",
                        "--seconds", "5", "--size", "48", "--quiet",
                    ], environment: ["MALLOC_PERTURB_": pattern])
                #expect(run.status == 0)
                return try (0..<2).map { try Data(contentsOf: out.appendingPathComponent("videos/train_000\($0).mp4")) }
            }
            #expect(bytes[0] == bytes[1])
        }
    }

    @Test(
        "wrong numbers and names are wrong usage",
        arguments: [
            ["--size", "33"], ["--train", "100001"], ["--fps", "0"], ["--difficulty", "impossible"],
            ["--seconds", "nan"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Program.run(["generate", "demo", "--out", "/no/such/folder"] + arguments)
        #expect(run.status == 2)
        #expect(run.errors.contains(arguments[1]))
    }
}
