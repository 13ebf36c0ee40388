import Annotations
import Foundation
import TestSupport
import Testing

@Suite("What language adds, as commands")
struct LanguageCommandTests {
    private static let model = Checkout.url("models/svilm-tiny").path

    private static func tal(_ arguments: [String]) throws -> RunProcess.Result {
        try Program.run(arguments + ["--quiet"])
    }

    @Test("a run that keeps its encoders names segments of held-out videos by words")
    func openVocabulary() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let config = """
                actionformer: {maximum_length: 64, channels: 16, neck_channels: 16, head_channels: 16, heads: 2, windows: [5],
                  branch_blocks: 2, regression_ranges: [[0, 4], [4, 8], [8, 10000]]}
                training: {warmup_epochs: 1, epochs: 2, batch_size: 1, optimizer: {learning_rate: 0.005}, validation_subset: ""}
                """
            try Data(config.utf8).write(to: folder.appendingPathComponent("config.yaml"))
            let weights = Self.model + "/encoder.safetensors"
            let preparation = [
                [
                    "generate", "demo", "--out", path("demo"), "--train", "2", "--validation", "0", "--test", "0",
                    "--held-out", "1", "--seconds", "6", "--size", "64",
                ],
                [
                    "extract", path("demo/videos"), "--encoder", Self.model + "/encoder.yaml", "--weights", weights,
                    "--out", path("features.h5"),
                ],
                [
                    "train", "--config", path("config.yaml"), "--features", path("features.h5"), "--annotations",
                    path("demo/combinations.json"), "--out", path("run"), "--encoder-weights", weights,
                ],
            ]
            for arguments in preparation {
                let run = try Self.tal(arguments)
                #expect(run.status == 0, "\(run.errors)")
            }
            let labels = ["a red circle spins", "a square blinks"]
            let detected = try Self.tal([
                "detect", path("demo/videos/heldout_0000.mp4"), "--model", path("run"), "--labels",
                labels.joined(separator: "; "), "--out", path("found.json"),
            ])
            #expect(detected.status == 0, "\(detected.errors)")
            #expect(Set(try DetectionFile.read(path("found.json")).detections.labels).isSubset(of: labels))
            let stored = try Self.tal([
                "detect", "--features", path("features.h5"), "--annotations", path("demo/held-out.json"), "--model",
                path("run"), "--labels", "@" + path("demo/combinations.txt"), "--out", path("stored.json"),
            ])
            #expect(stored.status == 0, "\(stored.errors)")
            #expect(try DetectionFile.read(path("stored.json")).detections.videos == ["heldout_0000"])

            // Without the text encoder the mend is named.
            try FileManager.default.removeItem(atPath: path("run/text.yaml"))
            let wordless = try Self.tal([
                "detect", path("demo/videos/heldout_0000.mp4"), "--model", path("run"), "--labels", "a circle",
            ])
            #expect(wordless.status == 1 && wordless.errors.contains("--language"))

            let described = try Self.tal([
                "retrieve", "a circle spins", "a square blinks", "--describe", "--model", Self.model, "--features",
                path("features.h5"),
            ])
            #expect(described.status == 0, "\(described.errors)")
            #expect(described.output.contains("heldout_0000") && described.output.contains("a circle spins"))
        }
    }

    @Test("questions are learned, answered and evaluated; a recognizer is fine-tuned, kept and used")
    func classification() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let generated = try Self.tal([
                "generate", "captions", "--out", path("world"), "--count", "24", "--validation", "4", "--held-out", "0",
                "--seconds", "0.8", "--size", "64",
            ])
            #expect(generated.status == 0, "\(generated.errors)")
            let trained = try Self.tal([
                "answer", "--model", Self.model, "--train", path("world/training-questions.jsonl"), "--test",
                path("world/validation-questions.jsonl"), "--out", path("answers"), "--set", "epochs=3", "--json",
                path("answers.json"),
            ])
            #expect(trained.status == 0, "\(trained.errors)")
            #expect(trained.output.contains("the question alone"))
            #expect(FileManager.default.fileExists(atPath: path("answers.json")))
            let answered = try Self.tal([
                "answer", path("world/videos/validation_0.mp4"), "--question", "what colour is the circle?", "--model",
                path("answers"), "--top", "2",
            ])
            #expect(answered.status == 0, "\(answered.errors)")
            #expect(answered.output.contains("what colour is the circle?"))

            let recognizer = try Self.tal([
                "recognize", "--encoder", Self.model + "/encoder.yaml", "--weights",
                Self.model + "/encoder.safetensors",
                "--train", path("world/training.jsonl"), "--validation", path("world/validation.jsonl"), "--fine-tune",
                "--epochs", "1", "--out", path("recognizer"),
            ])
            #expect(recognizer.status == 0, "\(recognizer.errors)")
            let used = try Self.tal([
                "recognize", "--model", path("recognizer"), "--classify", path("world/videos/validation_0.mp4"),
                "--scores", path("scores.json"),
            ])
            #expect(used.status == 0, "\(used.errors)")
            #expect(
                try DetectionFile.read(path("scores.json"), needsSegments: false).detections.videos == ["validation_0"])
            let captions = try Self.tal([
                "retrieve", "--model", Self.model, "--captions", path("world/validation.jsonl"), "--json",
                path("retrieval.json"),
            ])
            #expect(captions.status == 0, "\(captions.errors)")
            #expect(captions.output.contains("video to text"))
            let evaluated = try Self.tal([
                "answer", "--model", path("answers"), "--test", path("world/validation-questions.jsonl"), "--json",
                path("no folder/answers.json"),
            ])
            // Before any work.
            #expect(evaluated.status == 1 && evaluated.output.isEmpty)
            #expect(evaluated.errors.contains("no folder/answers.json: cannot be written"))
        }
    }

    @Test(
        "options that do not go together are refused",
        arguments: [
            ["detect", "a.mp4", "--model", "run", "--language", "m"],
            ["detect", "a.mp4", "--model", "run", "--labels", "a", "--class-scores", "s.json"],
            ["answer", "--model", "m"], ["answer", "a.mp4", "--model", "m"],
            ["recognize", "--model", "m", "--classify", "v.mp4"],
            ["recognize", "--encoder", "e", "--train", "t"],
            ["recognize", "--encoder", "e", "--train", "t", "--out", "o", "--validation", "v"],
            ["answer", "a.mp4", "--question", "q", "--model", "m", "--json", "j"],
            ["retrieve", "--model", "m", "--captions", "c", "--describe"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.status == 2, "\(run.errors)")
    }
}
