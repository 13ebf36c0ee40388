import Networks
import Threads

/// The threads of all ranks, numbered through: those of rank 0 first.
struct RankThreads: Sendable, Equatable {
    /// Of each rank.
    let counts: [Int]
    let rank: Int

    /// Those of a process by itself.
    static var alone: RankThreads { RankThreads(counts: [Parallel.threads], rank: 0) }

    init(counts: [Int], rank: Int) {
        self.counts = counts
        self.rank = rank
    }

    /// Asks all ranks.
    ///
    /// - Throws: an error of the communicator.
    init(_ communicator: any Communicator) throws {
        let all = try communicator.gather(Array("\(Parallel.threads)".utf8))
        self.init(counts: all.map { Int(String(decoding: $0, as: UTF8.self)) ?? 1 }, rank: communicator.rank)
    }

    /// How many there are.
    var total: Int { counts.reduce(0, +) }
    /// Those of this rank.
    var own: Range<Int> {
        let first = counts[..<rank].reduce(0, +)
        return first..<first + counts[rank]
    }
}

/// How the samples of a batch are divided among the threads of all ranks. It depends on the number of threads, not on how many
/// ranks have them.
struct BatchDivision: Sendable, Equatable {
    /// Ranges of neighbouring samples with the same padded length, none longer than a thread's part of the batch.
    let subBatches: [Range<Int>]
    /// The sub-batches of each thread of this rank that has any.
    let ranges: [Range<Int>]

    /// - Parameters:
    ///   - lengths: the padded length of each sample.
    ///   - limit: samples whose tapes are in memory at the same time, on all threads.
    init(_ lengths: [PaddedLength], atMost limit: Int, threads: RankThreads) {
        let total = threads.total
        let longest = max(1, (min(lengths.count, limit) + total - 1) / total)
        var subBatches: [Range<Int>] = []
        for index in lengths.indices {
            if let last = subBatches.last, last.count < longest, lengths[last.lowerBound] == lengths[index] {
                subBatches[subBatches.count - 1] = last.lowerBound..<(index + 1)
            } else {
                subBatches.append(index..<(index + 1))
            }
        }
        self.subBatches = subBatches
        // Where there are fewer parts than threads, they are spread over the ranks.
        let count = subBatches.count, parts = min(total, count)
        ranges = (0..<parts).compactMap { part in
            threads.own.contains(part * total / parts) ? (count * part / parts)..<(count * (part + 1) / parts) : nil
        }
    }

    /// The sub-batches of this rank.
    var own: Range<Int> {
        guard let first = ranges.first, let last = ranges.last else { return 0..<0 }
        return first.lowerBound..<last.upperBound
    }

    /// The samples of this rank.
    var samples: Range<Int> {
        own.isEmpty ? 0..<0 : subBatches[own.lowerBound].lowerBound..<subBatches[own.upperBound - 1].upperBound
    }
}
