import Annotations
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Evaluation

struct MomentRetrievalTests {
    private func window(_ start: Double, _ end: Double, _ score: Double = 1) -> MomentQuery.Window {
        .init(segment: Segment(start: start, end: end), score: score)
    }

    @Test("one query by hand")
    func oneQuery() throws {
        let truth = [MomentQuery(id: "1", windows: [window(0, 10), window(20, 40)])]
        let found = [MomentQuery(id: "1", windows: [window(20, 34, 0.9), window(50, 60, 0.5), window(0, 10, 0.4)])]
        let result = try MomentRetrieval(found, against: truth)
        let full = try #require(result.ranges.first)
        // tIoU 0.7 for the first window, 1 for the third.
        #expect(full.recallAt1[0] == 1 && full.recallAt1[4] == 1 && full.recallAt1[5] == 0)
        #expect(abs(full.meanAveragePrecision[0] - (1 + 2.0 / 3) / 2) < 1e-12)
        #expect(abs(full.meanAveragePrecision[9] - 1.0 / 3 / 2) < 1e-12)
        #expect(result.ranges.map(\.queryCount) == [1, 0, 1, 1])
    }

    @Test("missing and unknown queries are named, and files without a common query refused")
    func namesMissing() throws {
        let truth = [MomentQuery(id: "1", windows: [window(0, 10)]), MomentQuery(id: "2", windows: [window(0, 10)])]
        let result = try MomentRetrieval(
            [MomentQuery(id: "1", windows: [window(0, 10)]), MomentQuery(id: "9", windows: [])], against: truth)
        #expect(result.missingQueries == ["2"] && result.unknownQueries == ["9"])
        #expect(result.ranges[0].averageMAP == 0.5)
        #expect(throws: EvaluationError.self) { try MomentRetrieval([MomentQuery(id: "9")], against: truth) }
        #expect(throws: EvaluationError.self) { try MomentRetrieval([], against: []) }
    }

    @Test("Moment-DETR on QVHighlights val has the figures of its own evaluator", .enabled(if: SharedData.isPresent))
    func reproducesMomentDETR() throws {
        let folder = "data/predictions/qvhighlights/"
        let expected = try #require(
            Fixture.json(SharedData.url(folder + "sample_val_preds_metrics_raw.json")) as? [String: [String: Any]])
        let result = try MomentRetrieval(
            MomentQuery.read(SharedData.url(folder + "sample_val_preds.jsonl.gz").path),
            against: MomentQuery.read(
                SharedData.url("data/annotations/qvhighlights/highlight_val_release.jsonl.gz").path))
        #expect(result.queryCount == 1_550 && result.windowCount == 2_803)
        for range in result.ranges {
            let maps = try #require(expected[range.name]?["MR-mAP"] as? [String: Double])
            let recalls = try #require(expected[range.name]?["MR-R1"] as? [String: Double])
            for (index, threshold) in MomentRetrieval.thresholds.enumerated() {
                // The figures are rounded to two decimals of a percentage.
                #expect(abs(range.meanAveragePrecision[index] * 100 - (maps["\(threshold)"] ?? -1)) < 0.00501)
                #expect(abs(range.recallAt1[index] * 100 - (recalls["\(threshold)"] ?? -1)) < 0.00501, "\(range.name)")
            }
            #expect(abs(range.averageMAP * 100 - (maps["average"] ?? -1)) < 0.00501)
        }
    }
}

