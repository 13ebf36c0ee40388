import Annotations
import Testing

@testable import Evaluation

struct VerdictTests {
    private func detection(
        _ start: Double, _ end: Double, _ score: Double, _ label: String = "x", video: String = "a"
    ) -> Detection {
        Detection(video: video, label: label, segment: Segment(start: start, end: end), score: score)
    }

    private let annotations = AnnotationSet(videos: [
        AnnotatedVideo(
            id: "a", duration: 100,
            segments: [
                LabelledSegment(segment: Segment(start: 50, end: 60), label: "y"),
                LabelledSegment(segment: Segment(start: 0, end: 10), label: "x"),
            ]),
        AnnotatedVideo(
            id: "b", duration: 100,
            segments: [LabelledSegment(segment: Segment(start: 0, end: 10), label: "x")]),
        AnnotatedVideo(id: "empty", duration: 10),
    ])

    private func matches(_ detections: [Detection], tiou: [Double] = [0.3, 0.5]) throws -> DetectionMatches {
        var settings = EvaluationProtocol()
        settings.name = "verdicts"
        settings.tiou = tiou
        return try Evaluator(annotations, protocol: settings).match(DetectionTable(detections))
    }

    @Test("each prediction has its verdict, in the order of the table")
    func predictions() throws {
        let verdicts = try matches([
            detection(80, 90, 0.4), detection(0, 10, 0.9), detection(0, 9, 0.8), detection(50, 60, 0.7),
            detection(6, 16, 0.6), detection(57, 67, 0.5), detection(0, 1, 0.1, "z"),
        ]).verdicts(threshold: 1)
        #expect(verdicts.threshold == 0.5)
        #expect(
            verdicts.predictions == [
                .error(.background), .correct, .error(.doubleDetection), .error(.wrongLabel), .error(.localization),
                .error(.confusion), .leftOut,
            ])
        #expect(verdicts.confusions == [.init(truth: "y", predicted: "x", count: 1)])
    }

    @Test("segments stand by their start, and say whether they were found at the threshold")
    func segments() throws {
        let found = try matches([detection(0, 10, 0.9), detection(50, 54, 0.8, "y")])
        #expect(found.verdicts(threshold: 0).segments[0].map(\.isFound) == [true, true])
        let strict = found.verdicts(threshold: 1)
        #expect(strict.segments[0].map(\.label) == ["x", "y"])
        #expect(strict.segments[0].map(\.isFound) == [true, false])
        #expect(strict.segments[1].map(\.isFound) == [false])
    }

    @Test("average precision of a video is the mean over its classes; a video without segments has none")
    func precisionOfVideos() throws {
        let verdicts = try matches([
            detection(30, 40, 0.9), detection(0, 10, 0.8), detection(0, 10, 0.7, video: "b"),
        ]).verdicts(threshold: 1)
        // Video a: class x has a miss before its hit (0.5), class y is not found (0).
        #expect(verdicts.averagePrecision == [0.25, 1, nil])
    }

    @Test("mean precision over recall, by hand")
    func meanPrecision() throws {
        let curve = try matches([
            detection(0, 10, 0.9), detection(30, 40, 0.8), detection(0, 10, 0.7, video: "b"),
        ]).meanPrecision(threshold: 1, points: 5)
        // Class x: precision 1 up to recall 0.5, then 2/3; class y: nothing.
        #expect(curve == [0.5, 0.5, 0.5, 1.0 / 3, 1.0 / 3])
    }
}
