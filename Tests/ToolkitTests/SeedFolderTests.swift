import Foundation
import Localization
import Tensors
import TestSupport
import Testing
import Threads

@testable import Toolkit

@Suite("a training run for each of several seeds")
struct SeedFolderTests {
    /// A job of two seeds that trains for one step on two videos.
    private static func job(in folder: URL) throws -> TrainingJob {
        func write(_ text: String, _ name: String) throws -> String {
            let file = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            return file.path
        }
        let features = folder.appendingPathComponent("features")
        try FileManager.default.createDirectory(at: features, withIntermediateDirectories: true)
        var videos: [String] = []
        for name in ["a", "b"] {
            try NpyFile.write(
                Tensor((0..<16).map { Float($0 % 3) }, shape: [8, 2]), to: features.path + "/\(name).npy")
            videos.append(
                #""\#(name)": {"subset": "training", "duration": 8, "annotations": [{"label": "run", "segment": [2, 5]}]}"#
            )
        }
        _ = try write(#"{"*": {"fps": 8, "stride_frames": 8, "window_frames": 8}}"#, "features/grid.json")
        let head = """
            head: temporalmaxer
            temporalmaxer: {maximum_length: 16, channels: 4, neck_channels: 4, head_channels: 4, branch_blocks: 1, \
            regression_ranges: [[0, 4], [4, 10000]]}
            training: {training_subset: training, validation_subset: "", epochs: 1, warmup_epochs: 0, batch_size: 2}
            """
        var job = TrainingJob(
            configuration: try write(head, "head.yaml"), features: [features.path],
            annotations: [try write(#"{"database": {\#(videos.joined(separator: ","))}}"#, "annotations.json")],
            output: folder.appendingPathComponent("runs").path)
        job.seeds = [1, 2]
        job.hasSeedFolders = true
        return job
    }

    @Test("replacing the runs deletes those of all seeds at the start, so that resuming takes none of them")
    func replacedAndInterrupted() throws {
        try TemporaryFolder.with { folder in
            var job = try Self.job(in: folder)
            #expect(try job.run().runs.count == 2)
            let runs = ["seed-1", "seed-2"].map { RunFolder(job.output + "/" + $0) }
            #expect(runs.map(\.isUsed) == [true, true])
            job.overwrites = true
            let flag = CancellationFlag()
            flag.request()
            let report = try job.run(cancellation: flag)
            #expect(report.interrupted?.folder == runs[0].path && report.runs.isEmpty)
            #expect(runs[0].isUsed && !runs[1].isUsed)
            #expect(!FileManager.default.fileExists(atPath: runs[1].weights))
            #expect(!FileManager.default.fileExists(atPath: job.output + "/seeds.json"))
            job.overwrites = false
            job.resumes = true
            #expect(try job.run().runs.map(\.folder) == runs.map(\.path))
            #expect(FileManager.default.fileExists(atPath: job.output + "/seeds.json"))
        }
    }

    @Test("a run of a later seed is refused before the first seed is trained")
    func laterSeedIsThere() throws {
        try TemporaryFolder.with { folder in
            var job = try Self.job(in: folder)
            job.seeds = [2]
            _ = try job.run()
            job.seeds = [1, 2]
            let error = #expect(throws: LocalizationError.self) { try job.run() }
            #expect(try "\(#require(error))".contains("seed-2: holds a run already"))
            #expect(!RunFolder(job.output + "/seed-1").isUsed)
            let files = try FileManager.default.contentsOfDirectory(atPath: job.output + "/seed-2")
            #expect(!files.contains("lock"))
        }
    }
}