struct VideoClassificationTests {
    private func evaluator() throws -> Evaluator {
        let segment = Segment(start: 0, end: 1)
        let annotations = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "a",
                segments: ["x", "x", "y"].map { LabelledSegment(segment: segment, label: $0) }),
            AnnotatedVideo(id: "b", segments: [LabelledSegment(segment: segment, label: "x")]),
        ])
        return try Evaluator(annotations, protocol: .named("activitynet-1.3-classification"))
    }

    private func label(_ video: String, _ label: String, _ score: Double) -> Detection {
        Detection(video: video, label: label, segment: Segment(start: 0, end: 0), score: score)
    }

    @Test("two videos by hand")
    func twoVideos() throws {
        let result = try evaluator().videoClassification(
            DetectionTable([
                label("a", "x", 0.9), label("a", "z", 0.8), label("a", "y", 0.1), label("b", "y", 0.7),
                label("b", "x", 0.6),
            ]), hitCount: 1)
        #expect(result.pairCount == 3 && result.droppedCount == 1)
        #expect(result.averagePrecision == ["x": 1, "y": 0.5])
        #expect(result.hit == 0.5 && result.averageHit == 0.25)
    }

    @Test("predictions in excluded videos are left out, those in unlisted ones where the protocol says so")
    func leftOut() throws {
        let segment = Segment(start: 0, end: 1)
        let annotations = AnnotationSet(
            videos: ["a", "b"].map {
                AnnotatedVideo(id: $0, segments: [LabelledSegment(segment: segment, label: "x")])
            })
        var settings = try EvaluationProtocol.named("activitynet-1.3-classification")
        settings.subset = ""
        let predictions = DetectionTable([
            label("b", "x", 0.9), label("unlisted", "x", 0.8), label("a", "x", 0.7),
        ])
        func precision(_ settings: EvaluationProtocol) throws -> (Double?, Int) {
            let result = try Evaluator(annotations, protocol: settings).videoClassification(predictions)
            return (result.averagePrecision["x"], result.droppedCount)
        }
        settings.excludeVideos = ["b"]
        #expect(try precision(settings) == (0.5, 1))
        settings.unlistedVideos = .ignore
        #expect(try precision(settings) == (1, 2))
    }

    @Test("settings of detection are refused for other tasks", arguments: ["tiou", "recall", "limit"])
    func foreignSettings(_ kind: String) throws {
        var settings = try EvaluationProtocol.named("activitynet-1.3-classification")
        switch kind {
        case "tiou": settings.tiou = [0.5]
        case "recall": settings.recallMultiples = [1]
        default: settings.maxPredictionsPerVideo = 10
        }
        #expect(throws: ConfigurationError.self) { try settings.validate() }
    }

    @Test(
        "the ground truth given as labels is perfect; real labels are near what was printed in 2016",
        arguments: DataFolder.present)
    func realPredictions(in data: DataFolder) throws {
        let annotations = try AnnotationSet(
            contentsOf: data.url("annotations/activitynet/activitynet_v1-3_merged.json.gz").path)
        let evaluator = try Evaluator(annotations, protocol: .named("activitynet-1.3-classification"))
        func read(_ path: String) throws -> DetectionTable {
            let file = try DetectionFile.read(data.url("predictions/" + path).path, needsSegments: false)
            return file.detections
        }
        let sample = try read("activitynet_sample/sample_classification_prediction.json.gz")
        let perfect = evaluator.videoClassification(sample)
        #expect(perfect.meanAveragePrecision == 1 && perfect.averageHit == 1)
        guard data == .real else { return }
        // The evaluator of 2016 left out 74 videos that were blocked then.
        let labels = try read("activitynet_upc_2016/results_09_e100_validation.json.gz")
        let real = evaluator.videoClassification(labels)
        #expect(abs(real.meanAveragePrecision - 0.5938) < 0.01)
        #expect(abs(real.hit - 0.7577) < 0.01 && abs(real.averageHit - 0.7574) < 0.01)
    }
}

struct ProposalTests {
    @Test("the worked example of AR@AN")
    func workedExample() throws {
        func segments(_ times: [(Double, Double)]) -> [LabelledSegment] {
            times.map { LabelledSegment(segment: Segment(start: $0.0, end: $0.1), label: "x") }
        }
        let annotations = AnnotationSet(videos: [
            AnnotatedVideo(id: "a", segments: segments([(0, 10), (20, 30)])),
            AnnotatedVideo(id: "b", segments: segments([(5, 15)])),
        ])
        let proposals = [
            ("a", 0.0, 10.0, 0.9), ("a", 21, 30, 0.8), ("a", 50, 60, 0.7), ("a", 19, 31, 0.6), ("b", 40, 50, 0.9),
            ("b", 5, 14, 0.5),
        ].map { Detection(video: $0.0, label: "?", segment: Segment(start: $0.1, end: $0.2), score: $0.3) }
        let evaluator = try Evaluator(annotations, protocol: .named("proposals"))
        let recall = try evaluator.proposalRecall(DetectionTable(proposals), limit: 2)
        #expect(recall.averageRecall.last.map { abs($0 - 0.633333333333) < 1e-9 } == true)
        #expect(abs(recall.areaUnderCurve - 0.284833333333) < 1e-6)
        #expect(throws: EvaluationError.self) { try evaluator.proposalRecall(DetectionTable()) }
    }

    @Test("the TAG proposals of ActivityNet 1.2 and the ActivityNet sample", arguments: DataFolder.present)
    func realProposals(in data: DataFolder) throws {
        let list = try ProposalList(
            contentsOf: data.url("annotations/proposals/activitynet1.2_tag_val_normalized_proposal_list.txt.gz").path)
        #expect(list.annotations.videos.count == data.value(real: 2_383, invented: 2))
        let recall = try Evaluator(list.annotations, protocol: .named("proposals")).proposalRecall(list.proposals)
        #expect(zip(recall.averageRecall, recall.averageRecall.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(recall.areaUnderCurve > 0.3 && recall.areaUnderCurve < 0.8)
        // Of the three invented segments two are found at nine thresholds of ten, up to 0.9, and one at two, up to 0.55.
        if data == .invented {
            let last = try #require(recall.averageRecall.last)
            #expect(abs(last - 20.0 / 30) < 1e-12)
        }
        let annotations = try AnnotationSet(
            contentsOf: data.url("annotations/activitynet/activitynet_v1-3_merged.json.gz").path)
        let sample = try DetectionFile.read(
            data.url("predictions/activitynet_sample/sample_detection_prediction.json.gz").path)
        let perfect = try Evaluator(annotations, protocol: .named("activitynet-1.3-proposals"))
            .proposalRecall(sample.detections)
        // It is the ground truth itself; three of its segments, one of the invented, have no length and are found by nothing.
        let found: Double = data.value(real: 7_651.0 / 7_654, invented: 0.75)
        #expect(perfect.averageRecall.last == found)
    }
}
