import Annotations
import Files
import Foundation
import TestSupport
import Testing

@testable import Evaluation

struct EvaluatorTests {
    private func video(_ id: String, _ segments: [(Double, Double, String)]) -> AnnotatedVideo {
        AnnotatedVideo(
            id: id, subset: "test", duration: 100,
            segments: segments.map { LabelledSegment(segment: Segment(start: $0.0, end: $0.1), label: $0.2) })
    }

    private func detection(_ video: String, _ start: Double, _ end: Double, _ score: Double, _ label: String)
        -> Detection
    {
        Detection(video: video, label: label, segment: Segment(start: start, end: end), score: score)
    }

    private func settings(_ change: (inout EvaluationProtocol) -> Void = { _ in }) -> EvaluationProtocol {
        var settings = EvaluationProtocol()
        settings.name = "test"
        settings.subset = "test"
        settings.tiou = [0.5]
        change(&settings)
        return settings
    }

    @Test("the worked example of the ActivityNet rule")
    func workedExample() throws {
        let annotations = AnnotationSet(videos: [video("a", [(0, 10, "x"), (20, 30, "x")]), video("b", [(5, 6, "x")])])
        let detections = [
            detection("a", 0, 9, 0.9, "x"), detection("a", 1, 10, 0.8, "x"), detection("a", 21, 29, 0.7, "x"),
            detection("b", 5, 5.5, 0.6, "x"), detection("c", 0, 1, 0.95, "x"),
        ]
        let result = try evaluate(
            detections, against: annotations, protocol: settings { $0.tiou = [0.3, 0.4, 0.5, 0.6, 0.7] })
        for (value, expected) in zip(result.meanAveragePrecision, [0.6, 0.6, 0.6, 1.0 / 3, 1.0 / 3]) {
            #expect(abs(value - expected) < 1e-12)
        }
        #expect(result.counts.predictionsInUnlistedVideos.count == 1)
    }

