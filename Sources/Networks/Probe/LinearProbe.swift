public import Tensors

/// A linear classifier on frozen features, the usual way to evaluate an encoder.
///
/// Features are standardised by the mean and standard deviation of the training set; the classifier is multinomial logistic
/// regression, fitted to all samples at once by AdamW with a cosine schedule.
public struct LinearProbe: Sendable {
    /// How the classifier is fitted.
    public struct Settings: Sendable {
        /// At least 1.
        public var steps = 300
        public var optimizer = OptimizerSettings(learningRate: 0.05, weightDecay: 0.01)

        public init() { optimizer.gradientClipNorm = 0 }
    }

    /// The labels, sorted; the classifier's outputs are in this order.
    public let labels: [String]
    public let classifier: FeatureClassifier

    /// Fits a classifier.
    ///
    /// - Parameters:
    ///   - features: `[samples, channels]`
    ///   - labels: one for each sample.
    ///   - settings: how the classifier is fitted.
    /// - Throws: ``NetworkError/diverged(step:quantity:)``, for instance for features that are not finite.
    public init(features: Tensor, labels: [String], settings: Settings = Settings()) throws(NetworkError) {
        precondition(features.rank == 2 && features.shape[0] == labels.count && !labels.isEmpty, "no samples")
        let names = Set(labels).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let classifier = FeatureClassifier(Standardization(of: features), classes: names.count)
        let inputs = classifier.standardization(features)
        let targets = labels.map { numbers[$0] ?? 0 }
        let linear = classifier.linear
        var loop = TrainingLoop(
            linear.namedParameters(), settings: settings.optimizer,
            schedule: settings.optimizer.cosine(warmupSteps: 0, totalSteps: settings.steps))
        for _ in 0..<settings.steps {
            let tape = Tape()
            let loss = linear(tape.constant(inputs)).crossEntropy(with: targets)
            var sum = GradientSum(of: linear.parameters)
            sum.add(tape.gradients(of: loss))
            try loop.step(sum, loss: Double(loss.scalar))
        }
        self.labels = names
        self.classifier = classifier
    }

    /// Scores of the labels, `[samples, labels]`.
    public func callAsFunction(_ features: Tensor) -> Tensor { classifier(features) }
}
