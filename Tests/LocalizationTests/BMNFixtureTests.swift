import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

/// Numbers of a small BMN in PyTorch, made by `Tests/Fixtures/make-bmn.py`.
@Suite("BMN agrees with PyTorch")
struct BMNFixtureTests {
    private static let path = Fixture.url("heads/bmn.safetensors").path
    private let file: SafetensorsFile

    init() throws { file = try SafetensorsFile(path: Self.path) }

    private func head() throws -> BMN {
        var settings = BMNSettings()
        (settings.maximumLength, settings.maximumDuration, settings.channels) = (12, 10, 8)
        (settings.groups, settings.positions, settings.samplesPerPosition) = (2, 4, 3)
        (settings.sampledChannels, settings.proposalChannels, settings.mapChannels) = (6, 8, 6)
        try settings.validate()
        var generator = RandomGenerator(seed: 1)
        let head = try BMN(settings, featureChannels: 6, using: &generator)
        for official in head.openTADParameters {
            let value = try file.tensor(named: "weights/\(official.name)")
            #expect(value.shape == official.shape)
            official.parameter.value = official.convert(value)
        }
        return head
    }

    private func samples() throws -> [Sample] {
        let features = try file.tensor(named: "features").transposed([0, 2, 1])
        let segments = try file.tensor(named: "segments")
        return (0..<2).map { item in
            Sample(
                video: "\(item)", features: features.slice(axis: 0, item..<(item + 1)).reshaped([12, 6]),
                grid: TemporalMaxerTests.grid,
                segments: (0..<2).map {
                    // The reference counts from the edge of the first cell, here its middle is 0.
                    GridSegment(start: segments[item, $0, 0] - 0.5, end: segments[item, $0, 1] - 0.5, label: 0)
                })
        }
    }

    private func batch(of head: BMN) throws -> SequenceBatch {
        SequenceBatch(try samples(), padding: head.paddedLength(for: 12))
    }

    @Test("maps and boundaries")
    func forward() throws {
        let head = try head()
        let output = head.forward(try batch(of: head), on: nil)
        for (channel, name) in ["regressed", "classified"].enumerated() {
            let ours = output.overlaps.slice(axis: 3, channel..<(channel + 1)).elements
            #expect(try largestDifference(ours, file.tensor(named: name).elements) < 1e-5, "\(name)")
        }
        #expect(try largestDifference(output.starts.elements, file.tensor(named: "starts").elements) < 1e-5)
        #expect(try largestDifference(output.ends.elements, file.tensor(named: "ends").elements) < 1e-5)
    }

    @Test("labels, losses and every gradient")
    func training() throws {
        let head = try head()
        let labels = try samples().map { sample in
            ProposalLabels(
                segments: sample.segments.map { ($0.start, $0.end) }, length: 12, durations: 10,
                boundaryWidth: head.settings.boundaryWidth)
        }
        for (name, ours) in [
            ("overlap_labels", labels.flatMap(\.overlaps)), ("start_labels", labels.flatMap(\.starts)),
            ("end_labels", labels.flatMap(\.ends)),
        ] {
            #expect(try largestDifference(ours, file.tensor(named: name).elements) < 1e-6, "\(name)")
        }
        func draws(_ name: String) throws -> [[Float]] {
            let values = try file.tensor(named: name).elements
            return [Array(values[..<120]), Array(values[120...])]
        }
        let targets = head.objective.balance.targets(labels, medium: try draws("medium"), low: try draws("low"))
        let tape = Tape(isTraining: false)
        let sums = head.loss(head.forward(try batch(of: head), on: tape), targets)
        let report = head.combine(sums.map { Double($0.scalar) })
        let references = try file.tensor(named: "losses").elements.map(Double.init)
        for (value, reference) in zip(report.terms + [report.total], references) {
            #expect(abs(value - reference) < 1e-5 * reference)
        }
        var total = GradientSum(of: head.parameters)
        total.add(tape.gradients(of: zip(sums, report.outputGradients).map { ($0, Tensor(Float($1))) }))
        #expect(head.openTADParameters.count == file.names.filter { $0.hasPrefix("gradients/") }.count)
        for (official, gradient) in zip(head.openTADParameters, total.gradients) {
            let expected = official.convert(try file.tensor(named: "gradients/\(official.name)")).elements
            let largest = expected.reduce(0) { max($0, abs($1)) }
            let difference = largestDifference(try #require(gradient).elements, expected)
            #expect(difference <= 1e-4 * largest + 1e-6, "\(official.name): \(difference) of \(largest)")
        }
    }
}
