import Networks
import Tensors
import Threads

/// The gradients and losses of one batch, computed on several threads.
///
/// The batch is dealt to as many parts as there are threads; a part runs its samples one after the other (together where
/// they are padded to the same length) and adds up their gradients, and the parts are added in order. The result
/// therefore depends on the number of threads only by rounding, and not at all on timing.
struct TrainingStep<Head: LocalizationHead> {
    let parameters: [Parameter]
    /// Samples whose tapes are in memory together, on all threads; `nil` for all of a batch. Less does not change the result
    /// but by rounding and by the draws of dropout.
    var samplesAtOnce: Int?
    /// The arithmetic of products.
    var precision = ComputePrecision.float32

    /// What one batch gave.
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
        head.note(targets)
        let runs = Self.runs(of: samples, atMost: samplesAtOnce ?? samples.count, head: head)
        let parts = Self.deal(runs.count, to: min(Parallel.threads, runs.count))
        let snapshot = head
        if let seeds = head.seedsBeforehand ?? seedsOfForwardPass(head, samples, targets, runs, generator) {
            let results = Parallel.map(parts.count) { part -> Part in
                var sums = [Double](repeating: 0, count: snapshot.lossTerms.count)
                var gradients = GradientSum(of: parameters)
                for run in parts[part].map({ runs[$0] }) {
                    let (tape, losses) = forward(snapshot, samples, targets, run: run, generator: generator)
                    for index in losses.indices { sums[index] += Double(losses[index].scalar) }
                    gradients.add(tape.gradients(of: Self.seeded(losses, seeds)))
                }
                return Part(sums: sums, gradients: gradients)
            }
            return combine(results, head: head)
        }
        // The seeds depend on the losses of the whole batch, so every tape waits for them.
        let tapes = Parallel.map(runs.count) { index in
            Forwarded(forward(snapshot, samples, targets, run: runs[index], generator: generator))
        }
        let sums = tapes.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, forwarded in
            for (index, loss) in forwarded.losses.enumerated() { sums[index] += Double(loss.scalar) }
        }
        let report = head.report(of: sums)
        let results = Parallel.map(parts.count) { part -> Part in
            var gradients = GradientSum(of: parameters)
            for index in parts[part] {
                gradients.add(tapes[index].tape.gradients(of: Self.seeded(tapes[index].losses, report.seeds)))
            }
            return Part(sums: [], gradients: gradients)
        }
        return Outcome(gradients: add(results), report: report)
    }

    /// The seeds of a loss that depends on the sums of the whole batch, where not all tapes may wait for them: the network is
    /// run once for the sums alone, and then again with the same draws.
    private func seedsOfForwardPass(
        _ head: Head, _ samples: [Sample], _ targets: [Head.Targets], _ runs: [Range<Int>], _ generator: RandomGenerator
    ) -> [Double]? {
        guard let samplesAtOnce, samplesAtOnce < samples.count else { return nil }
        let losses = Parallel.map(runs.count) { index in
            forward(head, samples, targets, run: runs[index], generator: generator).losses.map {
                Double($0.scalar)
            }
        }
        let sums = losses.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, losses in
            for (index, loss) in losses.enumerated() { sums[index] += loss }
        }
        return head.report(of: sums).seeds
    }

    private struct Part: Sendable {
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
        _ head: Head, _ samples: [Sample], _ targets: [Head.Targets], run: Range<Int>, generator: RandomGenerator
    ) -> (tape: Tape, losses: [Tensor]) {
        var seeds = generator.split(run.lowerBound)
        let tape = Tape(isTraining: true, seed: seeds.next(), precision: precision)
        let batch = SequenceBatch(
            Array(samples[run]), padding: head.paddedLength(for: samples[run.lowerBound].length))
        return (tape, head.loss(head.forward(batch, on: tape), Array(targets[run])))
    }

    private static func seeded(_ losses: [Tensor], _ seeds: [Double]) -> [(output: Tensor, gradient: Tensor)] {
        zip(losses, seeds).map { ($0, Tensor(repeating: Float($1), shape: $0.shape)) }
    }

    /// Neighbouring samples of one padded length, at most a thread's share of the batch together.
    private static func runs(of samples: [Sample], atMost limit: Int, head: Head) -> [Range<Int>] {
        let longest = max(1, (min(samples.count, limit) + Parallel.threads - 1) / Parallel.threads)
        var runs: [Range<Int>] = []
        for index in samples.indices {
            if let last = runs.last, last.count < longest,
                head.paddedLength(for: samples[last.lowerBound].length) == head.paddedLength(for: samples[index].length)
            {
                runs[runs.count - 1] = last.lowerBound..<(index + 1)
            } else {
                runs.append(index..<(index + 1))
            }
        }
        return runs
    }

    /// `count` items in `parts` neighbouring stretches of nearly equal size.
    private static func deal(_ count: Int, to parts: Int) -> [Range<Int>] {
        (0..<parts).map { (count * $0 / parts)..<(count * ($0 + 1) / parts) }
    }

    private func combine(_ parts: [Part], head: Head) -> Outcome {
        let sums = parts.reduce(into: [Double](repeating: 0, count: head.lossTerms.count)) { sums, part in
            for (index, value) in part.sums.enumerated() { sums[index] += value }
        }
        return Outcome(gradients: add(parts), report: head.report(of: sums))
    }

    private func add(_ parts: [Part]) -> GradientSum {
        guard var total = parts.first?.gradients else { return GradientSum(of: parameters) }
        for part in parts.dropFirst() { total.add(part.gradients) }
        return total
    }
}
