public import ArgumentParser
import MessagePassing
public import Networks

struct BenchmarkExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Sums of gradients over the ranks that mpirun has started, and whether they are right.",
        discussion: """
            Example:
              mpirun -n 2 tal benchmark exchange --megabytes 64
            """)

    @Option(name: .long, help: .value("n", "Size of all gradients."))
    var megabytes = 64

    @Option(name: .long, help: .value("n", "Size of the pieces that travel at once."))
    var bucketMegabytes = 4

    @Option(name: .long, help: "How gradients travel: none (as they are) or bfloat16.")
    var compression = GradientCompression.none

    @OptionGroup var options: BenchmarkOptions

    func validate() throws {
        for (name, value) in [("--megabytes", megabytes), ("--bucket-megabytes", bucketMegabytes)]
        where !(1...1024).contains(value) {
            throw ValidationError("\(name) must be from 1 to 1024, not \(value)")
        }
    }

    func run() throws {
        try Ranks.run { ranks in
            guard !ranks.isAlone else {
                throw ValidationError("start it as several ranks, such as: mpirun -n 2 tal benchmark exchange")
            }
            let size = bucketMegabytes << 18, count = max(1, megabytes / bucketMegabytes)
            let buffers = (0..<count).map { _ in ExchangeBuffer(atLeast: size, ranks: ranks.count) }
            let watch = try Stopwatch(runs: options.runs) {
                for buffer in buffers { fill(buffer, rank: ranks.rank) }
                let sums = buffers.map { ranks.startSum(of: $0, compression: compression) }
                for (sum, buffer) in zip(sums, buffers) {
                    try sum.wait()
                    try check(buffer, ranks: ranks)
                }
            }
            try checkMessages(ranks)
            guard ranks.isFirst else { return }
            let bytes = Double(count * bucketMegabytes) * 1_048_576
            // What each rank sends: its numbers but for its own part, twice.
            let share = 2 * Double(ranks.count - 1) / Double(ranks.count)
            var report = BenchmarkReport()
            report.add("ranks", "ranks", ranks.count)
            report.add("message passing", "library", (ranks as? MPICommunicator)?.version ?? "none")
            report.add("gradients", "bytes", bytes / 1_048_576, digits: 0, unit: " MiB")
            report.add("compression", "compression", compression.rawValue)
            report.add(
                "sent by each rank", "megabytes_per_second",
                bytes * share * (compression == .bfloat16 ? 0.5 : 1) / watch.median / 1e6, digits: 0, unit: " MB/s")
            report.add(watch)
            try report.finish(options)
        }
    }

    /// Small whole numbers, whose sums are exact in bfloat16 too.
    private func fill(_ buffer: ExchangeBuffer, rank: Int) {
        for index in stride(from: 0, to: buffer.numbers.count, by: 997) {
            buffer.numbers[index] = Float(index % 7 + rank)
        }
    }

    private func check(_ buffer: ExchangeBuffer, ranks: any Communicator) throws {
        let count = ranks.count
        for index in stride(from: 0, to: buffer.numbers.count, by: 997) {
            let expected = Float(count * (index % 7) + count * (count - 1) / 2)
            guard buffer.numbers[index] == expected else {
                throw ValidationError(
                    "the sum of number \(index) is \(buffer.numbers[index]), and \(expected) was expected")
            }
        }
    }

    /// Messages of other lengths on each rank, and those of rank 0.
    private func checkMessages(_ ranks: any Communicator) throws {
        func message(_ rank: Int) -> [UInt8] { Array(repeating: UInt8(rank % 251), count: 1000 * rank) }
        let all = try ranks.gather(message(ranks.rank))
        let first = try ranks.broadcast(ranks.isFirst ? [1, 2, 3] : [])
        guard all == (0..<ranks.count).map(message), first == [1, 2, 3],
            try ranks.sum([0.5]) == [0.5 * Double(ranks.count)]
        else { throw ValidationError("a message came back changed") }
    }
}

extension GradientCompression: ExpressibleByArgument {}
