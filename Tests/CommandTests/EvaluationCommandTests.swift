import Foundation
import TestSupport
import Testing

/// The commands `evaluate`, `compare` and `diagnose` from outside.
struct EvaluationCommandTests {
    private let truth = """
        {"database": {"a": {"subset": "test", "duration": 50, "annotations": [
          {"segment": [0, 10], "label": "x"}, {"segment": [20, 30], "label": "y"}]},
         "b": {"subset": "test", "duration": 50, "annotations": [{"segment": [0, 10], "label": "x"}]}}}
        """
    private let detections = """
        {"version": "1", "results": {"a": [{"label": "x", "score": 0.9, "segment": [0, 9]},
          {"label": "y", "score": 0.8, "segment": [40, 45]}, {"label": "z", "score": 0.8, "segment": [40, 45]}, 5],
         "b": [{"label": "x", "score": 0.7, "segment": [1, 10]}]}, "external_data": {}}
        """
    private let settings = "name: mine\nsubset: test\ntiou: [0.5, 0.95]\n"

    /// Writes the three files and hands over their names.
    private func withFiles(_ body: (_ folder: URL, _ common: [String], _ detections: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            func write(_ name: String, _ text: String) throws -> String {
                let file = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: file)
                return file.path
            }
            let common = [
                "--ground-truth", try write("truth.json", truth), "--protocol", try write("mine.yaml", settings),
            ]
            try body(folder, common, write("detections.json", detections))
        }
    }

    @Test("evaluate prints counts before the table and writes the agreed JSON")
    func evaluates() throws {
        try withFiles { folder, common, detections in
            let out = folder.appendingPathComponent("result.json"),
                curves = folder.appendingPathComponent("curves.json")
            let run = try Program.run(
                [
                    "evaluate", "--predictions", detections, "--json", out.path, "--recall", "--bootstrap", "20",
                    "--curves",
                    curves.path,
                ] + common)
            #expect(run.status == 0)
            let truthLine = try #require(run.output.range(of: "2 videos, 3 segments, 2 classes"))
            let table = try #require(run.output.range(of: "average"))
            #expect(truthLine.lowerBound < table.lowerBound)
            #expect(run.output.contains("1 predictions left out: label not in the ground truth (z)"))
            #expect(run.errors.contains("entry left out"))
            let result = try Fixture.json(out)
            #expect(result["average_map"] as? Double == 0.25)
            #expect(result["map"] as? [String: Double] == ["0.50": 0.5, "0.95": 0])
            #expect((result["classes"] as? [String: [String: Double]])?["x"] == ["0.50": 1, "0.95": 0])
            #expect(
                (result["recall"] as? [String: Double])?.keys.sorted() == ["AR@1", "AR@10", "AR@100", "AR@5", "AUC"])
            #expect((result["counts"] as? [String: Any])?["unknown_labels"] as? Int == 1)
            let curve = (try Fixture.json(curves)["x"] as? [String: [String: [Double]]])?["0.50"]
            #expect(curve == ["recall": [0.5, 1], "precision": [1, 1]])
        }
    }

    @Test("compare reads detections, or results that know their inputs")
    func compares() throws {
        try withFiles { folder, common, detections in
            let out = folder.appendingPathComponent("result.json"), json = folder.appendingPathComponent("c.json")
            #expect(
                try Program.run(["evaluate", "--predictions", detections, "--json", out.path] + common).status == 0)
            let run = try Program.run(["compare", out.path, detections, "--samples", "30", "--json", json.path])
            #expect(run.status == 0 && run.output.contains("Undecided"))
            #expect(try Fixture.json(json)["difference"] as? Double == 0)
            #expect(try Program.run(["compare", detections, detections, "--samples", "30"] + common).status == 0)
            #expect(try Program.run(["compare", detections, detections]).status == 2)
        }
    }

    @Test("diagnose names the errors and what they cost")
    func diagnoses() throws {
        try withFiles { folder, common, detections in
            let out = folder.appendingPathComponent("diagnosis.json")
            let run = try Program.run(["diagnose", "--predictions", detections, "--json", out.path] + common)
            #expect(run.status == 0 && run.output.contains("background error"))
            #expect((try Fixture.json(out)["errors"] as? [String: Any])?.count == 5)
        }
    }

    @Test("wrong use and unusable files have their own exit statuses and one line of reason")
    func fails() throws {
        try withFiles { _, common, detections in
            let unknown = try Program.run(
                ["evaluate", "--ground-truth", common[1], "--predictions", detections, "--protocol", "nonesuch"])
            #expect(unknown.status == 2 && unknown.errors.contains("no protocol is named 'nonesuch'"))
            let missing = try Program.run(["evaluate", "--predictions", "/nowhere.json"] + common)
            #expect(missing.status == 1 && missing.errors.contains("/nowhere.json: no such file or folder"))
            let swapped = try Program.run(["evaluate", "--predictions", common[1]] + common)
            #expect(swapped.status == 1 && swapped.errors.contains("holds annotations"))
            let subset = try Program.run(["evaluate", "--predictions", detections, "--subset", "val"] + common)
            #expect(subset.status == 1 && subset.errors.contains("the file has test"))
        }
    }
}
