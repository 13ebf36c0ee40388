import Features
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("Scores over the time")
struct ScoreCurveTests {
    private static let grid = SnippetGrid(frameRateNumerator: 25, strideFrames: 4, windowFrames: 16)
    private static let content = ScoreCurveContent(kind: .scores, classes: ["run", "jump"], model: "actionformer")

    /// The logit of a score.
    private static func logit(_ score: Float) -> Float { log(score / (1 - score)) }

    @Test("of each level the nearest point counts, and of the levels the highest score")
    func pyramid() {
        // The second item of a batch: 5 positions of 8; the second level has points at 0, 2 and 4.
        let fine: [Float] = [0.1, 0.2, 0.3, 0.4, 0.5], coarse: [Float] = [0.35, 0.25, 0.45]
        func level(_ scores: [Float], _ length: Int) -> Tensor {
            let others = [Float](repeating: 9, count: length)
            let item = scores + [Float](repeating: 0.99, count: length - scores.count)
            return Tensor(others + item.map(Self.logit), shape: [2, length, 1])
        }
        let points = PointPredictions(
            logits: [level(fine, 8), level(coarse, 4)], offsets: [],
            masks: [
                SequenceMask(lengths: [8, 5], paddedLength: 8), SequenceMask(lengths: [4, 3], paddedLength: 4),
            ])
        let levels = PointGenerator(strides: [1, 2], ranges: [(0, 4), (4, 100)]).levels(length: 8)
        let best = points.bestScores(item: 1, length: 5, levels: levels)
        #expect(best.shape == [5, 1])
        // Position 1 lies between the points at 0 and 2; the later one counts. 3 is nearest to 4.
        for (ours, expected) in zip(best.elements, [0.35, 0.25, 0.3, 0.45, 0.5] as [Float]) {
            #expect(abs(ours - expected) < 1e-6)
        }
    }

    @Test("of segments the best that covers a position counts")
    func segments() {
        let proposals = Proposals(
            starts: [-0.5, 1.2, 2.5, 1.1], ends: [1.5, 3, 9, 1.9], scores: [0.3, 0.6, 0.5, 1], labels: [0, 0, 1, 1])
        let best = proposals.bestScores(length: 5, classes: 2)
        #expect(best.elements == [0.3, 0, 0.3, 0, 0.6, 0, 0.6, 0.5, 0, 0.5])
    }

    @Test("segments whose boundaries are no numbers, or far outside, do no harm")
    func oddSegments() {
        let proposals = Proposals(
            starts: [.nan, 0, -.infinity, -1e30], ends: [2, .nan, 1, 1e30], scores: [0.9, 0.8, 0.7, 0.2],
            labels: [0, 0, 0, 0])
        #expect(proposals.bestScores(length: 2, classes: 1).elements == [0.2, 0.2])
    }

    @Test("class-agnostic heads have one curve, the best score of the segments of their map")
    func maps() throws {
        var settings = BMNSettings()
        (settings.maximumLength, settings.maximumDuration, settings.channels) = (16, 12, 16)
        (settings.positions, settings.samplesPerPosition, settings.sampledChannels) = (8, 2, 16)
        (settings.proposalChannels, settings.mapChannels) = (16, 8)
        var generator = RandomGenerator(seed: 1)
        let head = try BMN(settings, featureChannels: 8, using: &generator)
        let sample = Sample(video: "v", features: .normal([11, 8], using: &generator), grid: Self.grid)
        let output = head.forward(SequenceBatch([sample], padding: head.paddedLength(for: 11)), on: nil)
        let curve = try #require(head.scoreCurves(output, lengths: [11]).first)
        #expect(curve.shape == [11, 1])
        // The lower bounds are out of the way: all segments take part.
        var all = PostProcessingSettings()
        (all.scoreThreshold, all.proposalsPerLevel) = (0, 100_000)
        let proposals = head.proposals(output, settings: all)[0]
        for position in 0..<11 {
            let covering = proposals.scores.indices.filter {
                proposals.starts[$0] <= Float(position) && proposals.ends[$0] >= Float(position)
            }
            #expect(curve[position, 0] == covering.map { proposals.scores[$0] }.max())
        }
    }

    private static func model() throws -> TrainedModel {
        try SmallModel.actionFormer(labels: ["run", "jump"]) {
            $0.actionformer.maximumLength = 16
            $0.window.policy = .sliding
            $0.window.overlap = 0.5
        }
    }

