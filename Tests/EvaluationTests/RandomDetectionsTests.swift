import Annotations
import Testing

@testable import Evaluation

@Suite("Random detections")
struct RandomDetectionsTests {
    @Test("random detections lie inside their videos and depend on the seed only")
    func randomDetections() {
        let known = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "a", subset: "training", duration: 30,
                segments: [
                    LabelledSegment(segment: Segment(start: 1, end: 4), label: "x"),
                    LabelledSegment(segment: Segment(start: 5, end: 45), label: "y"),
                ]),
            AnnotatedVideo(id: "b", subset: "training", duration: nil, segments: []),
        ])
        let draw = { (seed: UInt64) in
            var generator = SplitMix64(seed: seed)
            return RandomDetections.draw(for: known, lengthsFrom: known, perVideo: 50, using: &generator)
        }
        let drawn = draw(1)
        #expect(drawn.count == 50 && drawn.allSatisfy { $0.video == "a" })
        #expect(drawn == draw(1) && drawn != draw(2))
        #expect(drawn.allSatisfy { $0.segment.start >= 0 && $0.segment.end <= 30 && $0.segment.duration > 0 })
        #expect(Set(drawn.map(\.label)) == ["x", "y"])
        #expect(zip(drawn, drawn.dropFirst()).allSatisfy { $0.score >= $1.score })
    }
}
