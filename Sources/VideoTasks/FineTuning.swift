public import Configuration
public import Networks
import Tensors
import Threads

/// How an encoder is trained together with what stands on it.
public struct FineTuningSettings: Configurable {
    /// Passes over the samples.
    public var epochs = 5
    /// Samples of a step.
    public var batchSize = 16
    /// Of the encoder's parameters; its rate is low, because they were trained before.
    public var optimizer = OptimizerSettings(learningRate: 1e-4)
    /// The highest learning rate of everything else; all other settings of the optimiser are the same.
    public var headLearningRate = 1e-3
    /// The fraction of all steps in which the rates rise; they then fall along half a cosine.
    public var warmupFraction = 0.1

    public static var renamedKeys: [String: String] {
        [
            "learning_rate": "optimizer.learning_rate", "weight_decay": "optimizer.weight_decay",
            "gradient_clip": "optimizer.gradient_clip_norm", "warmup_share": "warmup_fraction",
        ]
    }

    public init() {}

    public func validate() throws {
        for (key, value) in [("epochs", epochs), ("batch_size", batchSize)] {
            try require((1...1_000_000_000).contains(value), key, "must be from 1 to a billion")
        }
        try require(
            headLearningRate >= 0 && headLearningRate.isFinite, "head_learning_rate",
            "must be a number and not negative")
        try require((0..<1).contains(warmupFraction), "warmup_fraction", "must be at least 0 and below 1")
        try optimizer.validate()
    }

    /// The optimiser of everything but the encoder.
    var headOptimizer: OptimizerSettings {
        var settings = optimizer
        settings.learningRate = headLearningRate
        return settings
    }
}

/// Trains an encoder and a head on single samples, each on a tape of its own, as many at a time as there are threads.
///
/// After each epoch the model is measured, and the best is kept, the one before the first epoch among them; so training never
/// ends worse on the validation samples than it began.
struct FineTuning {
    /// What happened in an epoch.
    struct Report: Sendable {
        /// From 1; 0 for the measure before training.
        var epoch: Int
        /// Mean over the samples.
        var loss: Double
        /// What is maximised.
        var score: Double
        /// Samples that could not be read.
        var skipped: Int
    }

    let settings: FineTuningSettings
    let encoder: [(name: String, parameter: Parameter)]
    let head: [(name: String, parameter: Parameter)]

    /// Each is made and read by one thread at a time.
    private struct SampleGradients: @unchecked Sendable {
        let gradients: Gradients
        let loss: Double
    }

    /// Trains.
    ///
    /// - Parameters:
    ///   - count: samples.
    ///   - seed: of their order and of what `loss` and dropout draw.
    ///   - loss: of a sample on a tape, a scalar; `nil` where it cannot be read. Called from several threads.
    ///   - score: measures the model, higher is better.
    ///   - report: called after each epoch.
    /// - Returns: the best score.
    /// - Throws: `NetworkError.diverged` when the first epoch diverges.
    func run(
        count: Int, seed: UInt64,
        loss: @escaping @Sendable (_ sample: Int, _ draw: inout RandomGenerator, Tape) -> Tensor?,
        score: () -> Double, report: (Report) -> Void
    ) throws(NetworkError) -> Double {
        let root = RandomGenerator(seed: seed)
        let stepsPerEpoch = (count + settings.batchSize - 1) / settings.batchSize
        let total = stepsPerEpoch * settings.epochs, warmup = Int(Double(total) * settings.warmupFraction)
        var loop = TrainingLoop(
            [(settings.optimizer, encoder), (settings.headOptimizer, head)].map { optimizer, parameters in
                (optimizer.makeOptimizer(parameters), optimizer.cosine(warmupSteps: warmup, totalSteps: total))
            }, gradientClipNorm: settings.optimizer.gradientClipNorm)
        let parameters = loop.parameters.map(\.parameter)
        var best = (score: score(), values: parameters.map(\.value))
        report(Report(epoch: 0, loss: 0, score: best.score, skipped: 0))
        for epoch in 1...settings.epochs {
            var generator = root.split(epoch)
            let order = Array(0..<count).shuffled(using: &generator)
            var (lossSum, used) = (0.0, 0)
            for first in stride(from: 0, to: count, by: settings.batchSize) {
                let batch = Array(order[first..<min(first + settings.batchSize, count)])
                let seeds = batch.map { _ in generator.next() }
                var sums = loop.emptySums(), present = 0
                // A wave of threads at a time, so that memory holds few gradients whatever the batch.
                for wave in stride(from: 0, to: batch.count, by: Parallel.threads) {
                    let size = min(Parallel.threads, batch.count - wave)
                    let samples = Parallel.map(size) { offset -> SampleGradients? in
                        var draw = RandomGenerator(seed: seeds[wave + offset])
                        let tape = Tape(isTraining: true, seed: draw.next())
                        guard let loss = loss(batch[wave + offset], &draw, tape) else { return nil }
                        let value = Double(loss.scalar)
                        return SampleGradients(gradients: tape.gradients(of: loss), loss: value)
                    }
                    for sample in samples.compactMap({ $0 }) {
                        for index in sums.indices { sums[index].add(sample.gradients) }
                        lossSum += sample.loss
                        present += 1
                    }
                }
                used += present
                guard present > 0 else { continue }
                do throws(NetworkError) {
                    try loop.step(sums, loss: lossSum, samples: present)
                } catch {
                    // What was best before is worth keeping, unless it is what training began with.
                    for (parameter, value) in zip(parameters, best.values) { parameter.value = value }
                    guard epoch > 1 else { throw error }
                    report(Report(epoch: epoch, loss: .nan, score: best.score, skipped: count - used))
                    return best.score
                }
            }
            let value = score()
            report(Report(epoch: epoch, loss: lossSum / Double(max(1, used)), score: value, skipped: count - used))
            if value > best.score { best = (value, parameters.map(\.value)) }
        }
        for (parameter, value) in zip(parameters, best.values) { parameter.value = value }
        return best.score
    }
}
