import Evaluation
import Files
import Foundation
import ShapeWorld
import TestSupport
import Testing
import Threads

@testable import Toolkit

@Suite("the demo")
struct DemoJobTests {
    /// A few seconds of work: nothing is learned.
    private static func tiny(_ folder: URL) -> DemoJob {
        var job = DemoJob(output: folder.appendingPathComponent("demo").path)
        job.world.trainingCount = 2
        job.world.validationCount = 1
        job.world.testCount = 1
        job.world.seconds = 5
        job.world.size = 32
        job.assignments = ["training.epochs=1", "training.warmup_epochs=1"]
        job.methods = [.frameDifference, .chance]
        return job
    }

    private static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// The lines that a run says of its stages.
    private static func said(_ job: DemoJob) throws -> (DemoReport, [String]) {
        let lines = Lines()
        let report = try job.run(JobEvents { if case .message(let text) = $0 { lines.add(text) } })
        return (report, lines.all.filter { $0.hasPrefix("— ") || $0.contains("made before") })
    }

    private final class Lines: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []
        func add(_ text: String) { lock.withLock { texts.append(text) } }
        var all: [String] { lock.withLock { texts } }
    }

    @Test("all stages run, every file has its name, and the figures are those of the files")
    func everything() throws {
        try TemporaryFolder.with { folder in
            var job = Self.tiny(folder)
            job.methods = DemoMethod.allCases
            let (report, lines) = try Self.said(job)
            #expect(
                report.stages.map(\.name) == [
                    "generate videos", "extract (svilm-tiny)", "train (svilm-tiny, seed 1)",
                    "detect (svilm-tiny, seed 1)",
                    "extract (frame-difference)", "train (frame-difference, seed 1)",
                    "detect (frame-difference, seed 1)", "extract (random)", "train (random, seed 1)",
                    "detect (random, seed 1)",
                ])
            #expect(lines == report.stages.map { "— \($0.name)" })
            for name in [
                "videos/test_0000.mp4", "annotations.json", "svilm-tiny.h5", "run-svilm-tiny-1/model.safetensors",
                "run-svilm-tiny-1/encoder.safetensors", "run-svilm-tiny-1/text.safetensors",
                "svilm-tiny-1.detections.json", "svilm-tiny-1.result.json", "frame-difference-1.detections.json",
                "random-1.result.json", "chance-1.detections.json", "chance-1.result.json",
            ] {
                #expect(FileManager.default.fileExists(atPath: job.output + "/" + name), "\(name)")
            }
            #expect(!FileManager.default.fileExists(atPath: job.output + "/run-random-1/encoder.safetensors"))
            #expect(report.exampleVideo == job.output + "/videos/test_0000.mp4")
            #expect(report.evaluations.map(\.method) == DemoMethod.allCases)
            for evaluation in report.evaluations {
                #expect(evaluation.result.evaluationProtocol.name == "demo")
                #expect(evaluation.result.counts.groundTruthVideos == 1)
                let read = try JSONSerialization.jsonObject(with: Self.bytes(evaluation.path)) as? [String: Any]
                #expect(read?["average_map"] as? Double == evaluation.result.averageMAP)
                let average = try #require(report.averageMAP(of: evaluation.method))
                #expect(average.mean == evaluation.result.averageMAP && average.halfRange == 0)
            }
            // The run holds its encoder.
            let detector = try ActionDetector(run: report.files.run(of: .pretrained, seed: 1))
            #expect(!detector.usesRandomWeights)
        }
    }

    @Test("the same demo goes on: videos stay, a further seed is added, the bytes are the same")
    func goesOn() throws {
        try TemporaryFolder.with { folder in
            var job = Self.tiny(folder)
            let first = try Self.said(job).0
            let paths = [
                first.files.features(of: .frameDifference), first.evaluations[0].path, first.evaluations[1].path,
            ]
            let before = try paths.map(Self.bytes)
            let written =
                try FileManager.default.attributesOfItem(atPath: first.exampleVideo)[.modificationDate] as? Date
            let detections = first.evaluations.map { first.files.detections(of: $0.method, seed: 1) }
            let again = try Self.said(job)
            #expect(again.1.filter { $0.contains("made before") }.count == 3)
            #expect(
                !again.1.contains { $0.hasPrefix("— detect") }
                    && again.0.evaluations.map(\.result) == first.evaluations.map(\.result))
            // What it was made from is newer: the detections are made again.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: 3600)],
                ofItemAtPath: first.files.run(of: .frameDifference, seed: 1) + "/model.safetensors")
            try Data().write(to: URL(fileURLWithPath: detections[0]))
            #expect(try Self.said(job).1.contains("— detect (frame-difference, seed 1)"))
            job.seeds = [1, 2]
            let (second, lines) = try Self.said(job)
            #expect(lines.first == "\(second.files.videos): made before")
            #expect(try paths.map(Self.bytes) == before)
            let now = try FileManager.default.attributesOfItem(atPath: second.exampleVideo)[.modificationDate] as? Date
            #expect(written == now)
            #expect(second.evaluations.map(\.seed) == [1, 2, 1, 2])
            let values = second.evaluations.filter { $0.method == .chance }.map(\.result.averageMAP)
            let average = try #require(second.averageMAP(of: .chance))
            #expect(average.mean == (values[0] + values[1]) / 2)
            #expect(average.halfRange == abs(values[0] - values[1]) / 2)
            #expect(second.averageMAP(of: .random) == nil)
        }
    }

    @Test("a demo with other settings is refused, and replaced where that is asked for")
    func otherSettings() throws {
        try TemporaryFolder.with { folder in
            var job = Self.tiny(folder)
            job.methods = [.chance]
            _ = try job.run()
            job.world.testCount = 2
            let error = #expect(throws: ToolkitError.self) { try job.run() }
            #expect(try "\(#require(error))".contains("holds a demo with other settings"))
            // An empty mark, as the script of version 0.1 left it.
            try Data().write(to: URL(fileURLWithPath: job.output + "/.tal-demo"))
            #expect(throws: ToolkitError.self) { try job.run() }
            try Data("x".utf8).write(to: URL(fileURLWithPath: job.output + "/old"))
            job.replaces = true
            #expect(try job.run().evaluations[0].result.counts.groundTruthVideos == 2)
            #expect(!FileManager.default.fileExists(atPath: job.output + "/old"))
        }
    }

    @Test("a folder with other files is never touched")
    func foreignFolder() throws {
        try TemporaryFolder.with { folder in
            try Data("x".utf8).write(to: folder.appendingPathComponent("mine"))
            var job = Self.tiny(folder)
            job.output = folder.path
            job.replaces = true
            let error = #expect(throws: ToolkitError.self) { try job.run() }
            #expect(try "\(#require(error))".contains("is no folder of a demo"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mine"])
        }
    }

    @Test("a demo that is asked to end says so, and the next call does the rest")
    func interrupted() throws {
        try TemporaryFolder.with { folder in
            let job = Self.tiny(folder)
            let flag = CancellationFlag()
            // In the midst of the first of two epochs.
            let events = JobEvents { event in
                if case .progress(let progress) = event, progress.stage == "train" { flag.request() }
            }
            #expect(throws: WorkInterrupted.self) { try job.run(events, cancellation: flag) }
            let report = try job.run()
            #expect(report.evaluations.count == 2)
            var other = job
            other.output = folder.appendingPathComponent("other").path
            let whole = try other.run()
            #expect(report.evaluations.map(\.result.averageMAP) == whole.evaluations.map(\.result.averageMAP))
            let weights = "run-frame-difference-1/model.safetensors"
            #expect(try Self.bytes(job.output + "/" + weights) == Self.bytes(other.output + "/" + weights))
        }
    }
}
