import Annotations
import Configuration
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import Threads

@testable import Localization

@Suite("Ranks: steps, gradients and batches")
struct RankStepTests {
    private static let channels = 32

    private static func settings() -> LocalizationSettings {
        var settings = LocalizationSettings()
        settings.actionformer.maximumLength = 64
        (settings.actionformer.channels, settings.actionformer.neckChannels) = (16, 16)
        (settings.actionformer.headChannels, settings.actionformer.heads) = (16, 2)
        settings.actionformer.branchBlocks = 2
        settings.actionformer.windows = [5]
        settings.actionformer.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        return settings
    }

    private static func samples(_ count: Int) -> [Sample] {
        var generator = RandomGenerator(seed: 6)
        return (0..<count).map { number in
            Sample(
                video: "\(number)", features: .normal([30 + number, channels], using: &generator),
                grid: DatasetTests.grid,
                segments: [GridSegment(start: 3, end: Float(9 + number), label: number % 2)])
        }
    }

    private struct Result: Sendable {
        var gradients: [[Float]?]
        var report: LossReport
        var state: [String: Double]
    }

    /// A step of a head whose layers draw random numbers.
    private static func step(
        ranks: any Communicator, threads: [Int], count: Int, atOnce: Int?, lossWeight: Double
    ) throws -> Result {
        var settings = settings()
        settings.actionformer.lossWeight = lossWeight
        settings.actionformer.dropPath = 0.3
        return try step(settings, ranks: ranks, threads: threads, count: count, atOnce: atOnce)
    }

    private static func step(
        _ settings: LocalizationSettings, ranks: any Communicator, threads: [Int], count: Int, atOnce: Int?
    ) throws -> Result {
        func open<Head: LocalizationHead>(_ head: Head) throws -> Result {
            try step(head, ranks: ranks, threads: threads, count: count, atOnce: atOnce)
        }
        var generator = RandomGenerator(seed: 4)
        return try open(settings.makeHead(featureChannels: channels, classes: 2, using: &generator))
    }

    private static func step<Head: LocalizationHead>(
        _ fresh: Head, ranks: any Communicator, threads: [Int], count: Int, atOnce: Int?
    ) throws -> Result {
        var head = fresh
        let parameters = head.namedParameters().map(\.parameter)
        let rankThreads = RankThreads(counts: threads, rank: ranks.rank)
        var samples = samples(count)
        if !ranks.isAlone {
            // What a rank does not read.
            let own = BatchDivision(
                samples.map { head.paddedLength(for: $0.length) }, atMost: atOnce ?? count, threads: rankThreads
            ).samples
            for index in samples.indices where !own.contains(index) {
                samples[index].features = .zeros([samples[index].length, 0])
            }
        }
        let step = TrainingStep<Head>(
            parameters: parameters, samplesAtOnce: atOnce,
            // So small that there are many buckets.
            exchange: ranks.isAlone
                ? nil
                : GradientExchange(of: parameters, over: ranks, bucketBytes: 4096, overlaps: count % 2 == 0),
            threads: rankThreads)
        var outcome = try step(&head, samples: samples, generator: RandomGenerator(seed: 2))
        outcome = try step(&head, samples: samples, generator: RandomGenerator(seed: 3))
        return Result(
            gradients: outcome.gradients.gradients.map { $0?.elements }, report: outcome.report, state: head.lossState)
    }

    @Test(
        "ranks come to the gradients, losses and state of one process with as many threads",
        arguments: [
            (6, nil, 1.0, [1, 1]), (6, nil, 0.0, [1, 1]), (6, 2, 0.0, [1, 1]), (5, nil, 1.0, [2, 1]),
            (7, 3, 1.0, [1, 2]),
            // Some ranks have nothing to do.
            (1, nil, 1.0, [1, 1]), (2, nil, 0.0, [2, 1, 1]),
        ] as [(Int, Int?, Double, [Int])])
    func steps(count: Int, atOnce: Int?, lossWeight: Double, threads: [Int]) throws {
        let alone = try Self.step(
            ranks: SingleProcess(), threads: [threads.reduce(0, +)], count: count, atOnce: atOnce,
            lossWeight: lossWeight)
        let together = try ThreadRanks.run(threads.count) { ranks in
            try Self.step(ranks: ranks, threads: threads, count: count, atOnce: atOnce, lossWeight: lossWeight)
        }
        Self.compare(together, alone)
    }

    @Test("so they do for every head", arguments: ["actionformer", "bmn", "gtad", "temporalmaxer", "tridet"])
    func heads(name: String) throws {
        let path = Checkout.url("configs/heads/\(name)-demo.yaml").path
        let settings = try ConfigurationFile.load(LocalizationSettings.self, from: path)
        let alone = try Self.step(settings, ranks: SingleProcess(), threads: [2], count: 3, atOnce: nil)
        let together = try ThreadRanks.run(2) { ranks in
            try Self.step(settings, ranks: ranks, threads: [1, 1], count: 3, atOnce: nil)
        }
        Self.compare(together, alone)
    }

