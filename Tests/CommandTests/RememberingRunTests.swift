import Foundation
import TestSupport
import Testing

@Suite("runs that remember their encoder")
struct RememberingRunTests {
    @Test("a run on features of a shipped encoder looks at videos by itself, or says which weights it needs")
    func remembers() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            func succeed(_ arguments: String...) throws -> RunProcess.Result {
                let run = try Program.run(arguments)
                #expect(run.status == 0, "\(run.errors)")
                return run
            }
            _ = try succeed(
                "generate", "demo", "-o", path("demo"), "--train", "2", "--validation", "1", "--test", "1", "--seconds",
                "6")
            _ = try succeed(
                "extract", path("demo/videos"), "--encoder", Checkout.url("models/svilm-tiny/encoder.yaml").path, "-o",
                path("f.h5"))
            let trained = try succeed(
                "train", "-c", Checkout.url("configs/heads/actionformer-demo.yaml").path, "--features", path("f.h5"),
                "--annotations", path("demo/annotations.json"), "-o", path("run"), "--set", "training.epochs=1")
            #expect(trained.errors.contains("warm-up + 1)"))
            // The average of this configuration forgets the weights before training soon.
            #expect(!trained.errors.contains("averaged weights"))
            let video = path("demo/videos/test_0000.mp4")
            #expect(!(try succeed("detect", video, "--model", path("run")).errors.contains("random weights")))
            // A run of an earlier version has no copy; the encoder that comes with the program is found by its digest.
            try FileManager.default.removeItem(atPath: path("run/encoder.safetensors"))
            #expect(!(try succeed("detect", video, "--model", path("run")).errors.contains("random weights")))

            let features = try String(contentsOfFile: path("run/features.yaml"), encoding: .utf8)
            let digest = try #require(features.firstMatch(of: /weights_sha256: ([0-9a-f]+)/)).1
            let other = String(repeating: "ab", count: 32)
            try Data(features.replacing(digest, with: other).utf8).write(
                to: folder.appendingPathComponent("run/features.yaml"))
            let refused = try Program.run(["detect", video, "--model", path("run")])
            #expect(refused.status == 1)
            #expect(refused.errors.contains(other) && refused.errors.contains("--encoder-weights"))
        }
    }
}
