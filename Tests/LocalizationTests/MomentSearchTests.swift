import Annotations
import Features
import Tensors
import Testing

@testable import Localization

@Suite("Finding moments by words")
struct MomentSearchTests {
    /// A window of a second each second.
    private static let grid = SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1)

    private static func search(_ change: (inout SearchSettings) -> Void = { _ in }) -> MomentSearch {
        var settings = SearchSettings()
        settings.smoothing = 0
        change(&settings)
        return MomentSearch(settings)
    }

    @Test("runs end where the curve crosses the threshold")
    func runs() {
        let runs = MomentSearch.runs([0, 1, 1, 0, 0, 2], above: 0.5)
        #expect(runs.map(\.start) == [0.5, 4.25] && runs.map(\.end) == [2.5, 5.5])
        #expect(MomentSearch.runs([1, 0], above: 0.5).map(\.start) == [-0.5])
        #expect(MomentSearch.runs([1, 1], above: 1).isEmpty)
    }

    @Test("smoothing keeps a constant, and the sum of what is far from the ends")
    func smoothing() {
        for value in MomentSearch.smoothed([2, 2, 2], deviation: 1.5) { #expect(abs(value - 2) < 1e-12) }
        var peak = [Double](repeating: 0, count: 41)
        peak[20] = 1
        let smooth = MomentSearch.smoothed(peak, deviation: 2)
        #expect(abs(smooth.reduce(0, +) - 1) < 1e-9)
        #expect(smooth[20] == smooth.max() && smooth[18] == smooth[22])
        #expect(MomentSearch.smoothed([1, 5, 2], deviation: 0) == [1, 5, 2])
    }

    @Test("the score is twice the inside less the surroundings")
    func score() {
        let curve: [Double] = [0.1, 0.1, 0.5, 0.7, 0.1, 0.3]
        // Half of two snippets on either side: positions 1 and 4.
        #expect(abs(MomentSearch.score(curve, (1.5, 3.5)) - (2 * 0.6 - 0.1)) < 1e-12)
        // With nothing around it a segment has the mean of the curve.
        #expect(abs(MomentSearch.score([0.2, 0.4], (-0.5, 1.5)) - 0.3) < 1e-12)
    }

    @Test("a plateau is found once, in seconds; a flat curve has nothing")
    func segments() {
        let curve = [0.0, 0, 0, 0.9, 1, 0.9, 0, 0, 0, 0]
        let found = Self.search().segments(curve, grid: Self.grid, durationSeconds: 10)
        #expect(found.count == 1)
        // The crossing lies between the centres 2.5 and 3.5 s, at the lowest level 0.3 a third of the way.
        let segment = found[0].segment
        #expect(segment.start > 2.5 && segment.start < 3.5 && segment.end > 5.5 && segment.end < 6.5)
        #expect(Self.search().segments([1, 1, 1], grid: Self.grid, durationSeconds: 3).isEmpty)
        let ends = Self.search().segments([1, 0, 0, 0, 1], grid: Self.grid, durationSeconds: 4.8)
        #expect(ends.map(\.segment.start).min() == 0 && ends.map(\.segment.end).max() == 4.8)
    }

    @Test("lowest score, shortest segment and most segments leave out the rest")
    func limits() {
        let curve = [0.0, 1, 1, 0, 0, 0, 0.7, 0.7, 0.7, 0, 0, 0]
        func count(_ change: (inout SearchSettings) -> Void) -> Int {
            Self.search(change).segments(curve, grid: Self.grid, durationSeconds: 12).count
        }
        #expect(count { _ in } == 2)
        #expect(count { $0.mostSegments = 1 } == 1)
        #expect(count { $0.shortest = 2.5 } == 1)
        #expect(count { $0.minimumScore = 1.8 } == 1)
    }

    @Test("each text finds its own moments; competing texts find nothing where all are alike")
    func detections() {
        // The first half of the video looks like text 0, the second like text 1; the middle like both.
        let rows: [[Float]] = [[1, 0], [1, 0], [1, 0], [0.6, 0.8], [0.8, 0.6], [0, 1], [0, 1], [0, 1]]
        let snippets = Tensor(rows.flatMap { $0 }, shape: [8, 2])
        let sequence = FeatureSequence(video: "v", features: snippets, grid: Self.grid, durationSeconds: 8)
        let texts = Tensor([1, 0, 0, 1], shape: [2, 2])
        let found = Self.search().detections(snippets: snippets, texts: texts, labels: ["a", "b"], features: sequence)
        #expect(found == found.sorted { $0.score > $1.score } && found.allSatisfy { $0.video == "v" })
        #expect(found.first { $0.label == "a" }?.segment.start == 0)
        #expect(found.first { $0.label == "b" }?.segment.end == 8)
        let alike = Tensor([1, 0, 1, 0], shape: [2, 2])
        let none = Self.search { $0.compares = true }
            .detections(snippets: snippets, texts: alike, labels: ["a", "b"], features: sequence)
        #expect(none.isEmpty)
    }
}
