import Foundation
import Tensors
import TestSupport
import Testing

/// Programs that `mpirun` starts as several ranks on this machine.
enum MPI {
    static let isPresent = (try? RunProcess.run("mpirun", ["--version"]).status) == 0

    /// Tests may run as root, in a container, and on fewer processors than ranks.
    static let environment = [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
    ]

    static func start(_ ranks: Int, _ arguments: [String]) throws -> RunProcess {
        try RunProcess("mpirun", ["-n", "\(ranks)", Program.url.path] + arguments, environment: environment)
    }

    static func run(_ ranks: Int, _ arguments: [String]) throws -> RunProcess.Result {
        try start(ranks, arguments).finish()
    }
}

@Suite("Ranks: what mpirun starts", .enabled(if: MPI.isPresent, "mpirun is not installed"), .serialized)
struct RankTests {
    @Test(
        "sums and messages arrive on all ranks",
        arguments: [(2, "none"), (3, "none"), (2, "bfloat16"), (3, "bfloat16")])
    func exchange(ranks: Int, compression: String) throws {
        let run = try MPI.run(
            ranks,
            ["benchmark", "exchange", "--megabytes", "8", "--bucket-megabytes", "2", "--compression", compression])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Open MPI"))
        // Only the first rank speaks.
        #expect(run.output.components(separatedBy: "sent by each rank").count == 2, "\(run.output)")
    }

