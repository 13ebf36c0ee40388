import Annotations
import Foundation
import Networks
import Tensors

/// A head in training: its weights, optimiser and average, and where in the run it is.
struct TrainingSession<Head: LocalizationHead> {
    private(set) var state: TrainingCheckpoint.Progress
    private var head: Head
    private var optimizer: any Optimizer
    private var average: MovingAverage?
    private let named: [(name: String, parameter: Parameter)]
    private let settings: LocalizationSettings
    private let features: FeatureContract
    private let training: Dataset
    private let validation: Dataset?
    private let videoScores: VideoClassScores?
    private let run: RunFolder
    private let batches: BatchOrder
    private let rates: LearningRateSchedule

    /// A session that continues from the last finished epoch of the run folder, if it has one.
    ///
    /// - Throws: `TensorFileError`, `NetworkError` or ``LocalizationError/runFolder(path:problem:)``.
    init(
        _ head: Head, settings: LocalizationSettings, features: FeatureContract, training: Dataset,
        validation: Dataset?, videoScores: VideoClassScores?, run: RunFolder
    ) throws {
        let options = settings.training
        self.head = head
        self.settings = settings
        self.features = features
        self.training = training
        self.validation = validation
        self.videoScores = videoScores
        self.run = run
        named = head.namedParameters()
        optimizer = options.makeOptimizer(named)
        batches = BatchOrder(count: training.count, batchSize: options.batchSize)
        rates = options.rates(stepsPerEpoch: batches.batchesPerEpoch)
        state = TrainingCheckpoint.Progress(lossState: head.lossState)
        let averages = options.averageDecay > 0
        if averages {
            average = MovingAverage(
                of: named.map(\.parameter), decay: options.averageDecay, warmsUp: options.averageWarmup)
        }
        if let saved = try TrainingCheckpoint(run: run).restore(
            parameters: named, optimizer: &optimizer,
            averageSettings: averages ? (options.averageDecay, options.averageWarmup) : nil)
        {
            state = saved.progress
            average = saved.average
            self.head.lossState = state.lossState
        }
        try TrainingLog(run: run).truncate(toEpoch: state.epoch)
    }

    /// Steps in an epoch.
    var batchesPerEpoch: Int { batches.batchesPerEpoch }

    /// Trains one epoch, evaluates it where that is due, and saves everything.
    ///
    /// Everything random is drawn from generators derived from the seed, the number of the epoch and the place in it.
    mutating func runEpoch(
        afterStep: (Int) -> Void, evaluate: Trainer.Evaluation?
    ) throws -> TrainingLog.Epoch {
        let begin = ProcessInfo.processInfo.systemUptime
        let generator = RandomGenerator(seed: settings.training.seed).split(state.epoch + 1)
        let order = batches.order(generator)
        var totals = EpochTotals(terms: head.lossTerms)
        for batch in 0..<batches.batchesPerEpoch {
            try takeStep(samples(of: batches.places(batch), order, generator), generator.split(1 + 2 * batch), &totals)
            afterStep(state.step)
        }
        state.epoch += 1
        var entry = totals.entry(epoch: state.epoch, seconds: ProcessInfo.processInfo.systemUptime - begin)
        try evaluateAndKeep(&entry, evaluate)
        state.averageUpdates = average?.updates ?? 0
        state.lossState = head.lossState
        try TrainingCheckpoint(run: run).save(
            state, parameters: named, average: average, optimizer: optimizer.state)
        try TrainingLog(run: run).record(entry)
        return entry
    }

    private mutating func takeStep(_ samples: [Sample], _ generator: RandomGenerator, _ totals: inout EpochTotals)
        throws
    {
        let parameters = named.map(\.parameter)
        let outcome = TrainingStep<Head>(parameters: parameters)(&head, samples: samples, generator: generator)
        let norm = outcome.gradients.norm
        guard outcome.report.total.isFinite, norm.isFinite else { throw LocalizationError.diverged(step: state.step) }
        let rate = rates.rate(at: state.step)
        optimizer.step(
            gradients: outcome.gradients.gradients, rate: rate,
            gradientScale: GradientSum.clippingScale(norm: norm, limit: settings.training.gradientLimit))
        average?.update(from: parameters)
        totals.add(outcome.report, norm: norm, rate: rate)
        state.step += 1
    }

    /// The samples at some places of an epoch's order, cropped by draws of their own.
    private func samples(of places: Range<Int>, _ order: [Int], _ generator: RandomGenerator) throws -> [Sample] {
        try places.map { place in
            var draws = generator.split(2 + 2 * place)
            return try training.trainingSample(order[place]) { draws.integer(in: $0) }
        }
    }

    /// Evaluates where it is due, and writes the weights where they become the model of the run.
    private mutating func evaluateAndKeep(_ entry: inout TrainingLog.Epoch, _ evaluate: Trainer.Evaluation?) throws {
        let options = settings.training
        let isDue = state.epoch % options.evaluationInterval == 0 || state.epoch == options.totalEpochs
        var isChosen = options.selection == .last
        if isDue, let evaluate, let validation {
            let score = try withUsedWeights { try evaluate(detections(on: validation)) }
            entry.averageMap = score
            isChosen = isChosen || state.chosenScore.map { score > $0 } ?? true
            if isChosen {
                state.chosenScore = score
                state.chosenEpoch = state.epoch
            }
        }
        // Until something has been evaluated, the latest weights are the ones to use.
        guard isChosen || state.chosenScore == nil else { return }
        try withUsedWeights {
            try Weights.save(head, to: run.weights, metadata: ["epoch": String(state.epoch)])
        }
    }

    /// Calls `body` while the head has the weights that a user would get: the averaged ones where there are any.
    private func withUsedWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
        try average?.whileApplied(to: named.map(\.parameter), body) ?? body()
    }

    private func detections(on dataset: Dataset) throws -> [Detection] {
        let detector = Detector(
            TrainedModel(head: head, settings: settings, labels: training.labels, features: features),
            videoScores: videoScores)
        // Videos without class scores were reported when the run began; they count as videos without detections.
        let places = dataset.items.indices.filter { place in
            videoScores.map { $0.scores(of: dataset.items[place].video) != nil } ?? true
        }
        let found = Parallel.map(places.count) { index in
            Result { try detector.detections(in: try dataset.sample(places[index])) }
        }
        return try found.flatMap { try $0.get() }
    }
}

/// Which videos make up the batches of an epoch.
struct BatchOrder {
    let count: Int
    let batchSize: Int

    /// The last, smaller batch is left out unless it is the only one.
    var batchesPerEpoch: Int { max(1, count / batchSize) }

    func order(_ generator: RandomGenerator) -> [Int] {
        var draws = generator.split(0)
        return Array(0..<count).shuffled(using: &draws)
    }

    /// Places in the order of an epoch.
    func places(_ batch: Int) -> Range<Int> { (batch * batchSize)..<min((batch + 1) * batchSize, count) }
}

/// Means over the steps of an epoch.
private struct EpochTotals {
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

    func entry(epoch: Int, seconds: Double) -> TrainingLog.Epoch {
        let count = Double(max(steps, 1))
        return TrainingLog.Epoch(
            epoch: epoch, loss: loss / count,
            terms: Dictionary(zip(terms, parts.map { $0 / count }), uniquingKeysWith: { first, _ in first }),
            learningRate: rate, gradientNorm: norm / count, seconds: seconds)
    }
}
