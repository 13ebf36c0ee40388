public import Configuration
public import Networks
public import Tensors

/// How a head is trained.
public struct TrainingSettings: Configurable {
    /// How the learning rate goes on after it has risen.
    public enum Schedule: String, Codable, Sendable, CaseIterable { case cosine, steps, constant }

    /// Training ends when this many evaluations in a row were no better than the best before; 0 never.
    public var patience = 0
    /// Which weights become the model of the run.
    public enum Selection: String, Codable, Sendable, CaseIterable {
        /// Those with the best evaluation.
        case best
        /// Those of the last epoch.
        case last
    }

    /// How the videos of an epoch are drawn.
    public enum Sampling: String, Codable, Sendable, CaseIterable {
        /// Each video once.
        case uniform
        /// As many videos as there are, every class equally often; videos without an action are not drawn.
        case classBalanced = "class_balanced"
    }

    /// The subset of the annotations that is trained on.
    public var trainingSubset = "training"
    /// The subset that is evaluated.
    public var validationSubset = "validation"
    /// Labels that are no actions and are left out.
    public var ignoredLabels: [String] = []
    /// Name or file of the evaluation protocol.
    public var evaluationProtocol = "activitynet-1.3"

    /// What changes the weights, and how fast.
    public var optimizer = OptimizerSettings(learningRate: 1e-4, finalLearningRate: 1e-8)
    /// How the learning rate goes on after it has risen.
    public var schedule = Schedule.cosine
    /// For `steps`: the epochs, warm-up included, after which the rate is multiplied by ``stepFactor``.
    public var milestones: [Int] = []
    public var stepFactor = 0.1
    /// Epochs in which the learning rate rises.
    public var warmupEpochs = 5
    /// Epochs after those.
    public var epochs = 30
    /// Videos in a batch; a smaller rest at the end of an epoch is left out, unless it is all there is.
    public var batchSize = 2
    /// Batches of which one step is made. The step is that of one batch of all their videos, with the memory of one of them.
    public var accumulation = 1
    /// How the videos of an epoch are drawn.
    public var sampling = Sampling.uniform
    /// How much the classes count in the classification loss.
    public var classWeights = ClassWeighting.none
    /// The data type of matmuls: `bfloat16` trains faster on processors with AVX512-BF16. Weights, sums, activations and what
    /// the optimiser remembers are float32 either way, and so is every evaluation.
    public var precision = ComputePrecision.float32
    /// How gradients travel between the processes that train one head together: `bfloat16` halves the bytes and rounds them.
    public var gradientCompression = GradientCompression.none
    /// Share of the moving average of the weights that stays at each step; 0 uses the weights themselves.
    public var averageDecay = 0.999
    /// Whether early steps use a smaller share, so that the initial weights are soon forgotten.
    public var averageWarmup = false
    /// Every how many epochs the validation subset is evaluated; the last epoch always is.
    public var evaluationInterval = 5
    /// Which weights become the model of the run.
    public var selection = Selection.best
    /// Features are kept in memory while they take no more than this many MiB, and read when needed beyond that.
    public var cacheMebibytes = 2048
    /// Seed of everything random.
    public var seed: UInt64 = 1_234_567_891

    public init() {}

    public static var section: String { "training" }

    public static var renamedKeys: [String: String] {
        [
            "optimizer": "optimizer.kind", "learning_rate": "optimizer.learning_rate",
            "final_learning_rate": "optimizer.final_learning_rate", "weight_decay": "optimizer.weight_decay",
            "momentum": "optimizer.momentum", "gradient_limit": "optimizer.gradient_clip_norm",
        ]
    }

    public func validate() throws {
        for (key, value, least) in [
            ("epochs", epochs, 1), ("warmup_epochs", warmupEpochs, 0), ("batch_size", batchSize, 1),
            ("accumulation", accumulation, 1), ("cache_mebibytes", cacheMebibytes, 0),
        ] where !(least...1_000_000_000).contains(value) {
            throw invalid(key, "must be from \(least) to a billion")
        }
        if patience < 0 { throw invalid("patience", "must not be negative") }
        if patience > 0, validationSubset.isEmpty {
            throw invalid("patience", "needs a validation_subset that is evaluated")
        }
        if evaluationInterval < 1 { throw invalid("evaluation_interval", "must be at least 1") }
        try validate(optimizer)
        if !(optimizer.learningRate > 0) { throw invalid("optimizer.learning_rate", "must be above 0") }
        if milestones.contains(where: { $0 < 1 }) { throw invalid("milestones", "must be positive") }
        if !(0..<1).contains(averageDecay) { throw invalid("average_decay", "must be at least 0 and below 1") }
    }

    /// Warm-up and the rest.
    public var totalEpochs: Int { warmupEpochs + epochs }

    /// The learning rate of each step.
    func schedule(stepsPerEpoch: Int) -> LearningRateSchedule {
        let warmup = warmupEpochs * stepsPerEpoch
        switch schedule {
        case .cosine:
            return optimizer.cosine(warmupSteps: warmup, totalSteps: totalEpochs * stepsPerEpoch)
        case .steps:
            return .warmupSteps(
                base: optimizer.learningRate, warmupSteps: warmup, milestones: milestones.map { $0 * stepsPerEpoch },
                factor: stepFactor)
        case .constant:
            return .warmupSteps(base: optimizer.learningRate, warmupSteps: warmup, milestones: [], factor: 1)
        }
    }
}
