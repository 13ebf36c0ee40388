import Annotations
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Class-agnostic heads and class scores, as commands")
struct ClassScoreCommandTests {
    /// Features in which each of two actions raises a channel of its own, and annotations of them.
    static func writeData(in folder: URL, videos: Int = 8) throws {
        var generator = RandomGenerator(seed: 4)
        let features = folder.appendingPathComponent("features").path
        try FileManager.default.createDirectory(atPath: features, withIntermediateDirectories: true)
        var annotated: [String: Any] = [:]
        for number in 0..<videos {
            let label = number % 2, name = "video_\(number)"
            var rows = Tensor.normal([48, 6], standardDeviation: 0.1, using: &generator)
            var segments: [[String: Any]] = []
            for start in stride(from: 4, to: 40, by: 12) {
                rows.withMutableElements { values in
                    for row in start..<(start + 6) { values[row * 6 + label] += 3 }
                }
                segments.append(["label": label == 0 ? "run" : "jump", "segment": [start, start + 6]])
            }
            try NpyFile.write(rows, to: features + "/\(name).npy")
            annotated[name] = [
                "subset": number < videos / 2 ? "training" : "validation", "duration": 48, "annotations": segments,
            ]
        }
        try Data(#"{"*": {"fps": 8, "stride_frames": 8, "window_frames": 8}}"#.utf8)
            .write(to: URL(fileURLWithPath: features + "/grid.json"))
        try JSONSerialization.data(withJSONObject: ["database": annotated])
            .write(to: folder.appendingPathComponent("annotations.json"))
        let config = """
            head: actionformer
            class_agnostic: true
            actionformer: {maximum_length: 64, channels: 16, neck_channels: 16, head_channels: 16, heads: 2, windows: [5],
              branch_blocks: 2, regression_ranges: [[0, 4], [4, 8], [8, 10000]], initial_normalizer: 10}
            training: {warmup_epochs: 1, epochs: 7, batch_size: 1, optimizer: {learning_rate: 0.005}, average_decay: 0.9,
              evaluation_interval: 4, seed: 3}
            """
        try Data(config.utf8).write(to: folder.appendingPathComponent("config.yaml"))
    }

    @Test("a run for each seed on joined features, with files for TensorBoard")
    func seeds() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try Self.writeData(in: folder)
            let arguments = [
                "train", "--config", path("config.yaml"), "--features", path("features"), "--features",
                path("features"), "--annotations", path("annotations.json"), "--out", path("runs"), "--seeds", "1,2",
                "--tensorboard", "--quiet", "--set", "training.epochs=1",
            ]
            let trained = try Program.run(arguments)
            #expect(trained.status == 0 && trained.output.contains("over 2 seeds"), "\(trained.errors)")
            let runs = try #require(
                try Fixture.json(URL(fileURLWithPath: path("runs/seeds.json")))["runs"] as? [[String: Any]])
            #expect(runs.map { $0["seed"] as? Int } == [1, 2])
            for seed in [1, 2] {
                let files = try FileManager.default.contentsOfDirectory(atPath: path("runs/seed-\(seed)"))
                #expect(files.contains("model.safetensors") && files.contains { $0.contains("tfevents") })
                let contract = try String(contentsOfFile: path("runs/seed-\(seed)/features.yaml"), encoding: .utf8)
                #expect(contract.contains("channels: 12"))
            }
            #expect(try Program.run(arguments + ["--resume"]).status == 0)
            #expect(try Program.run(arguments + ["--seed", "3"]).status == 2)
        }
    }

    @Test("a classifier on features names the segments of a class-agnostic head, and the evaluator scores them")
    func pipeline() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            func tal(_ arguments: String...) throws -> RunProcess.Result { try Program.run(arguments + ["--quiet"]) }
            try Self.writeData(in: folder)
            let recognized = try tal(
                "recognize", "--features", path("features"), "--annotations", path("annotations.json"), "--scores",
                path("scores.json"))
            #expect(recognized.status == 0, "\(recognized.errors)")
            let trained = try tal(
                "train", "--config", path("config.yaml"), "--features", path("features"), "--annotations",
                path("annotations.json"), "--out", path("run"), "--set",
                "post_processing.fusion.scores=\(path("scores.json"))")
            #expect(trained.status == 0, "\(trained.errors)")
            #expect(trained.output.contains("average mAP"))

            let detect = [
                "detect", "--model", path("run"), "--features", path("features"), "--annotations",
                path("annotations.json"), "--subset", "validation", "--out", path("found.json"), "--quiet",
            ]
            let detected = try Program.run(detect)
            #expect(detected.status == 0, "\(detected.errors)")
            let found = try DetectionFile.read(path("found.json")).detections
            #expect(Set(found.labels) == ["run", "jump"] && found.videos.count == 4)
            let evaluated = try tal(
                "evaluate", "--ground-truth", path("annotations.json"), "--predictions", path("found.json"),
                "--protocol", "activitynet-1.3", "--json", path("result.json"))
            #expect(evaluated.status == 0, "\(evaluated.errors)")

            let swept = try tal(
                "sweep", "--model", path("run"), "--features", path("features"), "--raw", path("raw"), "--ground-truth",
                path("annotations.json"), "--protocol", "activitynet-1.3", "--grid", "suppression.sigma=0.1,0.9",
                "--grid", "fusion.formula=product,geometric_mean", "--json", path("sweep.json"), "--out",
                path("best.yaml"))
            #expect(swept.status == 0 && swept.output.contains("suppression.sigma"), "\(swept.errors)")
            let best = try Program.run(detect + ["--settings", path("best.yaml"), "--raw", path("raw2")])
            #expect(best.status == 0, "\(best.errors)")
            let scored = try tal(
                "evaluate", "--ground-truth", path("annotations.json"), "--predictions", path("found.json"),
                "--protocol", "activitynet-1.3", "--json", path("result.json"))
            #expect(scored.status == 0)
            // Best first.
            let listed = try #require(
                (try Fixture.json(URL(fileURLWithPath: path("sweep.json")))["combinations"] as? [[String: Any]])?.map {
                    $0["average_map"] as? Double
                })
            let measured = try #require(
                try Fixture.json(URL(fileURLWithPath: path("result.json")))["average_map"] as? Double)
            #expect(listed.count == 4 && abs((listed[0] ?? 0) - measured) < 1e-12)
            let again = try tal(
                "sweep", "--model", path("run"), "--raw", path("raw2"), "--ground-truth", path("annotations.json"),
                "--protocol", "activitynet-1.3", "--subset", "training", "--grid", "suppression.sigma=0.1")
            #expect(again.status == 1 && again.errors.contains("no proposals in"), "\(again.errors)")

            let nameless = try Program.run(detect + ["--set", "post_processing.fusion.scores=null"])
            #expect(nameless.status == 1 && nameless.errors.contains("--class-scores"))
            let proposals = try Program.run(detect + ["--proposals"])
            #expect(proposals.status == 0, "\(proposals.errors)")
            let withoutClasses = try DetectionFile.read(path("found.json")).detections
            #expect(withoutClasses.labels == ["action"])
            let segmentsFound = Set(withoutClasses.map { "\($0.video) \($0.segment)" })
            #expect(!segmentsFound.isEmpty)

            let segments = try tal(
                "recognize", "--features", path("features"), "--annotations", path("annotations.json"), "--out",
                path("segments"))
            #expect(segments.status == 0, "\(segments.errors)")
            let named = try Program.run(detect + ["--segment-classes", path("segments"), "--top-labels", "1"])
            #expect(named.status == 0, "\(named.errors)")
            // The same segments, each with one class.
            let withClasses = try DetectionFile.read(path("found.json")).detections
            #expect(Set(withClasses.labels).isSubset(of: ["run", "jump"]))
            #expect(Set(withClasses.map { "\($0.video) \($0.segment)" }) == segmentsFound)
            #expect(withClasses.count == withoutClasses.count)
            let missing = try Program.run(detect + ["--segment-classes", path("run")])
            #expect(missing.status == 1 && missing.errors.contains("tal recognize"))
            #expect(try Program.run(detect + ["--segment-classes", path("segments"), "--proposals"]).status == 2)

            let one = #"{"results": {"video_4": [{"label": "run", "score": 1}]}}"#
            try Data(one.utf8).write(to: URL(fileURLWithPath: path("one.json")))
            let partial = try Program.run(detect + ["--class-scores", path("one.json")])
            #expect(partial.status == 3 && partial.errors.contains("video_5"))
            #expect(partial.errors.contains("jump"))
            #expect(try DetectionFile.read(path("found.json")).detections.labels == ["run"])
        }
    }
}
