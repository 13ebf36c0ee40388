import Configuration
import Networks
import Tensors

/// A linear classifier on frozen features, as is usual for judging an encoder.
///
/// Features are standardised by the mean and deviation of the training set; the classifier is multinomial logistic
/// regression, fitted to all samples at once by AdamW with a cosine schedule.
public struct LinearProbe: Sendable {
    /// How the classifier is fitted.
    public struct Settings: Configurable {
        public var steps = 300
        public var learningRate = 0.05
        public var weightDecay = 0.01

        public init() {}

        public func validate() throws {
            guard steps >= 1, learningRate > 0, weightDecay >= 0 else {
                throw ConfigurationError.invalidValue(
                    file: "", key: "steps", problem: "and learning_rate must be positive, weight_decay not negative")
            }
        }
    }

    /// The labels, sorted; the classifier's outputs are in this order.
    public let labels: [String]
    let classifier: FeatureClassifier

    /// Fits a classifier.
    ///
    /// - Parameters:
    ///   - features: `[samples, channels]`
    ///   - labels: one for each sample.
    public init(features: Tensor, labels: [String], settings: Settings = Settings()) {
        precondition(features.rank == 2 && features.shape[0] == labels.count && !labels.isEmpty, "no samples")
        let names = Set(labels).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let classifier = FeatureClassifier(Standardization(of: features), classes: names.count)
        let inputs = classifier.standardization(features)
        let targets = labels.map { numbers[$0] ?? 0 }
        let linear = classifier.linear
        var optimizer = AdamW(linear.namedParameters(), weightDecay: settings.weightDecay)
        let schedule = LearningRateSchedule.warmupCosine(
            base: settings.learningRate, warmupSteps: 0, totalSteps: settings.steps, final: 0)
        for step in 0..<settings.steps {
            let tape = Tape()
            let loss = linear(tape.constant(inputs)).crossEntropy(with: targets)
            var sum = GradientSum(of: linear.parameters)
            sum.add(tape.gradients(of: loss))
            optimizer.step(gradients: sum.gradients, rate: schedule.rate(at: step))
        }
        self.labels = names
        self.classifier = classifier
    }

    /// Scores of the labels, `[samples, labels]`.
    public func callAsFunction(_ features: Tensor) -> Tensor { classifier(features) }

    /// How often the right label is the best, and among the best five. A label that training did not have is never right.
    public func accuracy(_ features: Tensor, labels wanted: [String]) -> RecognitionAccuracy {
        RecognitionAccuracy(scores: self(features), labels: labels, wanted: wanted)
    }
}

/// Scores of classes by standardised features and one linear layer.
struct FeatureClassifier: Module {
    let standardization: Standardization
    let linear: Linear

    /// One whose scores are all 0.
    init(_ standardization: Standardization, classes: Int) {
        self.standardization = standardization
        var generator = RandomGenerator(seed: 0)
        linear = Linear(standardization.mean.shape[1], classes, initialization: .zeros, using: &generator)
    }

    /// `[samples, classes]` for `[samples, channels]`.
    func callAsFunction(_ features: Tensor) -> Tensor { linear(standardization(features)) }
}

/// Shares of samples whose label is found.
public struct RecognitionAccuracy: Hashable, Codable, Sendable {
    public var top1: Double
    public var top5: Double
    public var samples: Int

    /// - Parameters:
    ///   - scores: `[samples, labels]`
    ///   - labels: the name of each column.
    ///   - wanted: the right name for each sample.
    public init(scores: Tensor, labels: [String], wanted: [String]) {
        precondition(
            scores.shape == [wanted.count, labels.count], "scores \(scores.shape) for \(wanted.count) samples")
        let all = scores.elements
        var first = 0, five = 0
        for (row, name) in wanted.enumerated() {
            guard let column = labels.firstIndex(of: name) else { continue }
            let own = all[row * labels.count + column]
            // Equal scores count against the right label, so that a constant classifier earns nothing.
            let better = labels.indices.count { $0 != column && all[row * labels.count + $0] >= own }
            if better < 1 { first += 1 }
            if better < 5 { five += 1 }
        }
        samples = wanted.count
        top1 = samples > 0 ? Double(first) / Double(samples) : 0
        top5 = samples > 0 ? Double(five) / Double(samples) : 0
    }
}
