import Annotations
import Features
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
    private let reader: BatchReader
    private let validation: Dataset?
    private let videoScores: VideoClassScores?
    private let run: RunFolder
    private let batches: BatchOrder
    /// Of the rank that writes files.
    private let log: TrainingLog?
    private let ranks: any Communicator
    /// What the ranks share of a step; nil where the process trains by itself.
    private let sharing: (exchange: GradientExchange, threads: RankThreads)?
    /// Whether some rank was asked to end the work.
    private var isAskedToEnd = false

    /// A session that continues from the last finished epoch of the run folder, if it has one.
    ///
    /// - Throws: `FileError`, `TensorFileError`, `NetworkError`, ``LocalizationError/runFolder(path:problem:)``, or where
    ///   several ranks train together `RankAgreement.Difference` or an error of what connects them.
    init(
        _ head: Head, settings: LocalizationSettings, features: FeatureContract, training: Dataset,
        parts: [TrainingPart], validation: Dataset?, videoScores: VideoClassScores?, run: RunFolder, writesEvents: Bool,
        ranks: any Communicator
    ) throws {
        let options = settings.training
        self.head = head
        self.settings = settings
        self.features = features
        self.training = training
        self.validation = validation
        self.videoScores = videoScores
        self.run = run
        self.ranks = ranks
        batches = BatchOrder(
            count: parts.count, batchSize: options.batchSize * options.accumulation,
            classes: options.sampling == .classBalanced ? training.partsOfClasses(parts) : [])
        let classWeights =
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
        log = ranks.isFirst ? try TrainingLog(run: run, keepingThrough: state.epoch, writesEvents: writesEvents) : nil
        guard !ranks.isAlone else {
            sharing = nil
            reader = BatchReader(dataset: training, parts: parts, classWeights: classWeights, division: nil)
            return
        }
        var agreement = RankAgreement()
        agreement.add(
            "the state that training goes on from",
            "\(loop.steps) steps and weights \(Weights.hash(of: loop.parameters).prefix(12)) in \(run.path)")
        try agreement.check(ranks)
        let threads = try RankThreads(ranks)
        sharing = (
            GradientExchange(
                of: loop.parameters.map(\.parameter), over: ranks, compression: options.gradientCompression), threads
        )
        reader = BatchReader(
            dataset: training, parts: parts, classWeights: classWeights,
            division: BatchReader.Division(
                threads: threads, samplesAtOnce: options.accumulation > 1 ? options.batchSize : nil,
                headers: try training.items.map { try training.features.header(for: $0.video) },
                paddedLength: { head.paddedLength(for: $0) }))
    }

    /// Whether evaluations have not been better for as long as the settings allow.
    var isStale: Bool {
        let patience = settings.training.patience
        return patience > 0 && (state.evaluationsSinceBest ?? 0) >= patience
    }

    /// Steps taken, those before the run was resumed included.
    var steps: Int { loop.steps }

    /// Steps in an epoch.
    var batchesPerEpoch: Int { batches.batchesPerEpoch }

    /// Trains one epoch or the rest of it, evaluates it where that is due, and saves everything.
    ///
    /// Everything random is drawn from generators derived from the seed, the number of the epoch and the index in it, so an
    /// epoch that is taken up in its middle ends as one that was trained at once.
    ///
    /// - Returns: nil where the work was asked to end; what is done of the epoch is then in the checkpoint.
    mutating func runEpoch(
        cancellation: CancellationFlag, afterStep: (Int) -> Void, evaluate: Trainer.Evaluation?
    ) throws -> TrainingLog.Epoch? {
        let begin = ProcessInfo.processInfo.systemUptime - (state.part?.seconds ?? 0)
        let generator = RandomGenerator(seed: settings.training.seed).split(state.epoch + 1)
        let order = batches.order(generator)
        let first = state.part?.batches ?? 0
        var totals = state.part?.totals ?? EpochTotals(terms: head.lossTerms)
        let prefetcher = Prefetcher(name: "tal.samples", count: batches.batchesPerEpoch - first) {
            [reader, batches] index in
            try reader.samples(batches.places(first + index), of: order, generator)
        }
        var batch = first
        /// Keeps the steps of the epoch that were taken.
        func keepPart() throws {
            guard batch > first else { return }
            state.part = EpochPart(
                batches: batch, totals: totals, seconds: ProcessInfo.processInfo.systemUptime - begin)
            try save()
        }
        while true {
            guard !(ranks.isAlone ? cancellation.isRequested : isAskedToEnd) else {
                try keepPart()
                return nil
            }
            guard let samples = try prefetcher.next() else { break }
            try takeStep(samples, generator.split(1 + 2 * batch), &totals)
            batch += 1
            // All ranks end after the same step.
            if !ranks.isAlone { isAskedToEnd = try ranks.any(cancellation.isRequested) }
            afterStep(loop.steps)
        }
        var entry = totals.entry(
            epoch: state.epoch + 1, seconds: ProcessInfo.processInfo.systemUptime - begin)
        do {
            try evaluateAndKeep(&entry, evaluate, cancellation)
        } catch is WorkInterrupted {
            try keepPart()
            return nil
        }
        state.epoch = entry.epoch
        state.part = nil
        // Before the checkpoint: a line too many is dropped on resuming, a missing one would stay missing.
        try log?.record(entry)
        try save()
        return entry
    }

    private mutating func save() throws {
        state.lossState = head.lossState
        guard ranks.isFirst else { return }
        try TrainingCheckpoint(run.checkpointPath).save(state, loop: loop)
    }

    private mutating func takeStep(_ samples: [Sample], _ generator: RandomGenerator, _ totals: inout EpochTotals)
        throws
    {
        let options = settings.training
        let step = TrainingStep<Head>(
            parameters: loop.parameters.map(\.parameter),
            samplesAtOnce: options.accumulation > 1 ? options.batchSize : nil,
            precision: options.precision, exchange: sharing?.exchange, threads: sharing?.threads)
        let outcome = try step(&head, samples: samples, generator: generator)
        let taken = try loop.step(outcome.gradients, loss: outcome.report.total)
        totals.add(outcome.report, norm: taken.gradientNorm, rate: taken.learningRate)
    }

    /// Evaluates where it is due, and writes the weights where they become the model of the run.
    ///
    /// - Throws: `WorkInterrupted` where the work was asked to end; nothing has changed then.
    private mutating func evaluateAndKeep(
        _ entry: inout TrainingLog.Epoch, _ evaluate: Trainer.Evaluation?, _ cancellation: CancellationFlag
    ) throws {
        let options = settings.training
        let isDue = entry.epoch % options.evaluationInterval == 0 || entry.epoch == options.totalEpochs
        var isChosen = options.selection == .last
        if isDue, let evaluate, let validation {
            let found = try loop.withAveragedWeights { try detections(on: validation, cancellation) }
            let score = try ranks.fromFirst { try evaluate(found) }
            entry.averageMAP = score
            if state.bestScore.map({ score > $0 }) ?? true {
                (state.bestScore, state.evaluationsSinceBest) = (score, 0)
            } else {
                state.evaluationsSinceBest = (state.evaluationsSinceBest ?? 0) + 1
            }
            isChosen = isChosen || state.chosenScore.map { score > $0 } ?? true
            if isChosen {
                state.chosenScore = score
                state.chosenEpoch = entry.epoch
            }
        }
        // Until something has been evaluated, the latest weights are the ones to use.
        guard isChosen || state.chosenScore == nil, ranks.isFirst else { return }
        try loop.withAveragedWeights {
            try Weights.save(head, to: run.weights, metadata: ["epoch": String(entry.epoch)])
        }
    }

    private func detections(on dataset: Dataset, _ cancellation: CancellationFlag) throws -> [Detection] {
        let detector = Detector(
            TrainedModel(head: head, settings: settings, labels: training.labels, features: features),
            videoScores: videoScores)
        // Videos without class scores were reported when the run began; they count as videos without detections.
        let places = dataset.items.indices.filter { place in
            videoScores.map { $0.scores(of: dataset.items[place].video) != nil } ?? true
        }
        let found = Parallel.map(places.count) { [ranks] index in
            Result {
                // Ranks take turns, so that each has long and short videos.
                guard index % ranks.count == ranks.rank else { return [Detection]() }
                try cancellation.check()
                return try detector.detections(in: try dataset.sample(places[index]))
            }
        }
        guard !ranks.isAlone else { return try found.flatMap { try $0.get() } }
        return try DetectionExchange(ranks).join(found)
    }
}