    @Test("windows that overlap give the higher score, and what is found stays the same")
    func windows() throws {
        let detector = Detector(try Self.model())
        var generator = RandomGenerator(seed: 7)
        let features = FeatureSequence(video: "v", features: .normal([24, 6], using: &generator), grid: Self.grid)
        let (raw, curves) = try detector.response(to: features, keepsCurves: true)
        #expect(try detector.rawProposals(in: features) == raw)
        let found = try #require(curves)
        #expect(found.features.shape == [24, 2] && found.grid == Self.grid)
        // Windows of 16 begin at 0 and at 8.
        let parts = try [0, 8].map { first in
            let rows = SamplePreparation.rows(first..<(first + 16), of: features.features)
            let part = FeatureSequence(video: "v", features: rows, grid: Self.grid)
            return try #require(detector.response(to: part, keepsCurves: true).curves).features
        }
        for position in 0..<24 {
            for label in 0..<2 {
                let values = [0, 1].compactMap { part -> Float? in
                    let place = position - 8 * part
                    return (0..<16).contains(place) ? parts[part][place, label] : nil
                }
                #expect(found.features[position, label] == values.max())
            }
        }
        #expect(try detector.response(to: features, keepsCurves: false).curves == nil)
    }

    private static func write(
        _ videos: [String], to path: String, value: Float = 0.25, content: ScoreCurveContent = content
    ) throws {
        let writer = try ScoreCurveWriter(path, content: content, weightsSHA256: "ab", precision: .float32)
        for video in videos {
            try writer.write(
                FeatureSequence(
                    video: video, features: Tensor([0.5, value, 0.125, 1], shape: [2, 2]), grid: grid,
                    durationSeconds: 3))
        }
        try writer.close()
    }

    @Test("a file gives back what was written, and goes on with the same model only")
    func roundTrip() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.curves.h5").path
            try Self.write(["b", "a/c"], to: path)
            try Self.write(["b"], to: path, value: 0.75)
            let file = try ScoreCurveFile(path: path)
            #expect(file.content == Self.content && file.videos == ["a/c", "b"])
            let curves = try file.curves(of: "b")
            #expect(curves.features.elements == [0.5, 0.75, 0.125, 1])
            #expect(curves.grid == Self.grid && curves.durationSeconds == 3)
            #expect(try file.curves(of: "a/c").features.elements == [0.5, 0.25, 0.125, 1])
            var other = Self.content
            other.classes = ["run", "walk"]
            #expect { try Self.write(["b"], to: path, content: other) } throws: {
                "\($0)".contains("\(path): was made with other settings") && "\($0)".contains("remove this one")
            }
        }
    }

    @Test("positions at the edges of snippets keep their times")
    func edges() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.h5").path
            let writer = try ScoreCurveWriter(path, content: Self.content, weightsSHA256: "", precision: .float32)
            var curves = FeatureSequence(
                video: "v", features: Tensor(repeating: 0.5, shape: [3, 2]), grid: Self.grid, durationSeconds: 3)
            curves.grid.windowFrames = 0
            try writer.write(curves)
            try writer.close()
            let read = try ScoreCurveFile(path: path).curves(of: "v").grid
            #expect(abs(read.seconds(at: 2) - 0.32) < 1e-6)
        }
    }

    @Test("other files, other shapes, numbers that are none and torn files are one clear error")
    func broken() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            func store(_ name: String, _ origin: FeatureOrigin, _ values: [Float], channels: Int) throws -> String {
                let writer = try FeatureStoreWriter(path(name), origin: origin)
                try writer.write(
                    FeatureSequence(
                        video: "v", features: Tensor(values, shape: [values.count / channels, channels]),
                        grid: Self.grid))
                try writer.close()
                return path(name)
            }
            let motion = FeatureOrigin(encoder: "motion", encoderConfiguration: "{}", weightsSHA256: "")
            let features = try store("features.h5", motion, [1, 2], channels: 2)
            #expect { try ScoreCurveFile(path: features) } throws: {
                "\($0)" == "\(features): holds features of the encoder 'motion'; expected score curves"
            }
            #expect(throws: FeatureError.self) { try Self.write(["v"], to: features) }
            #expect { try ScoreCurveWriter.check(features) } throws: { "\($0)".contains("expected score curves") }
            #expect { try ScoreCurveWriter.check("-") } throws: { "\($0)".contains("must be a file") }
            try ScoreCurveWriter.check(path("new.h5"))
            #expect(!FileManager.default.fileExists(atPath: path("new.h5")))
            let origin = Self.content.origin(weightsSHA256: "", precision: nil)
            let wide = try store("wide.h5", origin, [1, 2, 3], channels: 3)
            #expect { try ScoreCurveFile(path: wide).curves(of: "v") } throws: {
                "\($0)" == "\(wide): video 'v' has 3 values a moment, and the file names 2 classes"
            }
            let infinite = try store("infinite.h5", origin, [1, .infinity], channels: 2)
            #expect { try ScoreCurveFile(path: infinite).curves(of: "v") } throws: {
                "\($0)".contains("\(infinite): video 'v' cannot be read: row 0, channel 1 is not a finite number")
            }
            let data = try Data(contentsOf: URL(fileURLWithPath: wide))
            try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path("torn.h5")))
            #expect { try ScoreCurveFile(path: path("torn.h5")) } throws: {
                "\($0)".hasPrefix("\(path("torn.h5")): cannot be read as score curves: ")
            }
            #expect { try ScoreCurveFile(path: path("none.h5")) } throws: { "\($0)".contains(path("none.h5")) }
        }
    }
}