    @Test(
        "times of predictions that are not seconds are said",
        arguments: [(1.0, nil), (1000, "milliseconds or frames"), (25, "milliseconds or frames"), (0.01, "fractions")])
    func unitsOfPredictions(scale: Double, expected: String?) throws {
        let segments = (1...6).map { (Double($0) * 15, Double($0) * 15 + 5, "x") }
        let annotations = AnnotationSet(videos: [video("a", segments)])
        let detections = segments.map { detection("a", $0.0 * scale, $0.1 * scale, 0.5, "x") }
        let result = try evaluate(detections, against: annotations, protocol: settings())
        #expect(
            result.counts.unitProblem.map { problem in expected.map(problem.contains) ?? false } ?? (expected == nil))
        #expect(result.warnings.contains { $0.contains("seconds are expected") } == (expected != nil))
        #expect(result.counts.predictionsPastEnd.count == (scale > 1 ? 6 : 0))
    }

    @Test("every oddity of predictions is counted and named")
    func countsOddities() throws {
        let annotations = AnnotationSet(videos: [
            video("a", [(0, 10, "x"), (0, 10, "x"), (4, 4, "x")]), video("b", []),
        ])
        let detections = [
            detection("a", 0, 10, 0.9, "x"), detection("a", 0, 10, .nan, "x"), detection("a", .infinity, 3, 1, "x"),
            detection("a", 5, 2, 0.5, "x"), detection("a", -1, 2, -0.5, "x"), detection("a", 0, 1, 0.5, "y"),
            detection("zz", 0, 1, 0.5, "x"),
        ]
        let counts = try evaluate(detections, against: annotations, protocol: settings()).counts
        #expect(counts.groundTruthSegments == 1)
        #expect(counts.duplicateGroundTruth.count == 1 && counts.emptyGroundTruth.count == 1)
        #expect(counts.nonFinitePredictions.count == 2)
        #expect(counts.unknownLabels == .init(count: 1, examples: ["y"]))
        #expect(counts.predictionsInUnlistedVideos == .init(count: 1, examples: ["zz"]))
        #expect(counts.predictionsWithoutLength.count == 1 && counts.predictionsBeforeZero.count == 1)
        #expect(counts.negativeScores.count == 1 && counts.videosWithoutPrediction.examples == ["b"])
        #expect(counts.predictions == 7 && counts.predictionsEvaluated == 4)
    }

    @Test("nothing in common is an error, not a 0")
    func refusesDisjointFiles() throws {
        let annotations = AnnotationSet(videos: [video("abc", [(0, 10, "x")])])
        #expect(throws: EvaluationError.noCommonVideo(predicted: "v_abc", expected: "abc")) {
            try evaluate([detection("v_abc", 0, 1, 1, "x")], against: annotations, protocol: settings())
        }
        #expect(throws: EvaluationError.noCommonLabel(predicted: "0", expected: "x")) {
            try evaluate([detection("abc", 0, 1, 1, "0")], against: annotations, protocol: settings())
        }
        #expect(throws: AnnotationsError.self) {
            try evaluate([], against: annotations, protocol: settings { $0.subset = "validation" })
        }
        let empty = AnnotationSet(videos: [video("abc", [])])
        #expect(throws: EvaluationError.self) { try evaluate([], against: empty, protocol: settings()) }
        #expect(throws: EvaluationError.self) {
            try evaluate([], against: annotations, protocol: .named("proposals"))
        }
        let none = try evaluate([], against: annotations, protocol: settings())
        #expect(none.averageMAP == 0 && none.warnings.count == 1)
    }

    @Test("a prediction that touches an ambiguous segment is no false positive")
    func ignoresAmbiguous() throws {
        let annotations = AnnotationSet(videos: [video("a", [(0, 10, "x"), (50, 60, "Ambiguous")])])
        let detections = [detection("a", 55, 70, 0.9, "x"), detection("a", 0, 10, 0.8, "x")]
        let plain = try evaluate(detections, against: annotations, protocol: settings())
        let ignoring = try evaluate(
            detections, against: annotations, protocol: settings { $0.ambiguousLabel = "Ambiguous" })
        #expect(plain.classes.map(\.label) == ["Ambiguous", "x"])
        #expect(plain.classes[1].averagePrecision == [0.5])
        #expect(ignoring.classes.map(\.label) == ["x"] && ignoring.averageMAP == 1)
        #expect(ignoring.counts.ambiguousSegments.count == 1)
    }

    @Test("excluded videos, limits and unlisted videos follow the protocol")
    func followsProtocol() throws {
        let annotations = AnnotationSet(videos: [video("a", [(0, 10, "x")]), video("b", [(0, 10, "x")])])
        let detections = [
            detection("a", 30, 40, 0.9, "x"), detection("a", 0, 10, 0.8, "x"), detection("b", 0, 10, 0.7, "x"),
            detection("c", 0, 10, 0.95, "x"),
        ]
        let excluding = try evaluate(
            detections, against: annotations,
            protocol: settings {
                $0.excludeVideos = ["b"]
                $0.unlistedVideos = .ignore
            })
        #expect(excluding.averageMAP == 0.5 && excluding.counts.groundTruthVideos == 1)
        #expect(excluding.counts.predictionsInExcludedVideos.count == 1 && excluding.counts.predictionsEvaluated == 2)
        let limited = try evaluate(
            detections, against: annotations, protocol: settings { $0.maxPredictionsPerVideo = 1 })
        #expect(limited.counts.predictionsBeyondLimit.count == 1 && limited.counts.predictionsEvaluated == 3)
        #expect(abs(limited.averageMAP - 0.5 / 3) < 1e-12)
    }

    @Test("Ego4D moment queries report Recall@1x and Recall@5x beside the mAP")
    func reportsRecallAtMultiples() throws {
        let annotations = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "clip", subset: "validation",
                segments: [
                    LabelledSegment(segment: Segment(start: 0, end: 10), label: "wash"),
                    LabelledSegment(segment: Segment(start: 20, end: 30), label: "wash"),
                ])
        ])
        let detections = [
            detection("clip", 0, 10, 0.9, "wash"), detection("clip", 0, 9, 0.8, "wash"),
            detection("clip", 20, 30, 0.7, "wash"),
        ]
        let result = try evaluate(detections, against: annotations, protocol: .named("ego4d-mq"))
        // Two segments, so the two best predictions are looked at: both lie on the first.
        #expect(result.topMultipleRecall.map { $0.meanRecall[4] } == [0.5, 1])
        let object = try Fixture.json(text: result.json.text())
        #expect((object["recall_at_kx"] as? [String: [String: Double]])?["1x"]?["0.50"] == 0.5)
    }

    @Test("names of thresholds have two decimals, more where needed")
    func namesThresholds() {
        #expect(EvaluationResult.thresholdNames([0.5, 0.8999999999999999, 1]) == ["0.50", "0.90", "1.00"])
        #expect(EvaluationResult.thresholdNames([0.5, 0.505]) == ["0.500", "0.505"])
    }

    @Test("the JSON has the agreed members and is read by another parser")
    func writesJSON() throws {
        let annotations = AnnotationSet(videos: [video("a", [(0, 10, "tab\t\"x\"")])])
        let result = try evaluate(
            [detection("a", 0, 10, 0.5, "tab\t\"x\"")], against: annotations,
            protocol: settings { $0.tiou = [0.5, 0.7] })
        let object = try Fixture.json(text: result.json.text())
        #expect(object["average_map"] as? Double == 1)
        #expect(object["map"] as? [String: Double] == ["0.50": 1, "0.70": 1])
        #expect(object["classes"] as? [String: [String: Double]] == ["tab\t\"x\"": ["0.50": 1, "0.70": 1]])
        #expect((object["counts"] as? [String: Any])?["ground_truth_segments"] as? Int == 1)
    }
}

