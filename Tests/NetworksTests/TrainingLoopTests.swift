import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Networks

@Suite("Training: loop, checkpoint, log")
struct TrainingLoopTests {
    private static func layer() -> Linear {
        var generator = RandomGenerator(seed: 3)
        return Linear(3, 2, using: &generator)
    }

    private static func settings(_ kind: OptimizerSettings.Kind, clip: Double = 0.5) -> OptimizerSettings {
        var settings = OptimizerSettings(learningRate: 0.05)
        (settings.kind, settings.gradientClipNorm) = (kind, clip)
        return settings
    }

    private static func loop(_ layer: Linear, _ kind: OptimizerSettings.Kind, average: Double = 0.5) -> TrainingLoop {
        let settings = settings(kind)
        return TrainingLoop(
            layer.namedParameters(), settings: settings,
            schedule: settings.cosine(warmupSteps: 2, totalSteps: 8), averageDecay: average)
    }

    /// Gradients that depend on the weights and on the number of the step.
    private static func gradients(_ layer: Linear, step: Int) -> GradientSum {
        let tape = Tape()
        let x = tape.constant(Tensor((0..<6).map { Float($0 + step) * 0.3 }, shape: [2, 3]))
        var sum = GradientSum(of: layer.parameters)
        sum.add(tape.gradients(of: layer(x).crossEntropy(with: [0, 1])))
        return sum
    }

    private static func values(_ layer: Linear) -> [[Float]] { layer.parameters.map(\.value.elements) }

    @Test("a step is that of the optimiser with the rate of the schedule and the clipped gradient")
    func step() throws {
        let (layer, other) = (Self.layer(), Self.layer())
        var loop = Self.loop(layer, .adamw)
        var optimizer = AdamW(other.namedParameters(), weightDecay: 0.05)
        var average = MovingAverage(of: other.parameters, decay: 0.5)
        for number in 0..<5 {
            let sum = Self.gradients(layer, step: number), norm = sum.norm
            let taken = try loop.step(sum, loss: 1)
            let rate = LearningRateSchedule.warmupCosine(base: 0.05, warmupSteps: 2, totalSteps: 8, final: 0)
                .rate(at: number)
            optimizer.step(
                gradients: Self.gradients(other, step: number).gradients, rate: rate,
                gradientScale: GradientSum.clippingScale(norm: norm, limit: 0.5))
            average.update(from: other.parameters)
            #expect(taken.gradientNorm == norm && taken.learningRate == rate)
        }
        #expect(loop.steps == 5 && Self.values(layer) == Self.values(other))
        #expect(loop.average?.values.map(\.elements) == average.values.map(\.elements))
    }

    @Test("several groups share the clipped norm, and sums are divided by the samples")
    func groups() throws {
        let (first, second) = (Self.layer(), Self.layer())
        var loop = TrainingLoop(
            [first, second].map {
                (SGD($0.namedParameters(), momentum: 0, weightDecay: 0), LearningRateSchedule.constant(0.1))
            }, gradientClipNorm: 0.25)
        let sums = [Self.gradients(first, step: 0), Self.gradients(second, step: 4)]
        let before = Self.values(first)
        let norm = (sums[0].norm * sums[0].norm + sums[1].norm * sums[1].norm).squareRoot() / 2
        let taken = try loop.step(sums, loss: 1, samples: 2)
        #expect(taken.gradientNorm == norm)
        let scale = Float(GradientSum.clippingScale(norm: norm, limit: 0.25) / 2)
        let gradient = try #require(sums[0].gradients[0])
        for (index, value) in first.parameters[0].value.elements.enumerated() {
            #expect(abs(value - (before[0][index] - 0.1 * scale * gradient.elements[index])) < 1e-7)
        }
    }

