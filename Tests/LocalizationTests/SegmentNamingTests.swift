import Annotations
import Configuration
import Features
import Tensors
import Testing

@testable import Localization

@Suite("Segments named by words")
struct SegmentNamingTests {
    /// Snippets of 2 s every second.
    private static let grid = SnippetGrid(frameRateNumerator: 10, strideFrames: 10, windowFrames: 20)

    private static func naming(_ change: (inout SegmentNamingSettings) -> Void = { _ in }) -> WordNaming {
        var settings = SegmentNamingSettings()
        change(&settings)
        return WordNaming(
            labels: ["east", "north", "up"], vectors: Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3]),
            settings: settings)
    }

    private static func detections(
        _ proposals: [Detection], _ snippets: Tensor, _ change: (inout SegmentNamingSettings) -> Void
    ) throws -> [Detection] {
        try naming(change).naming { features in features.features }.detections(
            from: proposals, features: FeatureSequence(video: "v", features: snippets, grid: grid))
    }

    @Test("a snippet counts by the share of its window inside the segment, and a short segment has its nearest one")
    func weights() {
        // Windows 0…2, 1…3, 2…4, 3…5 seconds.
        let weights = { SegmentMean.weights(of: Segment(start: $0, end: $1), count: 4, grid: Self.grid) }
        #expect(weights(1, 3) == [0.5, 1, 0.5, 0])
        #expect(weights(2.5, 3.5) == [0, 0.25, 0.5, 0.25])
        #expect(weights(7, 9) == [0, 0, 0, 1])
        #expect(weights(1, 1) == [1, 0, 0, 0] || weights(1, 1) == [0, 1, 0, 0])
    }

    @Test("each segment gets the label its snippets point to, and scores of all labels add up to 1")
    func names() throws {
        let snippets = Tensor([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0], shape: [4, 3])
        let segments = [Segment(start: 0, end: 2), Segment(start: 3, end: 5)]
        let scores = Self.naming().scores(of: segments, snippets: snippets, grid: Self.grid)
        #expect(scores.shape == [2, 3])
        #expect(scores[0, 0] > 0.9 && scores[1, 1] > 0.9)
        #expect(scores.sum(axes: [1]).elements.allSatisfy { abs($0 - 1) < 1e-5 })

        let proposals = segments.map { Detection(video: "v", label: "action", segment: $0, score: 0.64) }
        let named = try Self.detections(proposals, snippets) { $0.topLabels = 1 }
        #expect(named.map(\.label).sorted() == ["east", "north"])
        #expect(named.allSatisfy { abs($0.score - 0.8) < 0.05 })
        let all = try Self.detections(proposals, snippets) { $0.topLabels = 9 }
        #expect(all.count == 6)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test("a colder softmax is more decided, and centering asks what is particular to a segment")
    func settings() throws {
        let snippets = Tensor([0.8, 0.6, 0, 0.8, 0, 0.6], shape: [2, 3])
        let segment = [Segment(start: 0, end: 1)]
        let first = { (naming: WordNaming) in naming.scores(of: segment, snippets: snippets, grid: Self.grid) }
        #expect(first(Self.naming { $0.temperature = 0.01 })[0, 0] > first(Self.naming { $0.temperature = 1 })[0, 0])
        // East is common to both snippets, north is not.
        #expect(first(Self.naming())[0, 0] > first(Self.naming())[0, 1])
        let centered = first(Self.naming { $0.centering = 1 })
        #expect(centered[0, 1] > centered[0, 0])
        for key in ["temperature=0", "top_labels=0", "centering=2"] {
            var settings = SegmentNamingSettings()
            switch key {
            case "temperature=0": settings.temperature = 0
            case "top_labels=0": settings.topLabels = 0
            default: settings.centering = 2
            }
            #expect(throws: ConfigurationError.self) { try settings.validate() }
        }
    }

    @Test("of the classes proposed at one place the best counts")
    func withoutClasses() {
        let proposals = Proposals(
            starts: [0, 0, 3], ends: [2, 2, 4], scores: [0.2, 0.7, 0.5], labels: [1, 4, 2])
        #expect(
            proposals.withoutClasses == Proposals(starts: [0, 3], ends: [2, 4], scores: [0.7, 0.5], labels: [0, 0]))
    }
}
