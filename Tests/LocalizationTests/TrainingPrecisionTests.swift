import Annotations
import Configuration
import Features
import Networks
import Tensors
import Testing

@testable import Localization

@Suite("Training and detection in bfloat16")
struct TrainingPrecisionTests {
    private static let canRun = ComputePrecision.bfloat16.isSupported

    private static func settings() -> LocalizationSettings {
        var settings = LocalizationSettings()
        settings.actionformer.maximumLength = 128
        (settings.actionformer.channels, settings.actionformer.neckChannels) = (64, 64)
        (settings.actionformer.headChannels, settings.actionformer.heads) = (64, 2)
        settings.actionformer.branchBlocks = 2
        settings.actionformer.windows = [9]
        settings.actionformer.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        settings.actionformer.lossWeight = 1
        // Segments of no length stay.
        settings.postProcessing.minimumLength = -1
        return settings
    }

    private static func samples() -> [Sample] {
        var generator = RandomGenerator(seed: 8)
        return (0..<3).map { number in
            Sample(
                video: "video \(number)", features: .normal([120, 32], using: &generator),
                grid: SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16),
                segments: (0..<6).map {
                    GridSegment(start: Float(3 + 19 * $0), end: Float(11 + 19 * $0), label: $0 % 2)
                })
        }
    }

    private static func step(_ precision: ComputePrecision) throws -> (GradientSum, LossReport) {
        var generator = RandomGenerator(seed: 4)
        var head = try ActionFormer(settings().actionformer, featureChannels: 32, classes: 2, using: &generator)
        let step = TrainingStep<ActionFormer>(parameters: head.parameters, precision: precision)
        let outcome = try step(&head, samples: samples(), generator: RandomGenerator(seed: 2))
        return (outcome.gradients, outcome.report)
    }

    @Test("a step's loss is within 0.5 % and its gradient within 3 % of float32", .enabled(if: canRun))
    func trainingStep() throws {
        let (exact, report) = try Self.step(.float32)
        let (rounded, roundedReport) = try Self.step(.bfloat16)
        #expect(abs(roundedReport.total - report.total) < 0.005 * report.total)
        var difference = 0.0
        for (first, second) in zip(exact.gradients, rounded.gradients) {
            guard let first, let second else {
                #expect((first == nil) == (second == nil))
                continue
            }
            difference += Double((first - second).squared().sum().scalar)
        }
        #expect(difference > 0 && difference.squareRoot() < 0.03 * exact.norm)
    }

    @Test("scores of a detector are within 0.01 of float32", .enabled(if: canRun))
    func detection() throws {
        var generator = RandomGenerator(seed: 4)
        let settings = Self.settings()
        let head = try ActionFormer(settings.actionformer, featureChannels: 32, classes: 2, using: &generator)
        var features = FeatureContract()
        features.channels = 32
        let detector = Detector(
            TrainedModel(head: head, settings: settings, labels: ["a", "b"], features: features))
        let sample = try #require(Self.samples().first)
        let exact = detector.proposals(in: sample)
        let rounded = try detector.computing(in: .bfloat16).proposals(in: sample)
        #expect(exact.count > 100 && exact.count == rounded.count && exact.scores != rounded.scores)
        #expect(largestDifference(exact.scores.sorted(), rounded.scores.sorted()) < 0.01)
    }

    @Test("a processor without the instructions is told so, with the mend", .enabled(if: !canRun))
    func refusal() throws {
        var settings = Self.settings()
        settings.training.precision = .bfloat16
        #expect(throws: LocalizationError.precision(.bfloat16, setting: "training.precision")) {
            _ = try TrainingWorkload(settings, batch: 1, length: 64, channels: 32, classes: 2)
        }
    }

    @Test("the setting is read by its name, and the error names the mend")
    func setting() throws {
        let settings = try ConfigurationFile.decode(
            LocalizationSettings.self, from: "training:\n  precision: bfloat16\n", file: "settings.yaml")
        #expect(settings.training.precision == .bfloat16)
        #expect(LocalizationSettings().training.precision == .float32)
        let text = LocalizationError.precision(.bfloat16, setting: "training.precision").description
        #expect(text.contains("AVX512-BF16") && text.contains("set it to float32"))
    }
}
