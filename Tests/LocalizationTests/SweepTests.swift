import Annotations
import Configuration
import Features
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("Settings tried on kept proposals")
struct SweepTests {
    /// A run folder with a head of random weights, and features.
    private static func withRun<Result>(
        _ body: (_ run: RunFolder, _ features: MemoryFeatures, _ folder: URL) throws -> Result
    ) throws -> Result {
        try TemporaryFolder.with { folder in
            var generator = RandomGenerator(seed: 8)
            let features = MemoryFeatures(
                ["a", "b", "empty"].map { name in
                    FeatureSequence(
                        video: name, features: .normal([name == "empty" ? 1 : 70, 3], using: &generator),
                        grid: DatasetTests.grid, durationSeconds: 70)
                })
            let run = RunFolder(folder.appendingPathComponent("run").path)
            var model = try VideoScoreTests.model(labels: ["x", "y"], classAgnostic: false)
            // Two windows of the videos with 70 features.
            model.settings.window.policy = .sliding
            try run.save(model)
            return try body(run, features, folder)
        }
    }

    private static func keep(
        _ run: RunFolder, _ features: MemoryFeatures, in folder: URL, overrides: [String] = []
    ) throws -> (detector: Detector, file: RawProposalFile) {
        let model = try run.load(overrides: overrides)
        let path = folder.appendingPathComponent("raw").path
        let writer = try RawProposalWriter(model, path: path)
        let failures = try Detector(model).writeProposals(of: features.videos, in: features, to: writer)
        #expect(failures.isEmpty)
        try writer.finish()
        return (Detector(model), try RawProposalFile(path: path))
    }

    @Test("proposals come back as they were, and give the same detections")
    func roundTrip() throws {
        try Self.withRun { run, features, folder in
            let (detector, file) = try Self.keep(run, features, in: folder)
            #expect(file.videos == ["a", "b", "empty"])
            for video in file.videos {
                let sequence = try features.sequence(for: video)
                let raw = try detector.rawProposals(in: sequence)
                let direct = try detector.detections(in: sequence)
                #expect(try file.proposals(of: video) == raw)
                #expect(try detector.detections(from: file.proposals(of: video)) == direct)
                #expect(video == "empty" || !direct.isEmpty)
            }
            let writer = try RawProposalWriter(detector.model, path: folder.appendingPathComponent("again").path)
            let kept = try detector.detections(of: features.videos, in: features, keepingRawIn: writer)
            try writer.finish()
            let plain = detector.detections(of: features.videos, in: features)
            #expect(try kept.map { try $0.get() } == plain.map { try $0.get() })
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("again"))
                    == Data(contentsOf: folder.appendingPathComponent("raw")))
        }
    }

    @Test("every combination gives what detection with its settings gives")
    func exactness() throws {
        try Self.withRun { run, features, folder in
            let (detector, file) = try Self.keep(run, features, in: folder)
            var grid = SettingsGrid()
            try grid.add("suppression.method=gaussian,hard")
            try grid.add("post_processing.score_threshold=0,0.01")
            try grid.add("maximum_proposals=0,5")
            try grid.add("length_limit=null,9")
            try grid.add("suppresses_windows=false,true")
            let sweep = try PostProcessingSweep(grid, run: run)
            #expect(sweep.grid.count == 32)
            // Stands for an evaluation: a number that depends on everything in the detections.
            let digest: @Sendable (DetectionTable) -> Double = { table in
                table.enumerated().reduce(0) { sum, item in
                    sum + Double(item.offset + 1) * (item.element.score + item.element.segment.start)
                        + item.element.segment.end + Double(item.element.label.utf8.first ?? 0)
                }
            }
            let outcomes = try sweep.run(file, with: detector, evaluate: digest)
            for (index, outcome) in outcomes.enumerated() {
                let direct = Detector(try run.load(overrides: sweep.grid.overrides(at: index)))
                var table = DetectionTable()
                for result in direct.detections(of: features.videos, in: features) {
                    for detection in try result.get() { table.append(detection) }
                }
                #expect(outcome.detectionCount == table.count, "\(outcome.values)")
                #expect(outcome.averageMAP == (table.isEmpty ? 0 : digest(table)), "\(outcome.values)")
            }
            #expect(Set(outcomes.map(\.averageMAP)).count > 8)
            let some = try sweep.run(file, with: detector, videos: ["a"], evaluate: digest)
            #expect(some[0].detectionCount < outcomes[0].detectionCount)
        }
    }

    @Test("what kept proposals cannot tell is refused with the fix")
    func refusals() throws {
        try Self.withRun { run, features, folder in
            func message(_ grid: String, _ file: RawProposalFile, _ detector: Detector) -> String {
                do {
                    var settings = SettingsGrid()
                    try settings.add(grid)
                    _ = try PostProcessingSweep(settings, run: run).run(file, with: detector, evaluate: { _ in 0 })
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            let (detector, file) = try Self.keep(
                run, features, in: folder, overrides: ["post_processing.score_threshold=0.01"])
            #expect(message("score_threshold=0.005,0.1", file, detector).contains("make it again"))
            let (limited, short) = try Self.keep(
                run, features, in: folder, overrides: ["post_processing.length_limit=9"])
            #expect(message("length_limit=8,null", short, limited).contains("make it again"))
            #expect(message("length_limit=8", short, limited) == "")
            #expect(message("proposals_per_level=10,20", file, detector).contains("maximum_proposals"))
            #expect(message("suppression.sigmo=1", file, detector).contains("sigma'?"))
            #expect(message("suppression.sigma=0", file, detector).contains("must be above 0"))
            let other = Detector(try VideoScoreTests.model(labels: ["x", "y"], classAgnostic: false, seed: 9))
            #expect(message("score_threshold=0.1", file, other).contains("another model"))
        }
    }
}