    private static func compare(_ together: [Result], _ alone: Result) {
        for result in together {
            #expect(result.gradients == together[0].gradients, "all ranks have the same bits")
            #expect(result.state == alone.state)
            #expect(abs(result.report.total - alone.report.total) < 1e-6 * alone.report.total)
            for (found, expected) in zip(result.gradients, alone.gradients) {
                #expect((found == nil) == (expected == nil))
                guard let found, let expected else { continue }
                let largest = expected.map { abs($0) }.max() ?? 0
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(largest, 1e-3) })
            }
        }
    }

    @Test("a batch is divided by the number of threads, whoever has them, and all of it is taken once")
    func division() {
        for count in 1...9 {
            let lengths = (0..<count).map { PaddedLength(computed: 8 * (1 + $0 / 3), nominal: 8) }
            for counts in [[1, 1], [3, 1], [2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1]] {
                let whole = BatchDivision(
                    lengths, atMost: count, threads: RankThreads(counts: [counts.reduce(0, +)], rank: 0))
                let parts = counts.indices.map {
                    BatchDivision(lengths, atMost: count, threads: RankThreads(counts: counts, rank: $0))
                }
                #expect(parts.allSatisfy { $0.subBatches == whole.subBatches })
                #expect(parts.flatMap(\.ranges) == whole.ranges)
                #expect(parts.flatMap { Array($0.samples) } == Array(0..<count))
                #expect(zip(parts, counts).allSatisfy { $0.ranges.count <= $1 })
            }
        }
    }

    @Test("an outline has the segments and the number of features of the sample", arguments: [true, false])
    func outlines(resamples: Bool) throws {
        let features = SyntheticFeatures(videos: 6)
        var settings = TrainerTests.settings()
        settings.actionformer.maximumLength = 24
        if resamples { settings.window.policy = .resample }
        (settings.window.downsampling, settings.window.centering) = (2, true)
        let dataset = Dataset(
            features: features, annotations: features.annotations, labels: ["class 0", "class 1"],
            preparation: SamplePreparation(settings.window, maximumLength: settings.maximumLength))
        for part in try dataset.trainingParts() + [TrainingPart(item: 1, first: 3)] {
            var (a, b) = (RandomGenerator(seed: 8), RandomGenerator(seed: 8))
            let whole = try dataset.trainingSample(part) { a.integer(in: $0) }
            let header = try features.header(for: dataset.items[part.item].video)
            let outline = dataset.outline(part, header) { b.integer(in: $0) }
            #expect(outline.length == whole.length && outline.segments == whole.segments)
            #expect(outline.grid == whole.grid && outline.features.shape[1] == 0)
        }
    }

    @Test("detections come back as they were, in the order of the videos")
    func detections() throws {
        @Sendable func found(_ video: Int) -> [Detection] {
            (0..<video % 3).map {
                Detection(
                    video: "video ü \(video)", label: "label \($0)",
                    segment: Segment(start: 0.1 * Double($0), end: 1 / 3),
                    score: 1 / Double(video + 7))
            }
        }
        let all = (0..<8).map(found)
        #expect(try DetectionExchange.detections(DetectionExchange.bytes(all)) == all)
        let joined = try ThreadRanks.run(3) { ranks in
            try DetectionExchange(ranks).join(
                (0..<8).map { video in .success(video % 3 == ranks.rank ? found(video) : []) })
        }
        #expect(joined == Array(repeating: all.flatMap(\.self), count: 3))
        #expect(throws: WorkInterrupted.self) {
            _ = try ThreadRanks.run(2) { ranks in
                try DetectionExchange(ranks).join([ranks.rank == 1 ? .failure(WorkInterrupted()) : .success([])])
            }
        }
    }

    @Test("what differs between ranks is named with both values")
    func agreement() throws {
        func check(_ values: [String]) throws {
            _ = try ThreadRanks.run(values.count) { ranks in
                var agreement = RankAgreement()
                agreement.add("seed", "3")
                agreement.add("batch_size", values[ranks.rank])
                try agreement.check(ranks)
                return 0
            }
        }
        try check(["2", "2", "2"])
        let error = #expect(throws: RankAgreement.Difference.self) { try check(["2", "2", "4"]) }
        #expect(error?.description.contains("batch_size is 4 on rank 2 and 2 on rank 0") == true)
    }

    @Test("gradients are known to be complete in the last pass, each once, with the value they have in the end")
    func complete() {
        var generator = RandomGenerator(seed: 1)
        let (first, second) = (Linear(3, 3, using: &generator), Linear(3, 3, using: &generator))
        let unused = Parameter(.ones([2]))
        func outputs(_ tape: Tape) -> [(output: Tensor, gradient: Tensor)] {
            _ = tape.variable(unused)
            let x = tape.constant(.ones([2, 3]))
            let y = first(second(first(x))).sum()
            return [(y, Tensor(1))]
        }
        let tape = Tape(), plain = Tape()
        let expected = plain.gradients(of: outputs(plain))
        var found: [(Parameter, Tensor?)] = []
        _ = tape.gradients(of: outputs(tape)) { found.append(($0, $1)) }
        #expect(found.count == first.parameters.count + second.parameters.count + 1)
        for (parameter, gradient) in found {
            #expect(gradient?.elements == expected[parameter]?.elements)
            #expect((gradient == nil) == (parameter === unused))
        }
    }
}
