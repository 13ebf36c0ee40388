import Annotations
import Foundation
import Networks
import Tensors
import Threads

/// A head in training: its weights, optimiser and average, and where in the run it is.
struct TrainingSession<Head: LocalizationHead> {
    private(set) var state: TrainingProgress
    private var head: Head
    private var loop: TrainingLoop
    private let settings: LocalizationSettings
    private let features: FeatureContract
    private let training: Dataset
    private let parts: [TrainingPart]
    private let validation: Dataset?
    private let videoScores: VideoClassScores?
    private let run: RunFolder
    private let batches: BatchOrder
    private let classWeights: [Float]
    private let log: TrainingLog

    /// A session that continues from the last finished epoch of the run folder, if it has one.
    ///
    /// - Throws: `FileError`, `TensorFileError`, `NetworkError` or ``LocalizationError/runFolder(path:problem:)``.
    init(
        _ head: Head, settings: LocalizationSettings, features: FeatureContract, training: Dataset,
        parts: [TrainingPart], validation: Dataset?, videoScores: VideoClassScores?, run: RunFolder, writesEvents: Bool
    ) throws {
        let options = settings.training
        self.head = head
        self.settings = settings
        self.features = features
        self.training = training
        self.validation = validation
        self.videoScores = videoScores
        self.run = run
        self.parts = parts
        batches = BatchOrder(
            count: parts.count, batchSize: options.batchSize * options.accumulation,
            classes: options.sampling == .classBalanced ? training.partsOfClasses(parts) : [])
        classWeights =
            options.classWeights == .none ? [] : options.classWeights.weights(counts: training.segmentCounts)
        loop = TrainingLoop(
            head.namedParameters(), settings: options.optimizer,
            schedule: options.schedule(stepsPerEpoch: batches.batchesPerEpoch),
            averageDecay: options.averageDecay, averageWarmup: options.averageWarmup)
        state = TrainingProgress(lossState: head.lossState)
        if let checkpoint = try run.checkpoint() {
            state = try checkpoint.restore(loop: &loop)
            self.head.lossState = state.lossState
        }
        log = try TrainingLog(run: run, keepingThrough: state.epoch, writesEvents: writesEvents)
    }

    /// Whether evaluations have not been better for as long as the settings allow.
    var isStale: Bool {
        let patience = settings.training.patience
        return patience > 0 && (state.evaluationsSinceBest ?? 0) >= patience
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
        let prefetcher = Prefetcher(name: "tal.samples", count: batches.batchesPerEpoch) {
            [training, parts, batches, classWeights] batch in
            try batches.places(batch).map { place in
                // Crops are drawn by generators of their own.
                var draws = generator.split(2 + 2 * place)
                var sample = try training.trainingSample(parts[order[place]]) { draws.integer(in: $0) }
                sample.classWeights = classWeights
                return sample
            }
        }
        var batch = 0
        while let samples = try prefetcher.next() {
            try takeStep(samples, generator.split(1 + 2 * batch), &totals)
            afterStep(loop.steps)
            batch += 1
        }
        state.epoch += 1
        var entry = totals.entry(epoch: state.epoch, seconds: ProcessInfo.processInfo.systemUptime - begin)
        try evaluateAndKeep(&entry, evaluate)
        state.lossState = head.lossState
        // Before the checkpoint: a line too many is dropped on resuming, a missing one would stay missing.
        try log.record(entry)
        try TrainingCheckpoint(run.checkpointPath).save(state, loop: loop)
        return entry
    }

    private mutating func takeStep(_ samples: [Sample], _ generator: RandomGenerator, _ totals: inout EpochTotals)
        throws
    {
        let options = settings.training
        let step = TrainingStep<Head>(
            parameters: loop.parameters.map(\.parameter),
            samplesAtOnce: options.accumulation > 1 ? options.batchSize : nil,
            precision: options.precision)
        let outcome = step(&head, samples: samples, generator: generator)
        let taken = try loop.step(outcome.gradients, loss: outcome.report.total)
        totals.add(outcome.report, norm: taken.gradientNorm, rate: taken.learningRate)
    }

    /// Evaluates where it is due, and writes the weights where they become the model of the run.
    private mutating func evaluateAndKeep(_ entry: inout TrainingLog.Epoch, _ evaluate: Trainer.Evaluation?) throws {
        let options = settings.training
        let isDue = state.epoch % options.evaluationInterval == 0 || state.epoch == options.totalEpochs
        var isChosen = options.selection == .last
        if isDue, let evaluate, let validation {
            let score = try loop.withAveragedWeights { try evaluate(detections(on: validation)) }
            entry.averageMAP = score
            if state.bestScore.map({ score > $0 }) ?? true {
                (state.bestScore, state.evaluationsSinceBest) = (score, 0)
            } else {
                state.evaluationsSinceBest = (state.evaluationsSinceBest ?? 0) + 1
            }
            isChosen = isChosen || state.chosenScore.map { score > $0 } ?? true
            if isChosen {
                state.chosenScore = score
                state.chosenEpoch = state.epoch
            }
        }
        // Until something has been evaluated, the latest weights are the ones to use.
        guard isChosen || state.chosenScore == nil else { return }
        try loop.withAveragedWeights {
            try Weights.save(head, to: run.weights, metadata: ["epoch": String(state.epoch)])
        }
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
