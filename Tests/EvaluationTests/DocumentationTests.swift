import Annotations
import Evaluation
import Foundation
import TestSupport
import Testing

struct DocumentationTests {
    @Test("the example of eval/README.md compiles and does what it says")
    func exampleWorks() throws {
        // example begins
        let annotations = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "match", duration: 90,
                segments: [
                    LabelledSegment(segment: Segment(start: 3, end: 11), label: "serve"),
                    LabelledSegment(segment: Segment(start: 40, end: 52), label: "rally"),
                ])
        ])
        let detections = [
            Detection(video: "match", label: "serve", segment: Segment(start: 3.5, end: 11), score: 0.9),
            Detection(video: "match", label: "rally", segment: Segment(start: 60, end: 70), score: 0.4),
        ]
        var settings = EvaluationProtocol()
        settings.name = "tennis"
        settings.tiou = [0.5, 0.75]

        let result = try evaluate(detections, against: annotations, protocol: settings)
        let summary = "average mAP \(result.averageMAP) on \(result.counts.groundTruthSegments) segments"
        // example ends
        #expect(summary == "average mAP 0.5 on 2 segments")
    }

    @Test("the example of eval/README.md is the one that is compiled here")
    func exampleIsCurrent() throws {
        func lines(_ text: Substring) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        let readme = try String(
            contentsOf: Checkout.url("eval/README.md"), encoding: .utf8)
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let shown = try #require(
            readme.components(separatedBy: "```swift\n").last?.components(separatedBy: "```").first)
        let compiled = try #require(
            source.components(separatedBy: "// example begins\n")[1].components(separatedBy: "// example ends").first)
        #expect(lines(shown[...]) == lines(compiled[...]))
    }
}
