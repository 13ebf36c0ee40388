import Annotations
import Features
import Networks
import Tensors

/// Training steps of a head on random features, for measuring how long one takes.
public final class TrainingWorkload {
    private let takeStep: () -> Void
    /// Feature vectors of a video.
    public let length: Int
    /// Trainable values of the head.
    public let parameterCount: Int

    /// - Parameters:
    ///   - batch: videos in a step.
    ///   - length: feature vectors of each video; at most the head's maximum.
    ///   - channels: values in a feature vector.
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)`` or ``LocalizationError/precision(_:setting:)``
    public init(_ settings: LocalizationSettings, batch: Int, length: Int, channels: Int, classes: Int) throws {
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
        takeStep = Self.stepper(head, settings: settings.training, samples: samples)
    }

    /// Forward, loss, backward, clipping, optimiser and average.
    public func step() { takeStep() }

    private static func stepper<Head: LocalizationHead>(
        _ fresh: Head, settings: TrainingSettings, samples: [Sample]
    ) -> () -> Void {
        var head = fresh
        let named = head.namedParameters()
        let parameters = named.map(\.parameter)
        var optimizer = settings.makeOptimizer(named)
        var average = MovingAverage(of: parameters, decay: settings.averageDecay, warmsUp: settings.averageWarmup)
        let step = TrainingStep<Head>(parameters: parameters, precision: settings.precision)
        var number = 0
        return {
            number += 1
            let outcome = step(&head, samples: samples, generator: RandomGenerator(seed: 1).split(number))
            optimizer.step(
                gradients: outcome.gradients.gradients, rate: settings.learningRate,
                gradientScale: GradientSum.clippingScale(
                    norm: outcome.gradients.norm, limit: settings.gradientLimit))
            average.update(from: parameters)
        }
    }
}
