import Annotations
import Testing

@testable import Evaluation

@Suite("Predictions in videos of other subsets")
struct OtherSubsetTests {
    private static func video(_ id: String, _ subset: String) -> AnnotatedVideo {
        AnnotatedVideo(
            id: id, subset: subset, duration: 10,
            segments: [LabelledSegment(segment: Segment(start: 2, end: 5), label: "jump")])
    }

    private static let annotations = AnnotationSet(videos: [video("a", "validation"), video("b", "training")])

    /// A hit in the evaluated video, and a better score in a video of another subset.
    private static let detections = [
        Detection(video: "a", label: "jump", segment: Segment(start: 2, end: 5), score: 0.5),
        Detection(video: "b", label: "jump", segment: Segment(start: 2, end: 5), score: 0.9),
    ]

    private static func result(_ compatibility: EvaluationProtocol.Compatibility) throws -> EvaluationResult {
        var settings = EvaluationProtocol()
        settings.name = "test"
        settings.subset = "validation"
        settings.tiou = [0.5]
        settings.compatibility = compatibility
        return try evaluate(detections, against: annotations, protocol: settings)
    }

    @Test("the plain rule leaves them out and counts them")
    func plain() throws {
        let result = try Self.result(.plain)
        #expect(result.averageMAP == 1)
        #expect(result.counts.predictionsInOtherSubsets.count == 1 && result.counts.predictionsEvaluated == 1)
    }

    @Test("the rules of reference code count them as false positives")
    func official() throws {
        let result = try Self.result(.actionformer)
        #expect(result.averageMAP == 0.5)
        #expect(result.counts.predictionsInOtherSubsets.count == 1 && result.counts.predictionsEvaluated == 2)
    }
}
