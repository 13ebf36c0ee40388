import Annotations
import Features
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("Training: sampling, weights, accumulation, stopping")
struct TrainingComfortTests {
    // MARK: - Sampling and weights

    @Test("class-balanced sampling draws every class equally often, and every video of a class before any again")
    func balancedSampling() {
        let order = BatchOrder(count: 120, batchSize: 4, classes: [[0, 1, 2, 3, 4, 5], [6], [], [7, 8]])
            .order(RandomGenerator(seed: 1))
        #expect(order.count == 120 && Set(order) == Set(0...8))
        let counts = (0...8).map { video in order.count { $0 == video } }
        // Three classes with 40 draws each.
        #expect(counts[6] == 40 && counts[7] + counts[8] == 40 && abs(counts[7] - counts[8]) <= 1)
        #expect(counts[0...5].allSatisfy { (6...7).contains($0) })
        #expect(
            order
                == BatchOrder(count: 120, batchSize: 4, classes: [[0, 1, 2, 3, 4, 5], [6], [], [7, 8]])
                .order(RandomGenerator(seed: 1)))
    }

    @Test("uniform sampling draws every video once")
    func uniformSampling() {
        #expect(BatchOrder(count: 9, batchSize: 2).order(RandomGenerator(seed: 1)).sorted() == Array(0..<9))
    }

    @Test("class weights have the mean 1 over all segments", arguments: ClassWeighting.allCases)
    func classWeights(_ weighting: ClassWeighting) {
        let counts = [40, 10, 0, 90], weights = weighting.weights(counts: counts)
        let sum = zip(weights, counts).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(sum - 140) < 1e-4 && weights[2] == 1)
        switch weighting {
        case .none: #expect(weights == [1, 1, 1, 1])
        case .inverse: #expect(abs(weights[1] / weights[3] - 9) < 1e-5)
        case .inverseSquareRoot: #expect(abs(weights[1] / weights[3] - 3) < 1e-5)
        }
    }

    @Test("the weight of a class multiplies the loss of its positive entries, gradients included")
    func weightedFocalLoss() {
        let values: [Float] = [-1, 0.5, 2, -0.25, 0.75, 1.5], targets: [Float] = [0, 1, 0, 1, 0, 0.5]
        let loss = FocalLoss(classWeights: [3, 0.5, 2])
        let plain = FocalLoss()
        let expected = values.indices.reduce(0.0) { sum, index in
            let factor = 1 + (Double(loss.classWeights[index % 3]) - 1) * Double(targets[index])
            return sum + factor * plain.entry(logit: Double(values[index]), target: Double(targets[index])).value
        }
        let logits = Tensor(values, shape: [2, 3])
        #expect(abs(Double(loss.sum(logits, targets: targets, rows: [0..<2]).scalar) - expected) < 1e-5)
        #expect(
            FocalLoss(classWeights: [1, 1, 1]).sum(logits, targets: targets, rows: [0..<2]).scalar
                == plain.sum(logits, targets: targets, rows: [0..<2]).scalar)
        let worst = GradientCheck.worstDifference(shapes: [[2, 3]]) {
            loss.sum($0[0], targets: targets, rows: [0..<2])
        }
        #expect(worst < 1e-2)
    }

    // MARK: - Accumulation

    private static func samples(_ count: Int) -> [Sample] {
        var generator = RandomGenerator(seed: 6)
        return (0..<count).map { number in
            Sample(
                video: "\(number)", features: .normal([30 + number, 4], using: &generator), grid: DatasetTests.grid,
                segments: [GridSegment(start: 3, end: Float(9 + number), label: number % 2)])
        }
    }

    /// The gradients of one step.
    private static func gradients(samplesAtOnce: Int?, lossWeight: Double) throws -> (GradientSum, LossReport) {
        var settings = LocalizationSettings()
        settings.actionformer.maximumLength = 64
        (settings.actionformer.channels, settings.actionformer.neckChannels) = (16, 16)
        (settings.actionformer.headChannels, settings.actionformer.heads) = (16, 2)
        settings.actionformer.branchBlocks = 2
        settings.actionformer.windows = [5]
        settings.actionformer.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        (settings.actionformer.dropPath, settings.actionformer.lossWeight) = (0, lossWeight)
        var generator = RandomGenerator(seed: 4)
        var head = try ActionFormer(settings.actionformer, featureChannels: 4, classes: 2, using: &generator)
        var step = TrainingStep<ActionFormer>(parameters: head.namedParameters().map(\.parameter))
        step.samplesAtOnce = samplesAtOnce
        let outcome = try step(&head, samples: samples(6), generator: RandomGenerator(seed: 2))
        return (outcome.gradients, outcome.report)
    }

    @Test("a step of accumulated batches is that of the larger batch", arguments: [1.0, 0])
    func accumulation(_ lossWeight: Double) throws {
        let (whole, report) = try Self.gradients(samplesAtOnce: nil, lossWeight: lossWeight)
        let (parts, partReport) = try Self.gradients(samplesAtOnce: 1, lossWeight: lossWeight)
        #expect(abs(whole.norm - parts.norm) < 1e-5 * whole.norm && whole.norm > 0)
        #expect(abs(report.total - partReport.total) < 1e-6 * report.total)
        for pair in zip(whole.gradients, parts.gradients) {
            guard let first = pair.0, let second = pair.1 else {
                #expect((pair.0 == nil) == (pair.1 == nil))
                continue
            }
            let difference = zip(first.elements, second.elements).map { abs($0 - $1) }.max() ?? 0
            let largest = first.elements.map { abs($0) }.max() ?? 0
            #expect(difference <= 1e-4 * max(largest, 1e-3))
        }
    }

    @Test(
        "a run with accumulation takes as many steps, and ends with nearly the same weights, as one with the larger batch"
    )
    func accumulatedRun() throws {
        let features = SyntheticFeatures(videos: 16)
        try TemporaryFolder.with { folder in
            func weights(_ name: String, batch: Int, accumulation: Int) throws -> SafetensorsFile {
                let run = RunFolder(folder.appendingPathComponent(name).path)
                let settings = TrainerTests.settings(epochs: 3) {
                    ($0.training.batchSize, $0.training.accumulation) = (batch, accumulation)
                    $0.training.selection = .last
                    ($0.training.optimizer.kind, $0.training.optimizer.learningRate) = (.sgd, 0.01)
                    $0.actionformer.dropPath = 0
                }
                _ = try Trainer(settings, annotations: features.annotations, features: features, run: run)
                    .run(resumes: false, progress: { _, total in #expect(total == 9) }, evaluate: { _ in 0 })
                return try SafetensorsFile(path: run.weights)
            }
            let whole = try weights("whole", batch: 4, accumulation: 1)
            let parts = try weights("parts", batch: 1, accumulation: 4)
            for name in whole.names {
                let pairs = zip(try whole.tensor(named: name).elements, try parts.tensor(named: name).elements)
                #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 }, "\(name)")
            }
        }
    }

    // MARK: - Stopping, seeds, several labels

    @Test("training ends when evaluations stop improving, and a resumed run stays ended")
    func earlyStopping() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let settings = TrainerTests.settings(epochs: 20) {
                ($0.training.evaluationInterval, $0.training.patience) = (1, 2)
            }
            func train(resumes: Bool, scores: [Double]) throws -> (Trainer.Summary, [String]) {
                var rest = scores, lines: [String] = []
                let trainer = try Trainer(settings, annotations: features.annotations, features: features, run: run)
                let summary = try trainer.run(
                    resumes: resumes, report: { lines.append($0) }, evaluate: { _ in rest.removeFirst() })
                return (summary, lines)
            }
            let (summary, lines) = try train(resumes: false, scores: [0.1, 0.3, 0.2, 0.4, 0.4, 0.3])
            #expect(summary.epochs == 6 && summary.chosenEpoch == 4 && summary.averageMAP == 0.4)
            #expect(lines.last?.contains("stopped after epoch 6") == true)
            #expect(try train(resumes: true, scores: []).0.epochs == 6)
        }
    }

    @Test("the mean and the deviation of several seeds")
    func seedRuns() throws {
        func run(_ seed: UInt64, _ score: Double?) -> SeedRuns.Run {
            SeedRuns.Run(seed: seed, folder: "r/seed-\(seed)", averageMap: score, epoch: 3)
        }
        let runs = SeedRuns([run(1, 0.25), run(2, 0.5), run(3, 0.75)])
        #expect(runs.mean == 0.5 && runs.standardDeviation == 0.25)
        #expect(SeedRuns([run(1, 0.25)]).standardDeviation == nil)
        #expect(SeedRuns([run(1, 0.25), run(2, nil)]).mean == nil)
        try TemporaryFolder.with { folder in
            try runs.write(to: RunFolder(folder.path))
            let text = try String(contentsOf: folder.appendingPathComponent("seeds.json"), encoding: .utf8)
            #expect(text.contains("\"standard_deviation\" : 0.25") && text.contains("\"average_map\" : 0.75"))
        }
    }

    @Test("an action with two labels becomes a target of both classes at its points")
    func severalLabels() throws {
        var settings = LocalizationSettings()
        settings.actionformer.maximumLength = 64
        (settings.actionformer.channels, settings.actionformer.neckChannels) = (16, 16)
        (settings.actionformer.headChannels, settings.actionformer.heads) = (16, 2)
        var generator = RandomGenerator(seed: 4)
        let head = try ActionFormer(settings.actionformer, featureChannels: 4, classes: 3, using: &generator)
        let sample = Sample(
            video: "v", features: .zeros([40, 4]), grid: DatasetTests.grid,
            segments: [
                GridSegment(start: 10, end: 14, label: 0), GridSegment(start: 10, end: 14, label: 2),
                GridSegment(start: 9, end: 30, label: 1),
            ])
        let targets = try #require(head.targets(for: [sample], using: &generator).first)
        #expect(targets.positiveClasses.contains([0, 2]) && targets.positiveClasses.contains([1]))
    }

    @Test("class-balanced training and class weights want a head that tells classes apart, and train with one")
    func balancedRun() throws {
        var settings = TrainerTests.settings(epochs: 2) {
            $0.training.sampling = .classBalanced
            $0.training.classWeights = .inverse
        }
        try settings.validate()
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let summary = try Trainer(settings, annotations: features.annotations, features: features, run: run)
                .run(resumes: false)
            #expect(summary.epochs == 2)
        }
        settings.classAgnostic = true
        #expect(throws: (any Error).self) { try settings.validate() }
    }

    // MARK: - TensorBoard

    @Test("checksums are CRC-32C, masked as TFRecords want them")
    func checksums() {
        // RFC 3720, appendix B.4.
        #expect(EventFile.checksum(Data(repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(EventFile.checksum(Data(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(EventFile.checksum(Data((0..<32).map { UInt8($0) })) == 0x46DD_794E)
        let sum = EventFile.checksum(Data("123456789".utf8))
        #expect(sum == 0xE306_9283)
        #expect(EventFile.maskedChecksum(Data("123456789".utf8)) == (sum >> 15 | sum << 17) &+ 0xA282_EAD8)
    }

    @Test("an event is the protocol buffer it should be")
    func event() {
        let event = EventFile.event(time: 1, step: 300, scalars: [("a", 0.5)])
        #expect(
            Array(event) == [
                0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 0x0A, 0x0A, 0x08, 0x0A, 0x01, 0x61, 0x15, 0,
                0, 0,
                0x3F,
            ])
        let record = EventFile.record(event)
        #expect(record.count == event.count + 16 && record[0] == UInt8(event.count))
    }

    @Test("the event file of a resumed run has each epoch once")
    func eventsOfResumedRun() throws {
        let features = SyntheticFeatures(videos: 8)
        struct Stopped: Error {}
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            func train(resumes: Bool, limit: Int) throws {
                var evaluations = 0
                _ = try Trainer(
                    TrainerTests.settings(), annotations: features.annotations, features: features, run: run
                ).run(
                    resumes: resumes, writesEvents: true,
                    evaluate: { _ in
                        evaluations += 1
                        if evaluations == limit { throw Stopped() }
                        return 0.5
                    })
            }
            #expect(throws: Stopped.self) { try train(resumes: false, limit: 2) }
            try train(resumes: true, limit: 9)
            var data = try Data(contentsOf: URL(fileURLWithPath: EventFile(run: run).path)), steps: [UInt8] = []
            while data.count >= 12 {
                let length = data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
                let message = Data(data.dropFirst(12).prefix(length))
                // The step follows tag and time.
                if message[9] == 0x10 { steps.append(message[10]) }
                data = Data(data.dropFirst(length + 16))
            }
            #expect(data.isEmpty && steps == [1, 2, 3, 4])
        }
    }
}
