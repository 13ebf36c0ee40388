import Annotations
import Features
import Testing

@testable import Localization

@Suite("From proposals to detections")
struct PostProcessingTests {
    static let grid = SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16)

    @Test("selection filters by score, keeps the best and drops short segments")
    func selection() {
        var settings = PostProcessingSettings()
        settings.scoreThreshold = 0.1
        settings.proposalsPerLevel = 3
        settings.minimumLength = 1
        let proposals = ProposalSelection(settings).select(scores: [0.1, 0.5, 0.9, 0.5, 0.3, 0.2], classes: 2) {
            (start: Float($0), end: Float($0) + ($1 == 0 ? 1 : 3))
        }
        // 0.9 belongs to class 0, whose segments are too short; the limit counts it nevertheless.
        #expect(proposals.scores == [0.5, 0.5] && proposals.starts == [0, 1] && proposals.labels == [1, 1])
    }

    @Test("detections are in seconds, inside the video, best first, and named")
    func detections() {
        let proposals = Proposals(
            starts: [-10, 13, 500], ends: [28, 1000, 600], scores: [0.5, 0.75, 0.9], labels: [0, 1, 0])
        let found = PostProcessing().detections(
            from: proposals, video: "v", grid: Self.grid, durationSeconds: 20, classes: ["run", "jump"])
        #expect(
            found == [
                Detection(video: "v", label: "jump", segment: Segment(start: 2, end: 20), score: 0.75),
                Detection(video: "v", label: "run", segment: Segment(start: 0, end: 4), score: 0.5),
            ])
    }

    @Test("fusion repeats the best segments for the best classes")
    func fusion() {
        var settings = ScoreFusionSettings()
        settings.maximumSegments = 2
        let segments = [0.25, 0.81, 0.64].enumerated().map { index, score in
            ScoredSegment(segment: Segment(start: Double(index), end: 9), score: score, label: 0)
        }
        let fused = ScoreFusion(settings).fuse(segments, videoScores: [0.04, 1, 0.01, 0.25])
        #expect(fused.map(\.label) == [1, 1, 3, 3])
        #expect(fused.map(\.segment.start) == [1, 2, 1, 2])
        #expect(zip(fused.map(\.score), [0.9, 0.8, 0.45, 0.4]).allSatisfy { abs($0 - $1) < 1e-12 })
        settings.formula = .product
        #expect(abs(ScoreFusion(settings).fuse(segments, videoScores: [1])[0].score - 0.81) < 1e-12)
    }

    @Test("settings out of range are refused", arguments: ["sigma", "segments", "proposals"])
    func refusedSettings(_ what: String) {
        var settings = PostProcessingSettings()
        switch what {
        case "sigma": settings.suppression.sigma = 0
        case "segments": settings.suppression.maximumSegments = 0
        default: settings.proposalsPerLevel = 0
        }
        #expect(throws: (any Error).self) { try settings.validate() }
    }
}
