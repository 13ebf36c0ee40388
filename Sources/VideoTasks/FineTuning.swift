public import Configuration
import Networks
import SViLM
import Tensors
import Threads

/// How an encoder is trained together with what stands on it.
public struct FineTuningSettings: Configurable {
    /// Passes over the samples.
    public var epochs = 5
    /// Samples of a step.
    public var batchSize = 16
    /// The largest rate of the encoder's parameters; low, because they know much already.
    public var learningRate = 1e-4
    /// The largest rate of everything else.
    public var headLearningRate = 1e-3
    public var weightDecay = 0.05
    /// Share of all steps in which the rates rise; they fall along half a cosine to 0 then.
    public var warmupShare = 0.1
    /// Longer gradients are shortened to this; 0 for no limit.
    public var gradientClip = 1.0

    public init() {}

    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ problem: String) throws {
            guard condition else { throw ConfigurationError.invalidValue(file: "", key: key, problem: problem) }
        }
        try require(epochs >= 1, "epochs", "must be at least 1")
        try require(batchSize >= 1, "batch_size", "must be at least 1")
        try require(learningRate >= 0 && headLearningRate >= 0, "learning_rate", "must not be negative")
        try require(weightDecay >= 0, "weight_decay", "must not be negative")
        try require((0..<1).contains(warmupShare), "warmup_share", "must be at least 0 and below 1")
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
    /// - Throws: ``SViLMError/diverged(step:quantity:)``
    func run(
        count: Int, seed: UInt64,
        loss: @escaping @Sendable (_ sample: Int, _ draw: inout RandomGenerator, Tape) -> Tensor?,
        score: () -> Double, report: (Report) -> Void
    ) throws(SViLMError) -> Double {
        let root = RandomGenerator(seed: seed)
        var encoderOptimizer = AdamW(encoder, weightDecay: settings.weightDecay)
        var headOptimizer = AdamW(head, weightDecay: settings.weightDecay)
        let stepsPerEpoch = (count + settings.batchSize - 1) / settings.batchSize
        let total = stepsPerEpoch * settings.epochs, warmup = Int(Double(total) * settings.warmupShare)
        func schedule(_ base: Double) -> LearningRateSchedule {
            .warmupCosine(base: base, warmupSteps: warmup, totalSteps: total, final: 0)
        }
        let (slow, fast) = (schedule(settings.learningRate), schedule(settings.headLearningRate))
        let parameters = encoder.map(\.parameter) + head.map(\.parameter)
        var best = (score: score(), values: parameters.map(\.value))
        report(Report(epoch: 0, loss: 0, score: best.score, skipped: 0))
        var step = 0
        for epoch in 1...settings.epochs {
            var generator = root.split(epoch)
            let order = Array(0..<count).shuffled(using: &generator)
            var (lossSum, used) = (0.0, 0)
            for first in stride(from: 0, to: count, by: settings.batchSize) {
                let batch = Array(order[first..<min(first + settings.batchSize, count)])
                let seeds = batch.map { _ in generator.next() }
                var encoderSum = GradientSum(of: encoder.map(\.parameter))
                var headSum = GradientSum(of: head.map(\.parameter))
                var present = 0
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
                        encoderSum.add(sample.gradients)
                        headSum.add(sample.gradients)
                        lossSum += sample.loss
                        present += 1
                    }
                }
                used += present
                guard present > 0 else { continue }
                let norm =
                    (encoderSum.norm * encoderSum.norm + headSum.norm * headSum.norm).squareRoot() / Double(present)
                guard norm.isFinite, lossSum.isFinite else {
                    // What was best before is worth keeping, unless it is what training began with.
                    for (parameter, value) in zip(parameters, best.values) { parameter.value = value }
                    guard epoch > 1 else { throw .diverged(step: step, quantity: "the gradient") }
                    report(Report(epoch: epoch, loss: .nan, score: best.score, skipped: count - used))
                    return best.score
                }
                let scale = GradientSum.clippingScale(norm: norm, limit: settings.gradientClip) / Double(present)
                encoderOptimizer.step(
                    gradients: encoderSum.gradients, rate: slow.rate(at: step), gradientScale: scale)
                headOptimizer.step(gradients: headSum.gradients, rate: fast.rate(at: step), gradientScale: scale)
                step += 1
            }
            let value = score()
            report(Report(epoch: epoch, loss: lossSum / Double(max(1, used)), score: value, skipped: count - used))
            if value > best.score { best = (value, parameters.map(\.value)) }
        }
        for (parameter, value) in zip(parameters, best.values) { parameter.value = value }
        return best.score
    }
}