    @Test("a loss or gradient that is not finite is an error, and changes nothing")
    func divergence() throws {
        let layer = Self.layer()
        var loop = Self.loop(layer, .sgd)
        let before = Self.values(layer)
        #expect(throws: NetworkError.diverged(step: 1, quantity: "the loss")) {
            try loop.step(Self.gradients(layer, step: 0), loss: .nan)
        }
        #expect(loop.steps == 0 && Self.values(layer) == before)
        let spoilt = Self.layer()
        for parameter in spoilt.parameters { parameter.value = parameter.value * .infinity }
        var other = Self.loop(spoilt, .sgd)
        #expect(throws: NetworkError.diverged(step: 1, quantity: "the gradient")) {
            try other.step(Self.gradients(spoilt, step: 0), loss: 1)
        }
    }

    private struct State: Codable, Equatable { var position: Int }

    @Test("a checkpoint continues with the same bytes", arguments: OptimizerSettings.Kind.allCases)
    func checkpoint(_ kind: OptimizerSettings.Kind) throws {
        try TemporaryFolder.with { folder in
            let checkpoint = TrainingCheckpoint(folder.appendingPathComponent("last/checkpoint.safetensors").path)
            #expect(!checkpoint.exists)
            let whole = Self.layer()
            var loop = Self.loop(whole, kind)
            for number in 0..<3 { try loop.step(Self.gradients(whole, step: number), loss: 1) }
            try checkpoint.save(State(position: 7), loop: loop)
            for number in 3..<6 { try loop.step(Self.gradients(whole, step: number), loss: 1) }

            let resumed = Self.layer()
            var second = Self.loop(resumed, kind)
            #expect(try checkpoint.restore(State.self, loop: &second) == State(position: 7))
            #expect(second.steps == 3)
            for number in 3..<6 { try second.step(Self.gradients(resumed, step: number), loss: 1) }
            #expect(Self.values(resumed) == Self.values(whole))
            #expect(second.average?.values.map(\.elements) == loop.average?.values.map(\.elements))
        }
    }

    @Test("a checkpoint that is refused, damaged, of another shape or of another kind leaves the weights alone")
    func refusedCheckpoint() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("checkpoint.safetensors").path
            let checkpoint = TrainingCheckpoint(path)
            let layer = Self.layer()
            var loop = Self.loop(layer, .adamw)
            try loop.step(Self.gradients(layer, step: 0), loss: 1)
            try checkpoint.save(State(position: 1), loop: loop)

            let fresh = Self.layer()
            let before = Self.values(fresh)
            func restore(_ check: (State) throws -> Void = { _ in }) throws {
                var other = Self.loop(fresh, .adamw)
                _ = try checkpoint.restore(loop: &other, check: check)
            }
            struct Refused: Error {}
            #expect(throws: Refused.self) { try restore { _ in throw Refused() } }
            // The moments of another optimiser.
            #expect(throws: NetworkError.self) {
                var other = Self.loop(fresh, .sgd)
                _ = try checkpoint.restore(State.self, loop: &other)
            }
            // As tal 0.1 wrote them.
            try SafetensorsFile.write([("model/weight", .zeros([2]))], to: path, metadata: ["pretraining": "{}"])
            let error = #expect(throws: FileError.self) { try restore() }
            #expect(error?.description.contains("tal 0.1") == true && error?.path == path)
            try Data("no tensors".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: TensorFileError.self) { try restore() }
            #expect(Self.values(fresh) == before)
        }
    }

    private struct Line: Codable, Equatable {
        var step: Int
        var gradientNorm: Double
    }

    @Test("a log continues after the checkpoint, without what was written later or is damaged")
    func log() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("metrics.jsonl").path
            let first = try RunLog(path: path, key: "step", keepingThrough: 0)
            for step in 1...4 { try first.append(Line(step: step, gradientNorm: Double(step) / 4)) }
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(String(decoding: whole, as: UTF8.self).hasPrefix("{\"gradient_norm\":0.25,\"step\":1}\n"))
            try DurableFile.append(Data("{\"step\":2,\"gradie".utf8), to: path)

            let second = try RunLog(path: path, key: "step", keepingThrough: 2)
            #expect(try second.entries(Line.self).map(\.step) == [1, 2])
            for step in 3...4 { try second.append(Line(step: step, gradientNorm: Double(step) / 4)) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
            #expect(try RunLog(path: path, key: "step", keepingThrough: 0).entries(Line.self) == [])
        }
    }
}
