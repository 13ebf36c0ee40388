/// Where a run is, besides weights and optimiser; a part of its checkpoint.
struct TrainingProgress: Codable, Equatable {
    /// Epochs finished.
    var epoch = 0
    var lossState: [String: Double]
    /// Average mAP of the weights that are the model of the run, where they were evaluated.
    var chosenScore: Double?
    var chosenEpoch: Int?
    /// Best average mAP so far and the evaluations since; for early stopping.
    var bestScore: Double?
    var evaluationsSinceBest: Int?
    /// What is done of the next epoch, where a run was asked to end in the middle of it.
    var part: EpochPart?
}

/// The steps of an epoch that was begun.
struct EpochPart: Codable, Equatable {
    /// Steps taken in it.
    var batches: Int
    var totals: EpochTotals
    /// How long they took.
    var seconds: Double
}

/// Sums over the steps of an epoch.
struct EpochTotals: Codable, Equatable {
    let terms: [String]
    private var steps = 0
    private var loss = 0.0
    private var parts: [Double]
    private var norm = 0.0
    private var rate = 0.0

    init(terms: [String]) {
        self.terms = terms
        parts = Array(repeating: 0, count: terms.count)
    }

    mutating func add(_ report: LossReport, norm: Double, rate: Double) {
        steps += 1
        loss += report.total
        for (index, value) in report.terms.enumerated() { parts[index] += value }
        self.norm += norm
        self.rate = rate
    }

    /// The means.
    func entry(epoch: Int, seconds: Double) -> TrainingLog.Epoch {
        let count = Double(max(steps, 1))
        return TrainingLog.Epoch(
            epoch: epoch, loss: loss / count,
            terms: Dictionary(zip(terms, parts.map { $0 / count }), uniquingKeysWith: { first, _ in first }),
            learningRate: rate, gradientNorm: norm / count, seconds: seconds)
    }
}