    @Test("a step can be measured on several ranks, with and without overlap", arguments: [[], ["--without-overlap"]])
    func trainStep(options: [String]) throws {
        let run = try MPI.run(
            2,
            [
                "benchmark", "train-step", "--config", Checkout.url("configs/heads/actionformer-demo.yaml").path,
                "--batch",
                "2", "--length", "32", "--input-channels", "8", "--compression", "bfloat16",
            ] + options)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.components(separatedBy: "seconds, median").count == 2, "\(run.output)")
    }

    @Test("an error that all ranks meet is said once")
    func sameError() throws {
        let run = try MPI.run(2, ["benchmark", "exchange", "--megabytes", "0"])
        #expect(run.status == 2)
        #expect(run.errors.components(separatedBy: "tal: ").count == 2, "\(run.errors)")
    }

    // MARK: - Training

    /// Eight videos to train on, in batches of four.
    private static func write(in folder: URL, _ change: String = "") throws {
        try ClassScoreCommandTests.writeData(in: folder, videos: 16)
        let config = """
            head: actionformer
            class_agnostic: true
            actionformer: {maximum_length: 64, channels: 16, neck_channels: 16, head_channels: 16, heads: 2, windows: [5],
              branch_blocks: 2, regression_ranges: [[0, 4], [4, 8], [8, 10000]], initial_normalizer: 10, drop_path: 0.2}
            training: {warmup_epochs: 1, epochs: 25, batch_size: 4, optimizer: {learning_rate: 0.005}, average_decay: 0.9,
              evaluation_interval: 5, seed: 3\(change)}
            """
        try Data(config.utf8).write(to: folder.appendingPathComponent("config.yaml"))
    }

    private static func arguments(_ folder: URL, _ run: String, threads: Int, features: String = "features") -> [String]
    {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        return [
            "train", "--config", path("config.yaml"), "--features", path(features), "--annotations",
            path("annotations.json"), "--out", path(run), "--threads", "\(threads)",
        ]
    }

    /// Lines of `metrics.jsonl` without their times.
    private static func metrics(_ folder: URL, _ run: String) throws -> [[String: Double]] {
        try String(contentsOf: folder.appendingPathComponent(run + "/metrics.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
                return object.filter { $0.key != "seconds" }.compactMapValues { ($0 as? NSNumber)?.doubleValue }
            }
    }

    /// Starts ranks that first write down which process they are.
    private static func startWatched(_ ranks: Int, _ folder: URL, _ arguments: [String]) throws -> RunProcess {
        let script = #"echo $$ > "$0/pid.$OMPI_COMM_WORLD_RANK"; exec "$@""#
        return try RunProcess(
            "mpirun", ["-n", "\(ranks)", "sh", "-c", script, folder.path, Program.url.path] + arguments,
            environment: MPI.environment)
    }

    private static func process(_ folder: URL, rank: Int) throws -> pid_t {
        let text = try String(contentsOf: folder.appendingPathComponent("pid.\(rank)"), encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    private static func wait(_ process: RunProcess, until condition: () -> Bool) {
        while process.isRunning, !condition() { usleep(10_000) }
    }

    @Test("two ranks come to the losses and the mAP of one process, and ended ones go on alone or as others")
    func training() throws {
        try TemporaryFolder.with { folder in
            try Self.write(in: folder)
            let alone = try Program.run(Self.arguments(folder, "alone", threads: 2) + ["--quiet"])
            try #require(alone.status == 0, "\(alone.errors)")
            let together = try MPI.run(2, Self.arguments(folder, "together", threads: 1))
            try #require(together.status == 0, "\(together.errors)")
            #expect(together.errors.contains("2 ranks train one head"))
            #expect(together.output.components(separatedBy: "weights of epoch").count == 2, "\(together.output)")
            let expected = try Self.metrics(folder, "alone")
            #expect(expected.count == 26 && expected.contains { $0["average_map"] != nil })
            try Self.compare(folder, "together", expected)

            // Both ranks end after the same step where one of them is asked to.
            let metrics = folder.appendingPathComponent("ended/metrics.jsonl").path
            let first = try Self.startWatched(2, folder, Self.arguments(folder, "ended", threads: 1))
            Self.wait(first) { (try? String(contentsOfFile: metrics, encoding: .utf8))?.isEmpty == false }
            kill(try Self.process(folder, rank: 1), SIGTERM)
            let end = try first.finish()
            #expect(end.status == 130, "\(end.errors)")
            #expect(end.errors.components(separatedBy: "tal: interrupted; ").count == 2, "\(end.errors)")
            #expect(end.errors.contains(" of 52 steps are kept in "))
            // A rank that is killed ends the other one; what was kept is there.
            let second = try Self.startWatched(2, folder, Self.arguments(folder, "ended", threads: 1) + ["--resume"])
            let before = try Self.metrics(folder, "ended").count
            Self.wait(second) { ((try? Self.metrics(folder, "ended").count) ?? 0) > before }
            kill(try Self.process(folder, rank: 1), SIGKILL)
            let killed = try second.finish()
            #expect(killed.status != 0)
            #expect(!killed.errors.contains("tal: rank"), "\(killed.errors)")
            // One process goes on with the batches of two.
            let rest = try Program.run(Self.arguments(folder, "ended", threads: 2) + ["--resume", "--quiet"])
            #expect(rest.status == 0, "\(rest.errors)")
            try Self.compare(folder, "ended", expected)
        }
    }

    private static func compare(_ folder: URL, _ run: String, _ expected: [[String: Double]]) throws {
        let found = try metrics(folder, run)
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) {
            #expect(a.keys.sorted() == b.keys.sorted())
            for key in ["loss", "classification", "regression"] {
                if let loss = a[key], let other = b[key] { #expect(abs(loss - other) <= 1e-5 * max(1, abs(other))) }
            }
            #expect(a["average_map"] == b["average_map"])
        }
    }

    @Test("rounded gradients train nearly as well, and the setting is one of the run")
    func compression() throws {
        try TemporaryFolder.with { folder in
            try Self.write(in: folder)
            for (run, value) in [("plain", "none"), ("rounded", "bfloat16")] {
                let set = ["--set", "training.gradient_compression=\(value)", "--set", "training.epochs=5", "--quiet"]
                let result = try MPI.run(2, Self.arguments(folder, run, threads: 1) + set)
                #expect(result.status == 0, "\(result.errors)")
            }
            let (plain, rounded) = (try Self.metrics(folder, "plain"), try Self.metrics(folder, "rounded"))
            let losses = zip(plain, rounded).map { ($0["loss"] ?? 0, $1["loss"] ?? 0) }
            #expect(losses.count == 6 && losses.allSatisfy { abs($0 - $1) < 0.05 * $0 })
            #expect(losses.contains { $0 != $1 })
        }
    }

    @Test("ranks with other settings, data or features are refused, with the values of both")
    func differences() throws {
        try TemporaryFolder.with { folder in
            try Self.write(in: folder)
            let short = folder.appendingPathComponent("short")
            try FileManager.default.copyItem(at: folder.appendingPathComponent("features"), to: short)
            let file = short.appendingPathComponent("video_1.npy").path
            try NpyFile.write(.zeros([47, 6]), to: file)
            let plain = Self.arguments(folder, "run", threads: 1)
            for (other, problem) in [
                (plain + ["--set", "training.batch_size=2"], "training.batch_size is 2 on rank 1 and 4 on rank 0"),
                (Self.arguments(folder, "run", threads: 1, features: "short"), "the training subset is 8 videos with"),
            ] {
                let run = try RunProcess.run(
                    "mpirun", ["-n", "1", Program.url.path] + plain + [":", "-n", "1", Program.url.path] + other,
                    environment: MPI.environment)
                #expect(run.status == 1)
                #expect(
                    run.errors.contains("tal: rank 0 of 2: the ranks do not train the same: \(problem)"),
                    "\(run.errors)")
                #expect(run.errors.components(separatedBy: "do not train the same").count == 2, "\(run.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run").path))
            }
            // What only one rank meets ends both.
            let missing = Self.arguments(folder, "run", threads: 1, features: "nowhere")
            let run = try RunProcess.run(
                "mpirun", ["-n", "1", Program.url.path] + plain + [":", "-n", "1", Program.url.path] + missing,
                environment: MPI.environment)
            #expect(run.status == 1)
            #expect(run.errors.contains("tal: rank 1 of 2: ") && run.errors.contains("nowhere"), "\(run.errors)")
        }
    }

    @Test("two ranks pre-train as one process")
    func pretraining() throws {
        try TemporaryFolder.with { folder in
            func arguments(_ run: String) -> [String] {
                [
                    "pretrain", "--config", Checkout.url("configs/pretrain/svilm-tiny.yaml").path, "--out",
                    folder.appendingPathComponent(run).path, "--threads", "1",
                ]
                    + [
                        "steps=3", "warmup_steps=1", "batch_size=4", "chunk_size=1", "validation_steps=3",
                        "validation_clips=2",
                    ].flatMap { ["--set", $0] }
            }
            let alone = try Program.run(arguments("alone") + ["--quiet"])
            try #require(alone.status == 0, "\(alone.errors)")
            let together = try MPI.run(2, arguments("together"))
            try #require(together.status == 0, "\(together.errors)")
            #expect(together.errors.contains("2 ranks train one model"))
            let (expected, found) = (try Self.metrics(folder, "alone"), try Self.metrics(folder, "together"))
            #expect(expected.count == 3 && found.count == 3)
            for (a, b) in zip(found, expected) {
                #expect(a.keys.sorted() == b.keys.sorted())
                let loss = a.keys.filter { $0.contains("loss") || $0 == "total" }
                #expect(!loss.isEmpty)
                for key in loss { #expect(abs((a[key] ?? 0) - (b[key] ?? 1)) < 1e-5, "\(key)") }
            }
        }
    }
}
