import Annotations
import Features
public import Networks
import Tensors

/// Training steps of a head on random features, for measuring how long one takes.
public final class TrainingWorkload {
    private let takeStep: () throws -> Void
    /// Feature vectors of a video.
    public let length: Int
    /// Trainable values of the head.
    public let parameterCount: Int

    /// - Parameters:
    ///   - settings: which head, and how it is trained.
    ///   - batch: videos in a step.
    ///   - length: feature vectors of each video; at most the head's maximum.
    ///   - channels: values in a feature vector.
    ///   - classes: number of classes.
    ///   - ranks: processes that divide each step among them.
    ///   - overlaps: whether gradients travel while the backward pass still runs.
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)``, ``LocalizationError/precision(_:setting:)``, or an error of
    ///   what connects the ranks.
    public init(
        _ settings: LocalizationSettings, batch: Int, length: Int, channels: Int, classes: Int,
        ranks: any Communicator = SingleProcess(), overlaps: Bool = true
    ) throws {
        try LocalizationError.check(settings.training.precision, setting: "training.precision")
        var generator = RandomGenerator(seed: 1)
        let head = try settings.makeHead(featureChannels: channels, classes: classes, using: &generator)
        let grid = SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16)
        self.length = min(length, settings.maximumLength)
        let count = self.length
        let samples = (0..<batch).map { number in
            Sample(
                video: "random \(number)", features: .normal([count, channels], using: &generator), grid: grid,
                segments: stride(from: Float(5), to: Float(count) - 20, by: 40).map { start in
                    let length = Float(generator.uniform(2, 20))
                    return GridSegment(
                        start: start, end: start + length, label: generator.integer(in: 0...(classes - 1)))
                })
        }
        parameterCount = head.parameterCount
        takeStep = try Self.stepper(
            head, settings: settings.training, samples: samples, ranks: ranks, overlaps: overlaps)
    }

    /// Forward, loss, backward, clipping, optimiser and average.
    ///
    /// - Throws: `NetworkError.diverged`
    public func step() throws { try takeStep() }

    private static func stepper<Head: LocalizationHead>(
        _ fresh: Head, settings: TrainingSettings, samples: [Sample], ranks: any Communicator, overlaps: Bool
    ) throws -> () throws -> Void {
        var head = fresh
        var loop = TrainingLoop(
            head.namedParameters(), settings: settings.optimizer,
            schedule: .constant(settings.optimizer.learningRate), averageDecay: settings.averageDecay,
            averageWarmup: settings.averageWarmup)
        let parameters = loop.parameters.map(\.parameter)
        var step = TrainingStep<Head>(parameters: parameters, precision: settings.precision)
        if !ranks.isAlone {
            step.threads = try RankThreads(ranks)
            step.exchange = GradientExchange(
                of: parameters, over: ranks, compression: settings.gradientCompression, overlaps: overlaps)
        }
        let compute = step
        return {
            let outcome = try compute(
                &head, samples: samples, generator: RandomGenerator(seed: 1).split(loop.steps + 1))
            try loop.step(outcome.gradients, loss: outcome.report.total)
        }
    }
}
