import ArgumentParser
import Localization
import Tensors

struct BenchmarkSuppressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suppress",
        abstract: "Soft-NMS of random segments, class by class.",
        discussion: """
            Segments begin anywhere in 1,000 s and last 1 to 101 s; scores are even between 0 and 1.

            Example:
              tal benchmark suppress --classes 20 --segments 2000
            """)

    @Option(name: .long, help: .value("n", "Classes."))
    var classes = 20

    @Option(name: .long, help: .value("n", "Segments of each class."))
    var segments = 2000

    @Option(name: .long, help: .value("n", "Most segments kept of each class."))
    var kept = 200

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        for (name, value) in [("--classes", classes), ("--segments", segments), ("--kept", kept)] where value < 1 {
            throw ValidationError("\(name) must be at least 1, not \(value)")
        }
    }

    func run() throws {
        threadOptions.apply()
        var generator = RandomGenerator(seed: 1)
        var proposals = Proposals()
        for label in 0..<classes {
            for _ in 0..<segments {
                let start = Float.random(in: 0..<1000, using: &generator)
                proposals.append(
                    start: start, end: start + .random(in: 1..<101, using: &generator),
                    score: .random(in: 0..<1, using: &generator), label: label)
            }
        }
        var settings = SuppressionSettings()
        settings.maximumSegments = kept
        let suppression = NonMaximumSuppression(settings)
        let watch = Stopwatch(runs: options.runs) { _ = suppression(proposals) }
        var report = BenchmarkReport()
        report.add("classes", "classes", classes)
        report.add("segments of a class", "segments", segments)
        report.add(watch)
        try report.finish(options)
    }
}
