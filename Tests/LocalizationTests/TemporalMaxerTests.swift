import Features
import Networks
import Tensors
import Testing

@testable import Localization

@Suite("TemporalMaxer")
struct TemporalMaxerTests {
    static let grid = SnippetGrid(
        frameRateNumerator: 25, frameRateDenominator: 1, strideFrames: 4, windowFrames: 16)

    private static func head() throws -> TemporalMaxer {
        var settings = TemporalMaxerSettings()
        (settings.channels, settings.neckChannels, settings.headChannels) = (8, 8, 8)
        (settings.maximumLength, settings.branchBlocks) = (32, 2)
        settings.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        try settings.validate()
        var generator = RandomGenerator(seed: 1)
        return try TemporalMaxer(settings, featureChannels: 5, classes: 2, using: &generator)
    }

    @Test("every level holds the largest values of the one before")
    func levels() throws {
        let head = try Self.head()
        var generator = RandomGenerator(seed: 2)
        let batch = SequenceBatch(
            [Sample(video: "v", features: .normal([32, 5], using: &generator), grid: Self.grid)],
            padding: PaddedLength(computed: 32, nominal: 32))
        let levels = head.backbone(batch.features, mask: batch.mask, nominalLength: 32).map(\.features)
        #expect(levels.map(\.shape) == [[1, 32, 8], [1, 16, 8], [1, 8, 8]])
        for (fine, coarse) in zip(levels, levels.dropFirst()) {
            for time in 0..<coarse.shape[1] {
                let window = max(0, 2 * time - 1)..<min(fine.shape[1], 2 * time + 2)
                for channel in 0..<8 {
                    #expect(coarse[0, time, channel] == window.map { fine[0, $0, channel] }.max())
                }
            }
        }
    }

    @Test("only the embedding, the norms and the output layers have parameters")
    func parameters() throws {
        let groups = Set(try Self.head().namedParameters().map { $0.name.prefix { $0 != "." } })
        #expect(groups == ["backbone", "neck", "classification", "regression"])
        #expect(try Self.head().namedParameters().allSatisfy { !$0.name.contains("branch.") })
    }

    @Test("training lowers its loss")
    func training() throws {
        var head = try Self.head()
        var generator = RandomGenerator(seed: 2)
        let samples = (0..<2).map { _ in
            Sample(
                video: "v", features: .normal([30, 5], using: &generator), grid: Self.grid,
                segments: [GridSegment(start: 4, end: 10, label: 0), GridSegment(start: 12, end: 28, label: 1)])
        }
        var optimizer = AdamW(head.namedParameters())
        let step = TrainingStep<TemporalMaxer>(parameters: head.parameters)
        // The same normaliser throughout, so that losses can be compared.
        var losses: [Double] = []
        for _ in 0..<30 {
            head.normalizer = 20
            let outcome = try step(&head, samples: samples, generator: generator)
            losses.append(outcome.report.total)
            optimizer.step(gradients: outcome.gradients.gradients, rate: 1e-2)
        }
        #expect(losses[29] < 0.5 * losses[0])
    }
}
