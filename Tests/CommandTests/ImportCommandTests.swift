import Foundation
import TestSupport
import Testing

@Suite("tal import")
struct ImportCommandTests {
    @Test("an official model becomes a run folder")
    func importing() throws {
        try TemporaryFolder.with { folder in
            let fixture = Fixture.reference("actionformer/anet_like_fpn_abspe")
            let labels = folder.appendingPathComponent("labels.txt")
            try Data("action\n".utf8).write(to: labels)
            let out = folder.appendingPathComponent("run")
            let arguments = [
                "import", "actionformer", "--config", fixture.appendingPathComponent("config.json").path, "--weights",
                fixture.appendingPathComponent("weights.safetensors").path, "--labels", labels.path, "--out", out.path,
            ]
            let run = try Program.run(arguments)
            #expect(run.status == 0 && run.errors.contains("1 class"))
            let files = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
            #expect(files == ["config.yaml", "features.yaml", "labels.txt", "model.safetensors"])
            let again = try Program.run(arguments)
            #expect(again.status == 1 && again.errors.contains("already"))
        }
    }

    @Test("a missing file ends with status 1 and its name")
    func missingFile() throws {
        let run = try Program.run([
            "import", "actionformer", "--config", "no-such.yaml", "--weights", "w", "--labels", "l", "--out", "o",
        ])
        #expect(run.status == 1 && run.errors.contains("no-such.yaml"))
    }
}
