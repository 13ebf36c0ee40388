import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("TriDet")
struct TriDetTests {
    private static func small(_ change: (inout TriDetSettings) -> Void = { _ in }) throws -> TriDet {
        var settings = TriDetSettings()
        (settings.channels, settings.neckChannels, settings.headChannels) = (16, 16, 8)
        (settings.maximumLength, settings.stemBlocks, settings.branchBlocks) = (64, 1, 2)
        settings.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        (settings.windows, settings.largeKernelFactor, settings.feedForwardChannels) = ([3], 1.5, 24)
        settings.bins = 4
        change(&settings)
        try settings.validate()
        var generator = RandomGenerator(seed: 3)
        let head = try TriDet(settings, featureChannels: 6, classes: 3, using: &generator)
        // Larger weights than the initial ones, so that every part shows in the result.
        for parameter in head.parameters {
            parameter.value = parameter.value + .normal(parameter.shape, standardDeviation: 0.2, using: &generator)
        }
        return head
    }

    private static func sample(length: Int) -> Sample {
        var generator = RandomGenerator(seed: 5)
        return Sample(
            video: "v", features: .normal([length, 6], using: &generator), grid: TemporalMaxerTests.grid,
            segments: [GridSegment(start: 3, end: 9, label: 1), GridSegment(start: 10, end: 26, label: 0)])
    }

    @Test(
        "the amount of padding does not matter, unless compatibility with the official code is asked for",
        arguments: [PyramidDownsampling.max, .average], [PyramidNeck.identity, .pyramid])
    func padding(_ downsampling: PyramidDownsampling, _ neck: PyramidNeck) throws {
        for (compatibility, isInvariant) in [(HeadCompatibility.fixed, true), (.official, false)] {
            let head = try Self.small {
                ($0.downsampling, $0.neck, $0.compatibility) = (downsampling, neck, compatibility)
                $0.boundaryKernel = 5
            }
            for length in [1, 30, 31] {
                let sample = Self.sample(length: length)
                let least = PaddedLength(computed: (length + 3) / 4 * 4 + 8, nominal: 64)
                #expect(head.paddedLength(for: length).computed == (isInvariant ? least.computed : 64))
                func output(_ padding: PaddedLength) -> [Float] {
                    let output = head.forward(SequenceBatch([sample], padding: padding), on: nil)
                    return zip(output.points.masks.indices, output.points.masks).flatMap { level, mask in
                        [output.points.logits, output.points.offsets, output.starts, output.ends].flatMap {
                            $0[level].slice(axis: 1, 0..<mask.lengths[0]).elements
                        }
                    }
                }
                let difference = largestDifference(
                    output(least), output(PaddedLength(computed: 64, nominal: 64)))
                #expect((difference < 1e-4) == isInvariant, "\(length): \(difference)")
            }
        }
    }

    @Test("depthwise convolutions begin with zeros only for compatibility")
    func initialization() throws {
        var settings = TriDetSettings()
        #expect(settings.initialDeviation > 0)
        settings.compatibility = .official
        #expect(settings.initialDeviation == 0)
        settings.depthwiseDeviation = 0.2
        #expect(settings.initialDeviation == 0.2)
    }

    @Test("the large kernel is odd, halves are rounded to even", arguments: [(1, 5, 11), (5, 1.3, 9), (3, 1.5, 7)])
    func largeKernel(_ window: Int, _ factor: Double, _ size: Int) {
        var settings = TriDetSettings()
        settings.largeKernelFactor = factor
        #expect(settings.largeKernel(of: window) == size)
    }

    @Test("distances lie within the bins and have the gradients of their formula")
    func decoder() {
        let decoder = TridentDecoder(bins: 3)
        let entries = [(0, 0, 1), (0, 4, 0), (1, 2, 1), (1, 5, 0)].map {
            TridentDecoder.Entry(item: $0.0, point: $0.1, label: $0.2)
        }
        var generator = RandomGenerator(seed: 1)
        let inputs = [[2, 6, 2], [2, 6, 2], [2, 6, 8]].map { Tensor.normal($0, using: &generator) }
        let values = decoder.distances(
            TridentDecoder.Level(starts: inputs[0], ends: inputs[1], offsets: inputs[2]), entries)
        #expect(values.elements.allSatisfy { $0 > 0 && $0 < 3 })
        let difference = GradientCheck.worstDifference(shapes: inputs.map(\.shape)) { inputs in
            decoder.distances(
                TridentDecoder.Level(starts: inputs[0], ends: inputs[1], offsets: inputs[2]), entries)
        }
        #expect(difference < 1e-3)
    }

    @Test("the overlap weight is the power of the overlap and has its gradient")
    func overlapWeight() {
        let targets: [Float] = [2, 2, 1, 3, 4, 1]
        let weight = OverlapWeight(power: 0.5)
        let distances = Tensor([2, 2, 0.5, 4, 1, 2], shape: [3, 2])
        #expect(largestDifference(weight(distances, targets: targets).elements, [1, 0.83666003, 0.57735027]) < 1e-6)
        // Targets outside the range of the inputs, so that no difference crosses a kink.
        let difference = GradientCheck.worstDifference(shapes: [[3, 2]], inputs: .positive) {
            weight($0[0], targets: [2, 0.2, 0.3, 3, 4, 1.7])
        }
        #expect(difference < 1e-3)
        #expect(weight(Tensor([0, 0], shape: [1, 2]), targets: [1, 1]).elements == [0])
    }

    @Test("a batch without actions has a finite loss and gradients")
    func withoutActions() throws {
        let head = try Self.small()
        var sample = Self.sample(length: 20)
        sample.segments = []
        var generator = RandomGenerator(seed: 1)
        let targets = head.targets(for: [sample], using: &generator)
        let tape = Tape()
        let output = head.forward(SequenceBatch([sample], padding: head.paddedLength(for: 20)), on: tape)
        let sums = head.loss(output, targets)
        #expect(sums[0].scalar > 0 && sums[1].scalar == 0)
        let gradients = tape.gradients(of: sums.map { ($0, Tensor(1)) })
        let found = head.parameters.compactMap { gradients[$0] }
        #expect(!found.isEmpty && found.allSatisfy { $0.elements.allSatisfy { $0.isFinite } })
    }
}
