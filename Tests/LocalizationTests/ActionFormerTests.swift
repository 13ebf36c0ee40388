import Configuration
import Features
import Networks
import Tensors
import Testing

@testable import Localization

@Suite("ActionFormer")
struct ActionFormerTests {
    /// A head small enough for tests.
    static func small(_ change: (inout ActionFormerSettings) -> Void = { _ in }) throws -> ActionFormer {
        var settings = ActionFormerSettings()
        settings.maximumLength = 32
        (settings.channels, settings.neckChannels, settings.headChannels) = (8, 8, 8)
        (settings.heads, settings.windows, settings.branchBlocks) = (2, [5], 2)
        settings.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        change(&settings)
        try settings.validate()
        var generator = RandomGenerator(seed: 7)
        return try ActionFormer(settings, featureChannels: 6, classes: 3, using: &generator)
    }

    static func sample(length: Int, channels: Int = 6, seed: UInt64 = 1, segments: [GridSegment] = []) -> Sample {
        var generator = RandomGenerator(seed: seed)
        return Sample(
            video: "v", features: .normal([length, channels], using: &generator),
            grid: SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16), segments: segments)
    }

    @Test("the ActivityNet configuration has the published number of parameters")
    func parameterCount() throws {
        var settings = ActionFormerSettings()
        settings.maximumLength = 192
        (settings.channels, settings.neckChannels, settings.headChannels) = (256, 256, 256)
        settings.windows = [7, 7, 7, 7, 7, -1]
        settings.absolutePositions = true
        try settings.validate()
        var generator = RandomGenerator(seed: 1)
        let head = try ActionFormer(settings, featureChannels: 512, classes: 1, using: &generator)
        #expect(head.parameterCount == 6_943_497)
        #expect(head.paddedLength(for: 193) == PaddedLength(computed: 256, nominal: 288))
    }

    @Test("every score begins at the prior, those of empty classes near zero")
    func priorScores() throws {
        let head = try Self.small { $0.emptyClasses = [2] }
        let bias = try #require(head.classification.output.bias).value.elements
        #expect(abs(bias[0] + 4.59512) < 1e-4 && abs(bias[2] + 13.8155) < 1e-3)
        #expect(head.backbone.embedding[0].convolution.bias == nil)
    }

    @Test("the same seed gives the same weights and the same output")
    func determinism() throws {
        let sample = Self.sample(length: 20)
        let outputs = try (0..<2).map { _ in
            let head = try Self.small()
            return head.forward(SequenceBatch([sample], padding: head.paddedLength(for: 20)), on: nil)
        }
        #expect(outputs[0].logits.map(\.elements) == outputs[1].logits.map(\.elements))
        #expect(outputs[0].offsets.flatMap(\.elements).allSatisfy { $0 >= 0 })
    }

    @Test("a batch of videos gives what each gives alone")
    func batchesAreIndependent() throws {
        let head = try Self.small { $0.absolutePositions = true }
        let samples = [Self.sample(length: 20, seed: 1), Self.sample(length: 9, seed: 2)]
        let padding = PaddedLength(computed: 32, nominal: 32)
        let together = head.forward(SequenceBatch(samples, padding: padding), on: nil)
        for (item, sample) in samples.enumerated() {
            let alone = head.forward(SequenceBatch([sample], padding: padding), on: nil)
            for level in alone.logits.indices {
                let part = together.logits[level].slice(axis: 0, item..<(item + 1)).elements
                #expect(largestDifference(part, alone.logits[level].elements) < 1e-5)
            }
        }
    }

    @Test("a video without any feature has no proposals")
    func emptyVideo() throws {
        let head = try Self.small { $0.absolutePositions = true }
        let sample = Self.sample(length: 0)
        let output = head.forward(SequenceBatch([sample], padding: head.paddedLength(for: 0)), on: nil)
        #expect(head.proposals(output, settings: PostProcessingSettings()) == [Proposals()])
    }

    @Test("features of another width are refused with both numbers")
    func wrongChannels() {
        var generator = RandomGenerator(seed: 1)
        var settings = ActionFormerSettings()
        settings.inputChannels = [4]
        #expect(throws: LocalizationError.featureChannels(found: 6, expected: 4)) {
            try ActionFormer(settings, featureChannels: 6, classes: 1, using: &generator)
        }
    }

    @Test("positives on padded points do not train")
    func paddedPositives() throws {
        let head = try Self.small()
        // The segment lies behind the last feature but on padded points.
        let sample = Self.sample(length: 10, segments: [GridSegment(start: 10.2, end: 15.8, label: 0)])
        let targets = head.targets(for: sample, paddedLength: 16)
        #expect(!targets.points.positives.isEmpty && targets.positives.isEmpty)
    }

    @Test("label smoothing spreads the targets over the classes")
    func labelSmoothing() throws {
        let head = try Self.small { $0.labelSmoothing = 0.1 }
        let sample = Self.sample(length: 16, segments: [GridSegment(start: 2, end: 8, label: 1)])
        let labels = Set(head.targets(for: sample, paddedLength: 16).points.labels)
        #expect(labels.count == 2)
        #expect(labels.contains { abs($0 - 0.025) < 1e-6 } && labels.contains { abs($0 - 0.925) < 1e-6 })
    }

    @Test("the normaliser is the running number of positives and survives a checkpoint")
    func normalizer() throws {
        var head = try Self.small()
        let sample = Self.sample(length: 16, segments: [GridSegment(start: 2, end: 8, label: 1)])
        var generator = RandomGenerator(seed: 1)
        let targets = head.targets(for: [sample, sample], using: &generator)
        head.updateState(with: targets)
        let expected = 90 + 0.1 * Double(2 * targets[0].positives.count)
        #expect(abs((head.lossState["normalizer"] ?? 0) - expected) < 1e-12)
        var other = try Self.small()
        other.lossState = head.lossState
        #expect(other.combine([3, 4]) == head.combine([3, 4]))
        #expect(head.constantOutputGradients == head.combine([3, 4]).outputGradients)
    }

    @Test("one step along the gradient lowers the loss", arguments: [1.0, -1])
    func descent(_ lossWeight: Double) throws {
        let head = try Self.small { $0.lossWeight = lossWeight }
        let sample = Self.sample(length: 32, segments: [GridSegment(start: 3, end: 12, label: 2)])
        let target = head.targets(for: sample, paddedLength: 32)
        func loss(_ tape: Tape?) -> (sums: [Tensor], report: LossReport) {
            let batch = SequenceBatch([sample], padding: PaddedLength(computed: 32, nominal: 32))
            let sums = head.loss(head.forward(batch, on: tape), [target])
            return (sums, head.combine(sums.map { Double($0.scalar) }))
        }
        let tape = Tape(isTraining: false)
        let before = loss(tape)
        let gradients = tape.gradients(
            of: zip(before.sums, before.report.outputGradients).map { (output: $0, gradient: Tensor(Float($1))) })
        for parameter in head.parameters {
            if let gradient = gradients[parameter] { parameter.value = parameter.value - gradient * 0.01 }
        }
        let seeds = before.report.outputGradients
        func weighted(_ sums: [Tensor]) -> Double { zip(sums, seeds).reduce(0) { $0 + Double($1.0.scalar) * $1.1 } }
        #expect(weighted(loss(nil).sums) < weighted(before.sums))
    }

    @Test(
        "settings that do not fit together are refused",
        arguments: [
            "windows", "heads", "maximum_length", "regression_ranges", "neck_channels", "stream_channels",
            "start_level", "prior_probability", "head_kernel",
        ])
    func refusedSettings(_ key: String) {
        var settings = ActionFormerSettings()
        switch key {
        case "windows": settings.windows = [18]
        case "heads": settings.heads = 3
        case "maximum_length": settings.maximumLength = 100
        case "regression_ranges": settings.regressionRanges.removeLast()
        case "neck_channels": settings.neckChannels = 256
        case "stream_channels": (settings.inputChannels, settings.streamChannels) = ([8, 8], [128, 128])
        case "start_level": settings.startLevel = 6
        case "prior_probability": settings.priorProbability = 0
        default: settings.headKernel = 4
        }
        #expect { try settings.validate() } throws: { "\($0)".contains("actionformer.\(key)") }
    }

    @Test("relative positions apply to the levels with local attention only, as in the authors' code")
    func relativePositions() throws {
        let head = try Self.small {
            $0.relativePositions = true
            $0.windows = [5, 0, -1]
        }
        let names = head.namedParameters().map(\.name).filter { $0.hasSuffix("relative_positions") }
        // The blocks at full resolution have the window of the first level.
        #expect(names.count == head.settings.stemBlocks && names.allSatisfy { $0.contains("stem") })
    }
}
