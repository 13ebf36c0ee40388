import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import tal

@Suite("Results as JSON on the standard output")
struct JSONResultTests {
    /// What a call writes to the standard output, which must be JSON and nothing else.
    private static func value(_ arguments: String...) throws -> Any {
        let run = try Program.run(arguments)
        #expect(run.status == 0, "\(run.errors)")
        return try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    }

    private static func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

    @Test("doctor says what the program runs on")
    func doctor() throws {
        let value = try Self.object(Self.value("doctor", "--json", "-"))
        #expect(value["version"] as? String == Tal.configuration.version)
        #expect((value["processors"] as? Int ?? 0) > 0)
        // A debug build is a problem.
        let problems = try #require(value["problems"] as? [[String: Any]])
        #expect(problems.allSatisfy { $0["problem"] is String && $0["fix"] is String })
    }

    @Test("extract says what became of each video, inspect what is in the store, train what the run came to")
    func pipeline() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let made = try Program.run([
                "generate", "demo", "-o", path("demo"), "--train", "2", "--validation", "1", "--test", "1", "--seconds",
                "6",
            ])
            #expect(made.status == 0)
            let videos = "demo/videos", train = ["train_0000", "train_0001"]
            try Data("no video".utf8).write(to: folder.appendingPathComponent("c.mp4"))
            let encoder = Checkout.url("configs/encoders/frame-difference.yaml").path
            let run = try Program.run([
                "extract", path("\(videos)/train_0000.mp4"), path("\(videos)/train_0001.mp4"),
                path("\(videos)/validation_0000.mp4"), path("c.mp4"), "--encoder", encoder, "-o", path("f.h5"),
                "--json", "-",
            ])
            #expect(run.status == 3)
            let extraction = try Self.object(JSONSerialization.jsonObject(with: Data(run.output.utf8)))
            #expect(extraction["extracted"] as? [String] == train + ["validation_0000"])
            #expect(extraction["videos"] as? Int == 4)
            #expect((extraction["failed"] as? [[String: String]])?.count == 1)

            let found = try #require(
                Self.value("inspect", path("f.h5"), path("\(videos)/train_0000.mp4"), "--json", "-") as? [[String: Any]]
            )
            #expect(found.map { $0["kind"] as? String } == ["features", "video"])
            let stored = try #require(found.first?["videos"] as? [[String: Any]])
            #expect(stored.map { $0["video"] as? String } == train + ["validation_0000"])
            #expect(found.last?["width"] as? Int ?? 0 > 0)

            let report = try Self.object(
                Self.value(
                    "train", "-c", Checkout.url("configs/heads/actionformer-demo.yaml").path, "--features",
                    path("f.h5"),
                    "--annotations", path("demo/annotations.json"), "-o", path("run"), "--set", "training.epochs=1",
                    "--set",
                    "training.warmup_epochs=0", "--json", "-"))
            let runs = try #require(report["runs"] as? [[String: Any]])
            #expect(runs.first?["folder"] as? String == path("run") && runs.first?["epochs"] as? Int == 1)
            #expect(report["mean"] is NSNull)

            // Names of what comes with the program are known from any folder.
            let check = try Program.run(
                ["check", "--annotations", path("demo/annotations.json"), "-c", "actionformer-demo", "--json", "-"])
            #expect(try Self.object(JSONSerialization.jsonObject(with: Data(check.output.utf8)))["findings"] is [Any])
        }
    }
}
