import ArgumentParser
import Configuration
import Files
import Localization
import Toolkit

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Try settings of post-processing on proposals found before, without running the head again.",
        discussion: """
            The proposals are those that 'tal detect --raw' kept; with --features they are made, and kept where --raw says. Keys \
            are settings of post_processing, such as suppression.method, suppression.sigma, suppression.voting_threshold, \
            score_threshold, maximum_proposals, fusion.formula, fusion.class_weight and fusion.top_classes.

            Choose settings on the validation split: those that are best on the test split make its figure too good.

            Example:
              tal sweep --model runs/demo --features features.h5 --annotations annotations.json --subset validation \\
                --protocol activitynet-1.3 --grid suppression.sigma=0.3,0.5,0.7 --grid suppression.method=gaussian,linear \\
                --out best.yaml
              tal detect --model runs/demo --features features.h5 --settings best.yaml --out detections.json
            """)

    @Option(name: .long, help: .value("dir", "The run folder of a trained or imported head."), completion: .directory)
    var model: String

    @OptionGroup var inputs: EvaluationOptions

    @Option(
        name: .long,
        help: .value("file", "Proposals that 'tal detect --raw' kept; with --features, where to keep them."),
        completion: .file())
    var raw: String?

    @Option(
        name: .long, help: .value("features", "Features, to make the proposals from. May be repeated."),
        completion: .file())
    var features: [String] = []

    @Option(
        name: .long,
        help: .value("key=value,…", "Values to try: key=value,value,… May be repeated; all combinations are tried."))
    var grid: [String] = []

    @Option(
        name: .long, help: .value("file.yaml", "A YAML file of the same: each key with a list of values."),
        completion: .yaml)
    var gridFile: String?

    @Option(
        name: .long, help: .value("file", "Video-level class scores, for a class-agnostic head."), completion: .file())
    var classScores: String?

    @Option(
        name: .customLong("set"),
        help: .value("key=value", "Change one setting for all combinations: key.path=value. May be repeated."))
    var overrides: [String] = []

    @Option(name: .long, help: .value("n", "How many combinations the table shows; 0 for all."))
    var top = 20

    @Option(
        name: .long, help: .value("file.json", "Write every combination and its mAP as JSON to this file."),
        completion: .json)
    var json: String?

    @Option(
        name: [.short, .long],
        help: .value("file.yaml", "Write the best settings as YAML to this file, for 'tal detect --settings'."),
        completion: .yaml)
    var out: String?

    @OptionGroup var checkOptions: CheckOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if raw == nil, features.isEmpty { throw ValidationError("give --raw, --features, or both") }
        if grid.isEmpty, gridFile == nil { throw ValidationError("say what to try by --grid or --grid-file") }
        if top < 0 { throw ValidationError("--top must not be negative") }
    }

    func run() throws {
        try Outputs.check(json, out, features.isEmpty ? nil : raw)
        let console = consoleOptions.makeConsole()
        threadOptions.apply()
        let interruption = Interruption()
        let report = try job().run(console.events, cancellation: interruption.flag)
        let text = SweepText(report)
        if report.wasInterrupted {
            if !report.ranked.isEmpty { print(text.table(top: Outputs.limit(top))) }
            let isShorter = !features.isEmpty && report.keepsProposals
            try interruption.finish(
                on: console,
                "\(report.ranked.count) of \(report.combinationCount) combinations were tried, and no file of the best is "
                    + "written; " + (isShorter ? "the proposals are kept; " : "") + "go on with: "
                    + CommandLineText.present(leavingOut: isShorter ? ["--features"] : []))
        }
        Outputs.show(text.table(top: Outputs.limit(top)), unlessIn: json)
        if let json { try text.json.write(to: json) }
        if let out { try text.writeBest(to: out) }
        try BatchOutcome(report.batch).finish(on: console)
    }

    private func job() throws -> SweepJob {
        var settingsGrid = SettingsGrid()
        if let gridFile { try settingsGrid.add(contentsOf: gridFile) }
        for text in grid { try settingsGrid.add(text) }
        var job = SweepJob(run: model, grid: settingsGrid, evaluation: inputs.with(predictions: []))
        job.changes = SettingsChanges(assignments: overrides)
        job.videoScores = classScores
        job.features = features
        job.rawProposals = raw
        job.allowed = checkOptions.allowed
        return job
    }
}
