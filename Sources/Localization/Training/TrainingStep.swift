import Networks
import Tensors
import Threads

/// The gradients and losses of one batch, computed on several threads.
///
/// The batch is split into sub-batches of neighbouring samples with the same padded length. Each thread takes a range of
/// sub-batches, runs them one after the other and adds up their gradients; the sums of the threads are added in order. The
/// result therefore depends on the number of threads only by rounding, and not on timing.
struct TrainingStep<Head: LocalizationHead> {
    let parameters: [Parameter]
    /// The number of samples whose tapes are in memory at the same time, on all threads; `nil` for the whole batch. A smaller
    /// number changes the result only by rounding and by the random numbers of dropout.
    var samplesAtOnce: Int?
    /// The data type of matmuls.
    var precision = ComputePrecision.float32

    /// The result of one batch.
    struct Outcome {
        let gradients: GradientSum
        let report: LossReport
    }

    /// Updates the head's running loss state and computes the gradients of a batch.
    ///
    /// - Parameter generator: for dropout, stochastic depth and the targets' own draws.
    func callAsFunction(_ head: inout Head, samples: [Sample], generator: RandomGenerator) -> Outcome {
        var targetGenerator = generator.split(-1)
        let targets = head.targets(for: samples, using: &targetGenerator)
        head.updateState(with: targets)
        let subBatches = Self.subBatches(of: samples, atMost: samplesAtOnce ?? samples.count, head: head)
        let ranges = Self.split(subBatches.count, into: min(Parallel.threads, subBatches.count))
        let snapshot = head
        if let outputGradients = head.constantOutputGradients
            ?? outputGradientsOfForwardPass(head, samples, targets, subBatches, generator)
        {
            let results = Parallel.map(ranges.count) { thread -> ThreadSum in
                var sums = [Double](repeating: 0, count: snapshot.lossTerms.count)
                var gradients = GradientSum(of: parameters)
                for subBatch in ranges[thread].map({ subBatches[$0] }) {
                    let (tape, losses) = forward(snapshot, samples, targets, subBatch: subBatch, generator: generator)
                    for index in losses.indices { sums[index] += Double(losses[index].scalar) }
                    gradients.add(tape.gradients(of: Self.pairs(losses, outputGradients)))
                }
                return ThreadSum(sums: sums, gradients: gradients)
            }
            return combine(results, head: head)
        }
        // The output gradients depend on the losses of the whole batch, so every tape waits for them.
        let tapes = Parallel.map(subBatches.count) { index in
            Forwarded(forward(snapshot, samples, targets, subBatch: subBatches[index], generator: generator))
        }
        let sums = tapes.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, forwarded in
            for (index, loss) in forwarded.losses.enumerated() { sums[index] += Double(loss.scalar) }
        }
        let report = head.combine(sums)
        let results = Parallel.map(ranges.count) { thread -> ThreadSum in
            var gradients = GradientSum(of: parameters)
            for index in ranges[thread] {
                gradients.add(tapes[index].tape.gradients(of: Self.pairs(tapes[index].losses, report.outputGradients)))
            }
            return ThreadSum(sums: [], gradients: gradients)
        }
        return Outcome(gradients: add(results), report: report)
    }

    /// The output gradients of a loss that depends on the sums of the whole batch, where memory does not hold all tapes: the
    /// network runs once for the sums, and later again with the same random numbers.
    private func outputGradientsOfForwardPass(
        _ head: Head, _ samples: [Sample], _ targets: [Head.Targets], _ subBatches: [Range<Int>],
        _ generator: RandomGenerator
    ) -> [Double]? {
        guard let samplesAtOnce, samplesAtOnce < samples.count else { return nil }
        let losses = Parallel.map(subBatches.count) { index in
            forward(head, samples, targets, subBatch: subBatches[index], generator: generator).losses.map {
                Double($0.scalar)
            }
        }
        let sums = losses.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, losses in
            for (index, loss) in losses.enumerated() { sums[index] += loss }
        }
        return head.combine(sums).outputGradients
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

    private func forward(
        _ head: Head, _ samples: [Sample], _ targets: [Head.Targets], subBatch: Range<Int>, generator: RandomGenerator
    ) -> (tape: Tape, losses: [Tensor]) {
        var seeds = generator.split(subBatch.lowerBound)
        let tape = Tape(isTraining: true, seed: seeds.next(), precision: precision)
        let batch = SequenceBatch(
            Array(samples[subBatch]), padding: head.paddedLength(for: samples[subBatch.lowerBound].length))
        return (tape, head.loss(head.forward(batch, on: tape), Array(targets[subBatch])))
    }

    private static func pairs(
        _ losses: [Tensor], _ outputGradients: [Double]
    ) -> [(output: Tensor, gradient: Tensor)] {
        zip(losses, outputGradients).map { ($0, Tensor(repeating: Float($1), shape: $0.shape)) }
    }

    /// Ranges of neighbouring samples with the same padded length, none longer than a thread's part of the batch.
    private static func subBatches(of samples: [Sample], atMost limit: Int, head: Head) -> [Range<Int>] {
        let longest = max(1, (min(samples.count, limit) + Parallel.threads - 1) / Parallel.threads)
        var subBatches: [Range<Int>] = []
        for index in samples.indices {
            if let last = subBatches.last, last.count < longest,
                head.paddedLength(for: samples[last.lowerBound].length) == head.paddedLength(for: samples[index].length)
            {
                subBatches[subBatches.count - 1] = last.lowerBound..<(index + 1)
            } else {
                subBatches.append(index..<(index + 1))
            }
        }
        return subBatches
    }

    /// Splits `count` items into `parts` neighbouring ranges of nearly equal size.
    private static func split(_ count: Int, into parts: Int) -> [Range<Int>] {
        (0..<parts).map { (count * $0 / parts)..<(count * ($0 + 1) / parts) }
    }

    private func combine(_ results: [ThreadSum], head: Head) -> Outcome {
        let sums = results.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, result in
            for (index, value) in result.sums.enumerated() { sums[index] += value }
        }
        return Outcome(gradients: add(results), report: head.combine(sums))
    }

    private func add(_ results: [ThreadSum]) -> GradientSum {
        guard var total = results.first?.gradients else { return GradientSum(of: parameters) }
        for result in results.dropFirst() { total.add(result.gradients) }
        return total
    }
}
