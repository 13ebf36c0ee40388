import Networks
import Tensors
import Threads

/// The gradients and losses of one batch, computed on several threads, and on several ranks where there are any.
///
/// The batch is split into sub-batches of neighbouring samples with the same padded length. Each thread takes a range of
/// sub-batches, runs them one after the other and adds up their gradients; the sums of the threads are added in order. The
/// result therefore depends on the number of threads only by rounding, and not on timing. Ranks divide the sub-batches as one
/// process with as many threads as they have together.
struct TrainingStep<Head: LocalizationHead> {
    let parameters: [Parameter]
    /// The number of samples whose tapes are in memory at the same time, on all threads; `nil` for the whole batch. A smaller
    /// number changes the result only by rounding and by the random numbers of dropout.
    var samplesAtOnce: Int?
    /// The data type of matmuls.
    var precision = ComputePrecision.float32
    /// Adds the gradients up over ranks, where there are several.
    var exchange: GradientExchange?
    /// The threads of all ranks; those of this process where `nil`.
    var threads: RankThreads?

    /// The result of one batch.
    struct Outcome {
        let gradients: GradientSum
        let report: LossReport
    }

    /// Updates the head's running loss state and computes the gradients of a batch.
    ///
    /// - Parameters:
    ///   - samples: the whole batch. Those of other ranks need no features, only their number.
    ///   - generator: for dropout, stochastic depth and the targets' own draws.
    /// - Throws: an error of what connects the ranks.
    func callAsFunction(_ head: inout Head, samples: [Sample], generator: RandomGenerator) throws -> Outcome {
        var targetGenerator = generator.split(-1)
        let targets = head.targets(for: samples, using: &targetGenerator)
        head.updateState(with: targets)
        let division = BatchDivision(
            samples.map { head.paddedLength(for: $0.length) }, atMost: samplesAtOnce ?? samples.count,
            threads: threads ?? .alone)
        let batch = Batch(samples: samples, targets: targets, division: division, generator: generator)
        let snapshot = head
        if let outputGradients = try head.constantOutputGradients ?? outputGradientsOfForwardPass(head, batch) {
            exchange?.begin(threads: division.ranges.count)
            let results = Parallel.map(division.ranges.count) { thread -> ThreadSum in
                var sums = [Double](repeating: 0, count: snapshot.lossTerms.count)
                let gradients = add(division.ranges[thread], thread: thread) { index in
                    let (tape, losses) = forward(snapshot, batch, subBatch: index)
                    for index in losses.indices { sums[index] += Double(losses[index].scalar) }
                    return (tape, Self.pairs(losses, outputGradients))
                }
                return ThreadSum(sums: sums, gradients: gradients)
            }
            let sums = try total(results.map(\.sums), of: head)
            return Outcome(gradients: try add(results), report: head.combine(sums))
        }
        // The output gradients depend on the losses of the whole batch, so every tape waits for them.
        let own = division.own
        let tapes = Parallel.map(own.count) { index in
            Forwarded(forward(snapshot, batch, subBatch: own.lowerBound + index))
        }
        let report = head.combine(try total(tapes.map { $0.losses.map { Double($0.scalar) } }, of: head))
        exchange?.begin(threads: division.ranges.count)
        let results = Parallel.map(division.ranges.count) { thread -> ThreadSum in
            let gradients = add(division.ranges[thread], thread: thread) { index in
                let forwarded = tapes[index - own.lowerBound]
                return (forwarded.tape, Self.pairs(forwarded.losses, report.outputGradients))
            }
            return ThreadSum(sums: [], gradients: gradients)
        }
        return Outcome(gradients: try add(results), report: report)
    }

    /// The output gradients of a loss that depends on the sums of the whole batch, where memory does not hold all tapes: the
    /// network runs once for the sums, and later again with the same random numbers.
    private func outputGradientsOfForwardPass(_ head: Head, _ batch: Batch) throws -> [Double]? {
        guard let samplesAtOnce, samplesAtOnce < batch.samples.count else { return nil }
        let own = batch.division.own
        let losses = Parallel.map(own.count) { index in
            forward(head, batch, subBatch: own.lowerBound + index).losses.map { Double($0.scalar) }
        }
        return head.combine(try total(losses, of: head)).outputGradients
    }

    /// What the threads read.
    private struct Batch: Sendable {
        let samples: [Sample]
        let targets: [Head.Targets]
        let division: BatchDivision
        let generator: RandomGenerator
    }

    private struct ThreadSum: Sendable {
        let sums: [Double]
        let gradients: GradientSum
    }

    /// A tape is handed from the thread that recorded it to the one that runs it backwards, never shared.
    private struct Forwarded: @unchecked Sendable {
        let tape: Tape
        let losses: [Tensor]
        init(_ pair: (tape: Tape, losses: [Tensor])) { (tape, losses) = pair }
    }

    private func forward(_ head: Head, _ batch: Batch, subBatch index: Int) -> (tape: Tape, losses: [Tensor]) {
        let subBatch = batch.division.subBatches[index]
        var seeds = batch.generator.split(subBatch.lowerBound)
        let tape = Tape(isTraining: true, seed: seeds.next(), precision: precision)
        let input = SequenceBatch(
            Array(batch.samples[subBatch]),
            padding: head.paddedLength(for: batch.samples[subBatch.lowerBound].length))
        return (tape, head.loss(head.forward(input, on: tape), Array(batch.targets[subBatch])))
    }

    private typealias OutputGradients = [(output: Tensor, gradient: Tensor)]

    private static func pairs(_ losses: [Tensor], _ outputGradients: [Double]) -> OutputGradients {
        zip(losses, outputGradients).map { ($0, Tensor(repeating: Float($1), shape: $0.shape)) }
    }

    /// Runs the sub-batches of a thread and adds up their gradients. Where there are several ranks, the gradients go to them in the
    /// course of the last backward pass, and the sum that is returned is not complete.
    private func add(
        _ subBatches: Range<Int>, thread: Int, _ recorded: (Int) -> (tape: Tape, outputs: OutputGradients)
    ) -> GradientSum {
        var gradients = GradientSum(of: parameters)
        for index in subBatches {
            let (tape, outputs) = recorded(index)
            guard let exchange, index == subBatches.upperBound - 1 else {
                gradients.add(tape.gradients(of: outputs))
                continue
            }
            let contribution = exchange.contribution(of: thread, earlier: gradients)
            gradients = GradientSum(of: parameters)
            _ = tape.gradients(of: outputs) { contribution.complete($0, $1) }
            contribution.end()
        }
        return gradients
    }

    /// The sums of all parts and ranks.
    private func total(_ parts: [[Double]], of head: Head) throws -> [Double] {
        let sums = parts.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, part in
            for (index, value) in part.enumerated() { sums[index] += value }
        }
        return try exchange?.communicator.sum(sums) ?? sums
    }

    private func add(_ results: [ThreadSum]) throws -> GradientSum {
        if let exchange { return GradientSum(of: parameters, gradients: try exchange.finish()) }
        guard var total = results.first?.gradients else { return GradientSum(of: parameters) }
        for result in results.dropFirst() { total.add(result.gradients) }
        return total
    }
}
