import Networks
import Tensors
import Testing

@testable import Localization

@Suite("BMN")
struct BMNTests {
    private static func head() throws -> BMN {
        var settings = BMNSettings()
        (settings.maximumLength, settings.maximumDuration, settings.channels) = (16, 12, 16)
        (settings.positions, settings.samplesPerPosition, settings.sampledChannels) = (8, 2, 16)
        (settings.proposalChannels, settings.mapChannels) = (16, 8)
        try settings.validate()
        var generator = RandomGenerator(seed: 1)
        return try BMN(settings, featureChannels: 8, using: &generator)
    }

    @Test("a proposal is sampled evenly from half its length before it to half its length after it")
    func sampling() {
        let sampling = ProposalSampling(
            length: 20, durations: 8, positions: 4, rule: .even(samplesPerPosition: 1))
        // Start 6, duration index 5 (length 6): from 3 to 14 in three steps.
        var found: [[Int: Float]] = Array(repeating: [:], count: 4)
        sampling.forEachWeight(cell: 5 * 20 + 6) { found[$0][$1, default: 0] += $2 }
        let expected: [[Int: Float]] = [[3: 1], [6: 1.0 / 3, 7: 2.0 / 3], [10: 2.0 / 3, 11: 1.0 / 3], [14: 1]]
        for (ours, theirs) in zip(found, expected) {
            #expect(Set(ours.keys) == Set(theirs.keys))
            #expect(ours.allSatisfy { abs($0.value - (theirs[$0.key] ?? .infinity)) < 1e-5 })
        }
        // As far to the right as to the left: from 3 to 15.
        let symmetric = ProposalSampling(
            length: 20, durations: 8, positions: 4, rule: .even(samplesPerPosition: 1), isSymmetric: true)
        var places = Set<Int>()
        symmetric.forEachWeight(cell: 5 * 20 + 6) { if $2 > 0.5 { places.insert($1) } }
        #expect(places == [3, 7, 11, 15])
        // A proposal beyond the end has no samples.
        var count = 0
        sampling.forEachWeight(cell: 5 * 20 + 15) { _, _, _ in count += 1 }
        #expect(count == 0)
    }

    @Test("projecting before sampling is the same as sampling before projecting")
    func projection() throws {
        var generator = RandomGenerator(seed: 4)
        let sampling = ProposalSampling(
            length: 6, durations: 4, positions: 3, rule: .even(samplesPerPosition: 2))
        let alignment = ProposalAlignment(channels: 5, outputs: 2, inner: sampling, using: &generator)
        let x = Tensor.normal([1, 6, 5], using: &generator)
        let ours = alignment(x)
        for cell in 0..<24 {
            var sums: [Float] = [0, 0]
            sampling.forEachWeight(cell: cell) { position, time, weight in
                for output in 0..<2 {
                    for channel in 0..<5 {
                        sums[output] += weight * x[0, time, channel] * alignment.weight.value[position, output, channel]
                    }
                }
            }
            for output in 0..<2 { #expect(abs(ours[0, cell / 6, cell % 6, output] - sums[output]) < 1e-5) }
        }
    }

    @Test("boundaries may be peaks, high positions and the outermost ones")
    func peaks() {
        let probabilities: [Float] = [9, 0.1, 0.3, 0.2, 0.9, 0.8, 0.1, 0.2, 9]
        let starts = ProposalCandidates.peaks.boundaries(probabilities[1..<8], always: 0)
        #expect(starts == [true, true, false, true, true, false, false])
        let ends = ProposalCandidates.peaks.boundaries(probabilities[1..<8], always: 6)
        #expect(ends == [false, true, false, true, true, false, true])
        #expect(ProposalCandidates.all.boundaries(probabilities[1..<8], always: 0).allSatisfy { $0 })
        #expect(ProposalCandidates.peaks.boundaries([], always: 0).isEmpty)
    }

    @Test("training lowers its loss and finds the action")
    func training() throws {
        var head = try Self.head()
        var generator = RandomGenerator(seed: 2)
        var features = Tensor.normal([16, 8], standardDeviation: 0.3, using: &generator)
        features =
            features
            + Tensor([16, 8]) { target in
                for index in target.indices { target[index] = (40..<88).contains(index) ? 1 : 0 }
            }
        // Positions 5 to 10, whose cells reach from 4.5 to 10.5.
        let sample = Sample(
            video: "v", features: features, grid: TemporalMaxerTests.grid,
            segments: [GridSegment(start: 4.5, end: 10.5, label: 0)])
        var optimizer = Adam(head.namedParameters())
        let step = TrainingStep<BMN>(parameters: head.parameters)
        var losses: [Double] = []
        for _ in 0..<60 {
            let outcome = try step(&head, samples: [sample], generator: generator)
            losses.append(outcome.report.total)
            optimizer.step(gradients: outcome.gradients.gradients, rate: 5e-3)
        }
        #expect(losses[59] < 0.5 * losses[0])
        var settings = PostProcessingSettings()
        settings.scoreThreshold = 0
        let output = head.forward(SequenceBatch([sample], padding: head.paddedLength(for: 16)), on: nil)
        let best = try #require(head.proposals(output, settings: settings).first)
        #expect(best.starts[0] == 4.5 && best.ends[0] == 10.5)
    }
}
