import Annotations
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Follows docs/add-a-protocol.md from the file to a result.
@Suite("the guide to a new protocol")
struct ProtocolGuideTests {
    /// The protocol of the guide in a file.
    private static func withProtocol(_ body: (_ file: URL, _ text: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let blocks = try CodeBlock.all(in: Checkout.url("docs/add-a-protocol.md"))
            let text = try #require(blocks.first { $0.language == "yaml" }).lines.joined(separator: "\n")
            let file = folder.appendingPathComponent("tennis.yaml")
            try Data(text.utf8).write(to: file)
            try body(file, text)
        }
    }

    @Test("its file evaluates by the rule that it states")
    func wholeWay() throws {
        try Self.withProtocol { file, _ in
            let settings = try EvaluationProtocol.named(file.path)
            let strokes = { (start: Double) in
                LabelledSegment(segment: Segment(start: start, end: start + 4), label: "serve")
            }
            let truth = AnnotationSet(videos: [
                AnnotatedVideo(id: "m1", subset: "test", duration: 60, segments: [strokes(10), strokes(30)]),
                AnnotatedVideo(id: "m2", subset: "training", duration: 60, segments: [strokes(10)]),
            ])
            // The first overlaps by 3 of 5 seconds and counts up to tIoU 0.6; the second is found whole.
            let found = [
                Detection(video: "m1", label: "serve", segment: Segment(start: 11, end: 15), score: 0.9),
                Detection(video: "m1", label: "serve", segment: Segment(start: 30, end: 34), score: 0.8),
            ]
            let result = try evaluate(found, against: truth, protocol: settings)
            #expect(result.counts.groundTruthSegments == 2)
            // At 0.7 the precision is 1/2 where half of the segments are recalled.
            #expect(abs(result.averageMAP - (4 * 1 + 0.25) / 5) < 1e-9)
            // One test video, where the protocol is defined on others.
            #expect(result.warnings.contains { $0.contains("1 video") })
        }
    }

    @Test("an unknown key is an error that names the nearest one")
    func unknownKey() throws {
        try Self.withProtocol { file, text in
            try Data(text.replacingOccurrences(of: "subset:", with: "subsett:").utf8).write(to: file)
            let error = #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named(file.path) }
            #expect(error?.description.contains("'subset'") == true)
        }
    }
}
