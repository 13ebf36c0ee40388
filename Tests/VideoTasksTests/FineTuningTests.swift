import Networks
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors
@testable import VideoTasks

@Suite("Fine-tuning")
struct FineTuningTests {
    /// Two layers, which stand for an encoder and a head.
    private struct Pair: Module {
        let encoder: Linear
        let head: Linear

        init() {
            var generator = RandomGenerator(seed: 4)
            encoder = Linear(2, 8, using: &generator)
            head = Linear(8, 2, using: &generator)
        }

        func callAsFunction(_ x: Tensor) -> Tensor { head(encoder(x).gelu()) }

        func tuning(_ change: (inout FineTuningSettings) -> Void) -> FineTuning {
            var settings = FineTuningSettings()
            change(&settings)
            return FineTuning(
                settings: settings, encoder: encoder.namedParameters(), head: head.namedParameters())
        }
    }

    /// Whether two signs differ: no layer alone can tell.
    private static let samples: [(x: [Float], label: Int)] = (0..<80).map { index in
        let (a, b) = (Float(index % 2) * 2 - 1, Float(index / 2 % 2) * 2 - 1)
        return ([a + Float(index % 7) * 0.05, b - Float(index % 5) * 0.05], a == b ? 1 : 0)
    }

    private static func accuracy(_ pair: Pair) -> Double {
        let scores = pair(Tensor(samples.flatMap(\.x), shape: [samples.count, 2]))
        let right = samples.indices.count { (scores[$0, 1] > scores[$0, 0]) == (samples[$0].label == 1) }
        return Double(right) / Double(samples.count)
    }

    private static func train(_ pair: Pair, _ tuning: FineTuning, score: () -> Double) throws -> [FineTuning.Report] {
        var reports: [FineTuning.Report] = []
        _ = try tuning.run(
            count: samples.count, seed: 2,
            loss: { sample, _, tape in
                // One that cannot be read.
                guard sample != 3 else { return nil }
                let x = tape.constant(Tensor(samples[sample].x, shape: [1, 2]))
                return pair(x).crossEntropy(with: [samples[sample].label])
            }, score: score, report: { reports.append($0) })
        return reports
    }

    @Test("encoder and head learn together, and samples that cannot be read are counted")
    func learns() throws {
        let pair = Pair()
        let before = pair.encoder.weight.value.elements
        let tuning = pair.tuning {
            $0.epochs = 40
            $0.batchSize = 8
            ($0.optimizer.learningRate, $0.headLearningRate) = (0.02, 0.02)
        }
        let reports = try Self.train(pair, tuning) { Self.accuracy(pair) }
        #expect(reports.count == 41)
        #expect(reports.dropFirst().allSatisfy { $0.skipped == 1 })
        #expect(Self.accuracy(pair) > 0.95)
        #expect(pair.encoder.weight.value.elements != before)
        // The same again gives the same bytes.
        let other = Pair()
        _ = try Self.train(
            other,
            other.tuning {
                $0.epochs = 40
                $0.batchSize = 8
                ($0.optimizer.learningRate, $0.headLearningRate) = (0.02, 0.02)
            }
        ) { Self.accuracy(other) }
        #expect(other.parameters.map(\.value.elements) == pair.parameters.map(\.value.elements))
    }

    @Test("the best epoch is kept, the beginning included")
    func keepsBest() throws {
        let pair = Pair()
        let before = pair.parameters.map(\.value.elements)
        var score = 1.0
        let reports = try Self.train(pair, pair.tuning { $0.epochs = 3 }) {
            score -= 0.1
            return score
        }
        #expect(reports.count == 4)
        #expect(pair.parameters.map(\.value.elements) == before)
    }

    @Test("what was best is kept when training diverges later, and a run that diverges at once is an error")
    func divergence() throws {
        let pair = Pair()
        let tuning = pair.tuning { ($0.epochs, $0.batchSize, $0.optimizer.learningRate) = (4, 40, 0.02) }
        var epoch = 0, best: [[Float]] = []
        var reports: [FineTuning.Report] = []
        _ = try tuning.run(
            count: 40, seed: 2,
            loss: { [samples = Self.samples] sample, _, tape in
                let x = tape.constant(Tensor(samples[sample].x, shape: [1, 2]))
                return pair(x).crossEntropy(with: [samples[sample].label])
            },
            score: {
                // Two scores, before and after the first epoch; then the weights are spoilt.
                epoch += 1
                if epoch == 2 { best = pair.parameters.map(\.value.elements) }
                if epoch == 3 {
                    for parameter in pair.parameters { parameter.value = parameter.value * .infinity }
                    return 0
                }
                return Double(epoch)
            }, report: { reports.append($0) })
        #expect(reports.last?.loss.isNaN == true && reports.count == 4)
        #expect(pair.parameters.map(\.value.elements) == best)
        for parameter in pair.parameters { parameter.value = parameter.value * .infinity }
        let error = #expect(throws: NetworkError.self) { _ = try Self.train(pair, tuning) { 0 } }
        #expect(error?.description.contains("learning rate") == true)
    }

    @Test("an encoder with a rate of 0 stays as it is")
    func frozenEncoder() throws {
        let pair = Pair()
        let before = pair.encoder.weight.value.elements
        let tuning = pair.tuning {
            ($0.optimizer.learningRate, $0.optimizer.weightDecay, $0.epochs) = (0, 0, 2)
        }
        var score = 0.0
        _ = try Self.train(pair, tuning) {
            score += 1
            return score
        }
        #expect(pair.encoder.weight.value.elements == before)
    }
}
