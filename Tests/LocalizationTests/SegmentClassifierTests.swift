import Annotations
import Features
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("Segments named by a classifier of their features")
struct SegmentClassifierTests {
    private let features = SyntheticFeatures(videos: 12, classes: 3)

    private func classifier() throws -> SegmentClassifier {
        try SegmentClassifier.fit(try features.annotations.subset("training"), features: features).classifier
    }

    /// Segments of the other videos with what they show.
    private func heldOut() throws -> [(video: String, segments: [LabelledSegment])] {
        try features.annotations.subset("validation").videos.map { ($0.id, $0.segments) }
    }

    @Test("segments of other videos get their class")
    func segments() throws {
        let (classifier, count, videos) = try SegmentClassifier.fit(
            try features.annotations.subset("training"), features: features)
        #expect(videos == 9)
        #expect(classifier.labels == ["class 0", "class 1", "class 2"])
        #expect(count == (try features.annotations.subset("training").videos.reduce(0) { $0 + $1.segments.count }))
        for (video, segments) in try heldOut() {
            let scores = try classifier.scores(
                of: segments.map(\.segment), in: features.sequence(for: video)
            ).elements
            for (row, segment) in segments.enumerated() {
                let own = scores[(row * 3)..<(row * 3 + 3)]
                #expect(abs(own.reduce(0, +) - 1) < 1e-5)
                let best = own.indices.max { own[$0] < own[$1] }.map { classifier.labels[$0 - row * 3] }
                #expect(best == segment.label)
            }
        }
    }

    @Test("a video scores high in the classes it holds")
    func videos() throws {
        let classifier = try classifier()
        for (video, segments) in try heldOut() {
            let scores = try classifier.videoScores(of: features.sequence(for: video))
            let held = Set(segments.map(\.label))
            let inside = zip(classifier.labels, scores).filter { held.contains($0.0) }.map(\.1).min() ?? 0
            let outside = zip(classifier.labels, scores).filter { !held.contains($0.0) }.map(\.1).max() ?? 0
            #expect(inside > outside)
        }
    }

    @Test("it names what a head finds, as many labels a segment as wanted")
    func naming() throws {
        let classifier = try classifier()
        let (video, segments) = try #require(try heldOut().first)
        let proposals = segments.map { Detection(video: video, label: "action", segment: $0.segment, score: 0.9) }
        let named = try classifier.naming(topLabels: 1).detections(
            from: proposals, features: features.sequence(for: video))
        #expect(named.count == segments.count)
        for segment in segments {
            #expect(named.contains { $0.label == segment.label && $0.segment == segment.segment })
        }
        let all = try classifier.naming(topLabels: 5).detections(
            from: proposals, features: features.sequence(for: video))
        #expect(all.count == 3 * segments.count)
    }

    @Test("a folder gives the same scores again, and what does not fit is refused")
    func folders() throws {
        let classifier = try classifier()
        let (video, segments) = try #require(try heldOut().first)
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("classifier").path
            try classifier.save(to: path)
            let loaded = try SegmentClassifier.load(from: path)
            let sequence = try features.sequence(for: video)
            #expect(
                try loaded.scores(of: segments.map(\.segment), in: sequence).elements
                    == classifier.scores(of: segments.map(\.segment), in: sequence).elements)
            var narrow = sequence
            narrow.features = sequence.features.slice(axis: 1, 0..<4)
            #expect(throws: LocalizationError.self) { try loaded.scores(of: segments.map(\.segment), in: narrow) }
            #expect(throws: LocalizationError.self) { try SegmentClassifier.load(from: folder.path) }
            try Data("damaged".utf8).write(to: folder.appendingPathComponent("classifier/classifier.safetensors"))
            #expect(throws: (any Error).self) { try SegmentClassifier.load(from: path) }
        }
    }

    @Test("without a segment there is nothing to learn from")
    func nothing() throws {
        #expect(throws: LocalizationError.self) {
            try SegmentClassifier.fit(
                try features.annotations.subset("training"), ignoring: ["class 0", "class 1", "class 2"],
                features: features)
        }
    }
}
