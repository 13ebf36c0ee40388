public import Configuration
public import Networks
import Tensors

/// The shape of an `AnswerHead` and how it is trained on frozen encoders.
public struct AnswerSettings: Configurable {
    /// Channels of video and question after their own layers, and of the layer that joins them.
    public var hidden = 256
    /// Chance that a value is dropped before the last layer while training.
    public var dropout = 0.2
    /// Passes over the questions.
    public var epochs = 40
    /// Questions of a step.
    public var batchSize = 64
    public var optimizer = OptimizerSettings(learningRate: 1e-3)
    /// The fraction of all steps in which the rate rises; it then falls along half a cosine.
    public var warmupFraction = 0.05
    /// At most this many of the most frequent answers of the training set can be given.
    public var answers = 1500

    public static var renamedKeys: [String: String] {
        ["learning_rate": "optimizer.learning_rate", "weight_decay": "optimizer.weight_decay"]
    }

    public init() { optimizer.gradientClipNorm = 0 }

    public func validate() throws {
        try require((1...65536).contains(hidden), "hidden", "must be between 1 and 65536")
        try require((0..<1).contains(dropout), "dropout", "must be at least 0 and below 1")
        for (key, value) in [("epochs", epochs), ("batch_size", batchSize), ("answers", answers)] {
            try require((1...1_000_000_000).contains(value), key, "must be from 1 to a billion")
        }
        try require((0..<1).contains(warmupFraction), "warmup_fraction", "must be at least 0 and below 1")
        try optimizer.validate()
    }
}

/// Scores the answers of a list, given the features of a video and of a question.
///
/// Both are standardised and brought to the same width, `v` and `q`; two layers look at `v`, `q` and their product.
struct AnswerHead: Module {
    let videoScale: Standardization
    let questionScale: Standardization
    let videoLayer: Linear
    let questionLayer: Linear
    let joint: Linear
    let output: Linear
    private let dropout: Float

    init(
        video: Standardization, question: Standardization, answers: Int, settings: AnswerSettings,
        using generator: inout RandomGenerator
    ) {
        videoScale = video
        questionScale = question
        let hidden = settings.hidden
        videoLayer = Linear(video.mean.shape[1], hidden, using: &generator)
        questionLayer = Linear(question.mean.shape[1], hidden, using: &generator)
        joint = Linear(3 * hidden, hidden, using: &generator)
        output = Linear(hidden, answers, using: &generator)
        dropout = Float(settings.dropout)
    }

    /// `[samples, answers]` for videos `[samples, feature channels]` and questions `[samples, text width]`.
    func callAsFunction(video: Tensor, question: Tensor) -> Tensor {
        let v = videoLayer(videoScale(video)), q = questionLayer(questionScale(question))
        let joined = joint(.concatenated([v, q, v * q], axis: 1)).gelu()
        return output(joined.dropout(dropout))
    }

    /// The parameters that a training changes.
    var trainable: [(name: String, parameter: Parameter)] { namedParameters().filter(\.parameter.isTrainable) }

    /// Trains on frozen features.
    ///
    /// - Parameters:
    ///   - videos: `[videos, feature channels]`
    ///   - questions: `[questions, text width]`
    ///   - samples: rows of both, and the number of the right answer.
    /// - Throws: `NetworkError.diverged`
    func fit(
        videos: Tensor, questions: Tensor, samples: [(video: Int, question: Int, answer: Int)],
        settings: AnswerSettings, using generator: inout RandomGenerator
    ) throws(NetworkError) {
        let parameters = trainable
        let steps = (samples.count + settings.batchSize - 1) / settings.batchSize * settings.epochs
        var loop = TrainingLoop(
            parameters, settings: settings.optimizer,
            schedule: settings.optimizer.cosine(
                warmupSteps: Int(Double(steps) * settings.warmupFraction), totalSteps: steps))
        for _ in 0..<settings.epochs {
            let order = samples.shuffled(using: &generator)
            for first in stride(from: 0, to: order.count, by: settings.batchSize) {
                let batch = order[first..<min(first + settings.batchSize, order.count)]
                let tape = Tape(isTraining: true, seed: generator.next())
                let logits = self(
                    video: tape.constant(videos.gathered(batch.map(\.video))),
                    question: tape.constant(questions.gathered(batch.map(\.question))))
                let loss = logits.crossEntropy(with: batch.map(\.answer))
                var sum = GradientSum(of: parameters.map(\.parameter))
                sum.add(tape.gradients(of: loss))
                try loop.step(sum, loss: Double(loss.scalar))
            }
        }
    }
}
