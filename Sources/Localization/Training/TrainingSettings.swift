import Configuration

/// How a head is trained.
public struct TrainingSettings: Configurable {
    /// The subset of the annotations that is trained on.
    public var trainingSubset = "training"
    /// The subset that is evaluated.
    public var validationSubset = "validation"
    /// Labels that are no actions and are left out.
    public var ignoredLabels: [String] = []
    /// Name or file of the evaluation protocol.
    public var evaluationProtocol = "activitynet-1.3"

    /// Epochs in which the learning rate rises.
    public var warmupEpochs = 5
    /// Epochs after those.
    public var epochs = 30
    /// Videos in a step.
    public var batchSize = 2
    /// Learning rate at its highest.
    public var learningRate = 1e-4
    /// Learning rate at the end.
    public var finalLearningRate = 1e-8
    /// Decoupled weight decay of weights; biases, norms and scales have none.
    public var weightDecay = 0.05
    /// Gradients are scaled down to this length; 0 or less leaves them.
    public var gradientLimit = 1.0
    /// Share of the moving average of the weights that stays at each step.
    public var averageDecay = 0.999
    /// Whether early steps use a smaller share, so that the initial weights are soon forgotten.
    public var averageWarmup = false
    /// Every how many epochs the validation subset is evaluated; the last epoch always is.
    public var evaluationInterval = 5
    /// Seed of everything random.
    public var seed: UInt64 = 1_234_567_891

    public init() {}

    public func validate() throws {
        func refuse(_ key: String, _ problem: String) -> ConfigurationError {
            .invalidValue(file: "", key: "training.\(key)", problem: problem)
        }
        if epochs < 1 { throw refuse("epochs", "must be at least 1") }
        if warmupEpochs < 0 { throw refuse("warmup_epochs", "must not be negative") }
        if batchSize < 1 { throw refuse("batch_size", "must be at least 1") }
        if evaluationInterval < 1 { throw refuse("evaluation_interval", "must be at least 1") }
        if !(learningRate > 0) { throw refuse("learning_rate", "must be above 0") }
        if weightDecay < 0 { throw refuse("weight_decay", "must not be negative") }
        if !(0..<1).contains(averageDecay) { throw refuse("average_decay", "must be at least 0 and below 1") }
    }
}