struct EvaluationPropertyTests {
    private struct World {
        var annotations: AnnotationSet
        var detections: [Detection]
        var settings: EvaluationProtocol
    }

    /// A random data set with many equal scores.
    private func world(_ generator: inout SplitMix) -> World {
        let labels = ["x", "y", "z"]
        func segment() -> Segment {
            let start = Double(Int.random(in: 0..<40, using: &generator))
            return Segment(start: start, end: start + Double(Int.random(in: 1..<15, using: &generator)))
        }
        let videos = (0..<8).map { index in
            AnnotatedVideo(
                id: "v\(index)",
                segments: (0..<Int.random(in: index == 0 ? 1...4 : 0...4, using: &generator)).map { _ in
                    LabelledSegment(segment: segment(), label: labels.randomElement(using: &generator) ?? "x")
                })
        }
        let detections = (0..<150).map { _ in
            Detection(
                video: "v\(Int.random(in: 0..<9, using: &generator))",
                label: labels.randomElement(using: &generator) ?? "x", segment: segment(),
                score: Double(Int.random(in: 0..<10, using: &generator)) / 10)
        }
        var settings = EvaluationProtocol()
        settings.name = "property"
        settings.tiou = [0.3, 0.5, 0.7]
        settings.maxPredictionsPerVideo = 15
        return World(annotations: AnnotationSet(videos: videos), detections: detections, settings: settings)
    }

    @Test("the order of predictions and of annotations changes nothing")
    func isInvariantToOrder() throws {
        var generator = SplitMix(state: 5)
        for _ in 0..<30 {
            let world = world(&generator)
            let first = try evaluate(world.detections, against: world.annotations, protocol: world.settings)
            var shuffled = world.annotations
            shuffled.videos.shuffle(using: &generator)
            for index in shuffled.videos.indices { shuffled.videos[index].segments.shuffle(using: &generator) }
            let second = try evaluate(
                world.detections.shuffled(using: &generator), against: shuffled, protocol: world.settings)
            #expect(first.meanAveragePrecision == second.meanAveragePrecision)
            #expect(first.classes == second.classes)
        }
    }

    @Test("a prediction below all others never lowers recall or AP")
    func lastPredictionIsHarmless() throws {
        var generator = SplitMix(state: 6)
        for _ in 0..<30 {
            var world = world(&generator)
            world.settings.maxPredictionsPerVideo = nil
            let evaluator = try Evaluator(world.annotations, protocol: world.settings)
            let before = try evaluator.match(DetectionTable(world.detections))
            var added = world.detections[0]
            added.score = -1
            let after = try evaluator.match(DetectionTable(world.detections + [added]))
            for label in evaluator.classes {
                for threshold in world.settings.tiou.indices {
                    let first = before.precisionRecallCurve(label: label, threshold: threshold).last?.recall ?? 0
                    let second = after.precisionRecallCurve(label: label, threshold: threshold).last?.recall ?? 0
                    #expect(second >= first)
                }
            }
            #expect(after.result.averageMAP >= before.result.averageMAP - 1e-15)
        }
    }

    @Test("two files joined are the file they were split from")
    func joiningIsExact() throws {
        var generator = SplitMix(state: 8)
        let world = world(&generator)
        var joined = DetectionTable(world.detections[60...])
        joined.append(contentsOf: DetectionTable(world.detections[..<60]))
        let evaluator = try Evaluator(world.annotations, protocol: world.settings)
        let whole = try evaluator.evaluate(DetectionTable(world.detections))
        #expect(try evaluator.evaluate(joined).classes == whole.classes)
    }

    @Test("sorting by digits equals sorting by comparison")
    func sortsByDigits() {
        var generator = SplitMix(state: 9)
        for count in [10, 3_000, 9_999] {
            let scores = (0..<count).map { _ in
                Bool.random(using: &generator)
                    ? Double(Int.random(in: -50..<50, using: &generator)) / 8
                    : Double.random(in: -1e9..<1e9, using: &generator)
            }
            var rows = (0..<Int32(count)).map { $0 }, keys = scores.map(ScoreOrder.descendingKey)
            ScoreOrder.sort(rows: &rows, keys: &keys)
            let expected = (0..<count).sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
            #expect(rows.map(Int.init) == expected)
        }
        #expect(ScoreOrder.descendingKey(-0.0) == ScoreOrder.descendingKey(0))
    }
}

/// A small seeded generator for these tests.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
