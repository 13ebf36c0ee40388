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
    private let mean: Tensor
    private let deviation: Tensor
    private let classifier: Linear

    /// Fits a classifier.
    ///
    /// - Parameters:
    ///   - features: `[samples, channels]`
    ///   - labels: one for each sample.
    public init(features: Tensor, labels: [String], settings: Settings = Settings()) {
        precondition(features.rank == 2 && features.shape[0] == labels.count && !labels.isEmpty, "no samples")
        let names = Set(labels).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        mean = features.mean(axes: [0], keepsAxes: true)
        deviation = ((features - mean).squared().mean(axes: [0], keepsAxes: true) + 1e-6).squareRoot()
        var generator = RandomGenerator(seed: 0)
        classifier = Linear(features.shape[1], names.count, initialization: .zeros, using: &generator)
        self.labels = names
        let inputs = (features - mean) / deviation
        var targets = [Float](repeating: 0, count: labels.count * names.count)
        for (row, label) in labels.enumerated() { targets[row * names.count + (numbers[label] ?? 0)] = 1 }
        let wanted = Tensor(targets, shape: [labels.count, names.count])
        var optimizer = AdamW(classifier.namedParameters(), weightDecay: settings.weightDecay)
        let schedule = LearningRateSchedule.warmupCosine(
            base: settings.learningRate, warmupSteps: 0, totalSteps: settings.steps, final: 0)
        for step in 0..<settings.steps {
            let tape = Tape()
            let logits = classifier(tape.constant(inputs))
            let loss = (logits.logSoftmax() * wanted).sum() * (-1 / Float(labels.count))
            var sum = GradientSum(of: classifier.parameters)
            sum.add(tape.gradients(of: loss))
            optimizer.step(gradients: sum.gradients, rate: schedule.rate(at: step))
        }
    }

    /// Scores of the labels, `[samples, labels]`.
    public func callAsFunction(_ features: Tensor) -> Tensor { classifier((features - mean) / deviation) }

    /// How often the right label is the best, and among the best five. A label that training did not have is never right.
    public func accuracy(_ features: Tensor, labels wanted: [String]) -> RecognitionAccuracy {
        RecognitionAccuracy(scores: self(features), labels: labels, wanted: wanted)
    }
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
