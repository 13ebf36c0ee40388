import Tensors
import Testing

@testable import Localization

@Suite("Suppression")
struct SuppressionTests {
    /// Seven segments of one class whose results were worked out with the reference implementations.
    static let seven = Proposals(
        starts: [0, 1, 2, 20, 21, 5, 0], ends: [10, 11, 9, 30, 29, 25, 10],
        scores: [0.9, 0.8, 0.7, 0.6, 0.95, 0.3, 0.9], labels: Array(repeating: 0, count: 7))

    @Test("class-wise Gaussian decay gives the worked-out scores")
    func classWiseGolden() {
        let result = NonMaximumSuppression()(Self.seven)
        #expect(result.starts == [21, 0, 2, 5, 20, 1, 0])
        #expect(result.ends == [29, 10, 9, 25, 30, 11, 10])
        let scores: [Float] = [0.95, 0.9, 0.262718, 0.246592, 0.153997, 0.069461, 0.011062]
        #expect(largestDifference(result.scores, scores) < 1e-6)
    }

    @Test("class-agnostic decay with voting gives the worked-out boundaries of both weights")
    func votingGolden() {
        var settings = SuppressionSettings()
        settings.classWise = false
        settings.sigma = 0.75
        settings.votingThreshold = 0.7
        let weighted = NonMaximumSuppression(settings)(Self.seven)
        let scores: [Float] = [0.95, 0.9, 0.364216, 0.263245, 0.242321, 0.156865, 0.047934]
        #expect(largestDifference(weighted.scores, scores) < 1e-6)
        #expect(largestDifference(Array(weighted.starts.prefix(3)), [20.6643, 0.5551, 0.7778]) < 1e-4)
        #expect(largestDifference(Array(weighted.ends.prefix(3)), [29.3357, 10.0559, 9.9444]) < 1e-4)
        settings.votingWeight = .score
        let plain = NonMaximumSuppression(settings)(Self.seven)
        #expect(largestDifference(Array(plain.starts.prefix(3)), [20.6129, 0.6667, 0.6667]) < 1e-4)
        #expect(largestDifference(Array(plain.ends.prefix(3)), [29.3871, 10.0303, 10.0303]) < 1e-4)
    }

    @Test("the best segment survives every method", arguments: SuppressionMethod.allCases, [true, false])
    func bestSurvives(_ method: SuppressionMethod, classWise: Bool) {
        var generator = RandomGenerator(seed: 3)
        var settings = SuppressionSettings()
        settings.method = method
        settings.classWise = classWise
        for count in [1, 2, 17, 60] {
            let proposals = Self.random(count, classes: 3, using: &generator)
            let result = NonMaximumSuppression(settings)(proposals)
            #expect(result.scores.max() == proposals.scores.max())
            #expect(result.count <= count)
            if method != .none { #expect(result.scores == result.scores.sorted(by: >)) }
        }
    }

    @Test("stopping at the limit gives the head of the unlimited result", arguments: SuppressionMethod.allCases)
    func limitIsPrefix(_ method: SuppressionMethod) {
        guard method != .none else { return }
        var generator = RandomGenerator(seed: 4)
        let proposals = Self.random(120, classes: 1, using: &generator)
        var settings = SuppressionSettings()
        settings.method = method
        settings.maximumSegments = 10_000
        let all = NonMaximumSuppression(settings)(proposals)
        settings.maximumSegments = 9
        let few = NonMaximumSuppression(settings)(proposals)
        #expect(few == all.selecting(Array(0..<min(9, all.count))))
    }

    @Test("class-wise suppression is suppression of each class by itself")
    func classesAreIndependent() {
        var generator = RandomGenerator(seed: 5)
        let proposals = Self.random(90, classes: 3, using: &generator)
        let together = NonMaximumSuppression()(proposals)
        for label in 0..<3 {
            let alone = NonMaximumSuppression()(proposals.selecting((0..<90).filter { proposals.labels[$0] == label }))
            #expect(together.selecting((0..<together.count).filter { together.labels[$0] == label }) == alone)
        }
    }

    @Test("no proposals give no detections")
    func nothingFromNothing() {
        #expect(NonMaximumSuppression()(Proposals()).isEmpty)
    }

    @Test("zero-length segments do not break overlaps or votes")
    func degenerateSegments() {
        let points = Proposals(starts: [5, 5, 5], ends: [5, 5, 5], scores: [0.5, 0.4, 0], labels: [0, 0, 0])
        var settings = SuppressionSettings()
        settings.classWise = false
        settings.votingThreshold = 0.5
        let result = NonMaximumSuppression(settings)(points)
        #expect(result.count >= 1)
        #expect(result.starts.allSatisfy { $0 == 5 } && result.scores.allSatisfy { $0.isFinite })
    }

    static func random(_ count: Int, classes: Int, using generator: inout RandomGenerator) -> Proposals {
        var proposals = Proposals()
        for _ in 0..<count {
            let start = Float(generator.uniform(0, 50))
            proposals.append(
                start: start, end: start + Float(generator.uniform(0.5, 20)), score: Float(generator.uniform(0.01, 1)),
                label: generator.integer(in: 0...(classes - 1)))
        }
        return proposals
    }
}
