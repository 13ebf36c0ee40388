import ArgumentParser
import Files
import ShapeWorld
import Threads
import Toolkit

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Try everything on generated videos: make them, extract, train, detect, evaluate.",
        discussion: """
            Needs no data. Run the same command again to go on after an interruption; finished stages are left out.

            Examples:
              tal demo --quick
              tal demo --compare --out demo/default
            """)

    @Flag(name: .long, help: "Fewer and shorter videos and less training: about 12 seconds on two cores.")
    var quick = false

    @Flag(name: .long, help: "Also with a random encoder, and three seeds of the head for each encoder.")
    var compare = false

    @Option(name: .long, help: "How hard the generated world is.")
    var difficulty = Difficulty.default

    @Option(
        name: [.short, .long], help: .value("dir", "The folder to write to; tal-demo unless given."),
        completion: .directory)
    var out = "tal-demo"

    @Option(
        name: .long,
        help: .value("n", "Seed of the head, the first of three with --compare; the videos are always the same."))
    var seed: UInt64 = 1

    @Flag(name: .long, help: "Begin again where the folder holds another demo, which is removed.")
    var overwrite = false

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let interruption = Interruption()
        let report: DemoReport
        do {
            report = try job.run(console.events, cancellation: interruption.flag)
        } catch is WorkInterrupted {
            let again = CommandLineText.present(withoutFlags: ["--overwrite"])
            try interruption.finish(on: console, "what is done is kept in \(out); go on with: \(again)")
        }
        for evaluation in report.evaluations {
            let table = ResultText(evaluation.result).text(perClass: false)
            try TextFile.write(table + "\n", to: report.files.table(of: evaluation.method, seed: evaluation.seed))
        }
        print(DemoText(report, seed: seed).text)
    }

    private var job: DemoJob {
        var job = quick ? DemoJob.quick(output: out) : DemoJob(output: out)
        job.world.difficulty = difficulty
        job.seeds = compare ? [seed, seed &+ 1, seed &+ 2] : [seed]
        if compare { job.methods = [.pretrained, .frameDifference, .random, .chance] }
        job.replaces = overwrite
        return job
    }
}

/// What a demo came to, in words.
struct DemoText {
    let report: DemoReport
    /// The seed whose detections are shown in full.
    let seed: UInt64

    init(_ report: DemoReport, seed: UInt64) {
        self.report = report
        self.seed = seed
    }

    var text: String {
        let shown = report.evaluations.first { $0.method == .pretrained && $0.seed == seed }
        let table = shown.map { ResultText($0.result).text(perClass: false) } ?? ""
        return """

            Detections on the test videos, pre-trained S-ViLM tiny:
            \(table)

            \(averages)

            \(times)

            \(places)
            """
    }

    private var averages: String {
        let names: [(DemoMethod, String)] = [
            (.random, "random encoder"), (.frameDifference, "frame-difference baseline"),
            (.pretrained, "pre-trained encoder"), (.chance, "detections drawn at random"),
        ]
        let isSeveral = Set(report.evaluations.map(\.seed)).count > 1
        return names.compactMap { method, name in
            guard let (mean, halfRange) = report.averageMAP(of: method) else { return nil }
            let spread = isSeveral ? " ± \(ResultText.number(halfRange, 4))" : ""
            return "\(name): average mAP \(ResultText.number(mean, 4))\(spread)"
        }.joined(separator: "\n")
    }

    private var times: String {
        var table = TextTable([.left("stage"), .right("seconds")])
        for stage in report.stages { table.add(stage.name, ResultText.number(stage.seconds, 1)) }
        return table.description
    }

    private var places: String {
        let files = report.files
        let run = files.run(of: .pretrained, seed: seed)
        let program = CommandLine.arguments.first ?? "tal"
        let call = [program, "detect", report.exampleVideo, "--model", run].map(CommandLineText.quoted).joined(
            separator: " ")
        return """
            videos          \(files.videos)
            annotations     \(files.annotations)
            features        \(files.features(of: .pretrained))
            trained head    \(run)
            detections      \(files.detections(of: .pretrained, seed: seed))
            evaluation      \(files.result(of: .pretrained, seed: seed))

            Try it on one video:
              \(call)
            """
    }
}
