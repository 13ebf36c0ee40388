import Files
import Foundation
import Tensors
import Threads

/// Times a piece of work several times.
struct Stopwatch {
    /// Seconds of each timed run, sorted.
    let seconds: [Double]
    /// Processor seconds of each timed run over all threads, sorted. Other work on the machine changes them little.
    let processorSeconds: [Double]

    /// Runs `body` once untimed and then `runs` times.
    ///
    /// - Parameter isPaced: whether each timed run waits for a line of input, after which its seconds and processor seconds
    ///   are written. The end of the input ends the runs after the first.
    init(runs: Int, isPaced: Bool = false, _ body: () throws -> Void) rethrows {
        try body()
        var seconds: [Double] = [], processorSeconds: [Double] = []
        for run in 0..<runs {
            if isPaced, readLine() == nil, run > 0 { break }
            let begin = ContinuousClock.now, before = Self.processorTime
            try body()
            seconds.append(begin.duration(to: .now) / .seconds(1))
            processorSeconds.append(Self.processorTime - before)
            if isPaced {
                print(seconds[run], processorSeconds[run])
                fflush(nil)
            }
        }
        self.seconds = seconds.sorted()
        self.processorSeconds = processorSeconds.sorted()
    }

    var median: Double { Self.median(seconds) }

    var medianProcessorSeconds: Double { Self.median(processorSeconds) }

    private static func median(_ sorted: [Double]) -> Double {
        (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Processor seconds of this process so far.
    private static var processorTime: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The most memory this process has held, in bytes.
    static var peakMemory: Int {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_maxrss * 1024
    }
}

/// The figures of a benchmark: printed for people, written for programs.
struct BenchmarkReport {
    private var rows: [(name: String, key: String, value: Any, text: String)] = []

    mutating func add(_ name: String, _ key: String, _ value: Double, digits: Int = 3, unit: String = "") {
        rows.append((name, key, value, ResultText.number(value, digits) + unit))
    }

    mutating func add(_ name: String, _ key: String, _ value: Int) { rows.append((name, key, value, String(value))) }

    mutating func add(_ name: String, _ key: String, _ value: String) { rows.append((name, key, value, value)) }

    /// Adds the times of the runs, the machine's part in them, and the memory.
    mutating func add(_ watch: Stopwatch, kernel: String = MatrixLibrary.kernel) {
        add("seconds, median", "seconds_median", watch.median, digits: 4)
        add("seconds, least", "seconds_min", watch.seconds.first ?? 0, digits: 4)
        add("seconds, most", "seconds_max", watch.seconds.last ?? 0, digits: 4)
        add("runs", "runs", watch.seconds.count)
        rows.append(
            (
                "peak memory", "peak_rss_bytes", Stopwatch.peakMemory,
                ResultText.number(Double(Stopwatch.peakMemory) / 1_048_576, 0) + " MiB"
            ))
        add("threads", "threads", Parallel.threads)
        add("matrix kernel", "kernel", kernel)
    }

    /// Prints the figures, and writes them where that was asked for.
    func finish(_ options: BenchmarkOptions) throws {
        var table = TextTable([.left("figure"), .right("value")])
        for row in rows { table.add(row.name, row.text) }
        Outputs.show(table.description, unlessIn: options.json)
        guard let path = options.json else { return }
        let object = Dictionary(rows.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let data = try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
        try AtomicFile.write(data, to: path)
        options.consoleOptions.makeConsole().note("\(path): written")
    }
}
