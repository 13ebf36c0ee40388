import Annotations
import ArgumentParser
import Configuration
import Evaluation
import Features
import Files
import Foundation
import Localization

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
              tal sweep --model runs/demo --features features.h5 --ground-truth annotations.json --subset validation \\
                --protocol activitynet-1.3 --grid suppression.sigma=0.3,0.5,0.7 --grid suppression.method=gaussian,linear \\
                --out best.yaml
              tal detect --model runs/demo --features features.h5 --settings best.yaml --out detections.json
            """)

    @Option(name: .long, help: "The run folder of a trained or imported head.")
    var model: String

    @OptionGroup var inputs: EvaluationOptions

    @Option(name: .long, help: "Proposals that 'tal detect --raw' kept; with --features, where to keep them.")
    var raw: String?

    @Option(name: .long, help: "Features, to make the proposals from. May be repeated.")
    var features: [String] = []

    @Option(name: .long, help: "Values to try: key=value,value,… May be repeated; all combinations are tried.")
    var grid: [String] = []

    @Option(name: .long, help: "A YAML file of the same: each key with a list of values.")
    var gridFile: String?

    @Option(name: .long, help: "Scores of the classes for whole videos, for a head that does not tell classes apart.")
    var classScores: String?

    @Option(name: .customLong("set"), help: "Change one setting for all combinations: key.path=value. May be repeated.")
    var overrides: [String] = []

    @Option(name: .long, help: "How many combinations the table shows; 0 for all.")
    var top = 20

    @Option(name: .long, help: "Write every combination and its mAP as JSON to this file.")
    var json: String?

    @Option(name: .long, help: "Write the best settings as YAML to this file, for 'tal detect --settings'.")
    var out: String?

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if raw == nil, features.isEmpty { throw ValidationError("give --raw, --features, or both") }
        if grid.isEmpty, gridFile == nil { throw ValidationError("say what to try by --grid or --grid-file") }
        if top < 0 { throw ValidationError("--top must not be negative") }
    }

    func run() throws {
        let console = consoleOptions.makeConsole()
        threadOptions.apply()
        var settingsGrid = SettingsGrid()
        if let gridFile { try settingsGrid.add(contentsOf: gridFile) }
        for text in grid { try settingsGrid.add(text) }
        let changes = overrides + ClassScoreOption.overrides(classScores)
        let run = RunFolder(model)
        let sweep = try PostProcessingSweep(settingsGrid, run: run, overrides: changes)

        let evaluation = inputs.with(predictions: raw ?? "")
        let truth = try evaluation.annotations()
        let settings = try evaluation.settings()
        let subset = evaluation.subset ?? settings.subset
        if subset.lowercased().contains("test") {
            console.warn(
                "settings chosen on subset '\(subset)' make its own figure too good; choose on a validation split")
        }
        let evaluator = try Evaluator(truth, protocol: settings, subset: evaluation.subset)
        let wanted = truth.subsetNames.isEmpty || subset.isEmpty ? truth : try truth.subset(subset)
        let trained = try run.load(overrides: changes)
        let detector = try Detector(naming: trained, annotations: truth)
        for gap in detector.videoScores?.gaps(videos: wanted.videos.map(\.id), labels: truth.labels) ?? [] {
            console.warn(gap)
        }

        var outcome = BatchOutcome(noun: "video")
        let (path, isTemporary) = try proposals(
            of: wanted, detector: detector, sweep: sweep, outcome: &outcome, console: console)
        defer { if isTemporary { try? FileManager.default.removeItem(atPath: path) } }
        let file = try RawProposalFile(path: path)
        if features.isEmpty {
            let found = Set(file.videos), missing = wanted.videos.map(\.id).filter { !found.contains($0) }
            for video in missing { outcome.fail(video, reason: "no proposals in \(path)") }
            outcome.succeed(wanted.videos.count - missing.count)
        }
        let bar = ProgressBar("sweep", unit: "combinations", total: sweep.grid.count, console: console)
        let outcomes = try sweep.run(
            file, with: detector, videos: Set(wanted.videos.map(\.id)),
            evaluate: { try evaluator.evaluate($0).averageMAP }, progress: bar.handler)
        bar.finish()

        let text = SweepText(sweep: sweep, changes: changes, outcomes: outcomes)
        print(text.table(top: top == 0 ? .max : top))
        if let json { try text.json(protocolName: settings.name, subset: subset).write(to: json) }
        if let out { try text.writeBest(to: out, measuredOn: "subset '\(subset)', protocol \(settings.name)") }
        try outcome.finish(on: console)
    }

    /// The file of proposals, made unless it is there.
    private func proposals(
        of truth: AnnotationSet, detector: Detector, sweep: PostProcessingSweep, outcome: inout BatchOutcome,
        console: Console
    ) throws -> (path: String, isTemporary: Bool) {
        guard !features.isEmpty else { return (raw ?? "", false) }
        let path =
            raw ?? FileManager.default.temporaryDirectory.appendingPathComponent("tal-\(UUID().uuidString).raw").path
        let source = try FeatureSources.open(features), known = Set(source.videos)
        for note in (source as? JoinedFeatures)?.notes ?? [] { console.warn(note) }
        let videos = truth.videos.map(\.id).filter(known.contains)
        for video in truth.videos.map(\.id) where !known.contains(video) {
            outcome.fail(video, reason: "no features in \(source.path)")
        }
        var durations: [String: Double] = [:]
        for video in truth.videos { durations[video.id] = video.duration }
        var model = detector.model
        model.settings.postProcessing = sweep.loosest(model.settings.postProcessing)
        let writer = try RawProposalWriter(model, path: path)
        let bar = ProgressBar("detect", unit: "videos", total: videos.count, console: console)
        let failures = try Detector(model, videoScores: detector.videoScores).writeProposals(
            of: videos, in: source, durations: durations, to: writer, progress: bar.handler)
        bar.finish()
        for failure in failures { outcome.fail(failure.video, failure.error) }
        outcome.succeed(videos.count - failures.count)
        try writer.finish()
        return (path, raw == nil)
    }
}

/// The option `--class-scores` as a setting.
enum ClassScoreOption {
    /// Quoted, so that YAML takes the path as it is.
    static func overrides(_ path: String?) -> [String] {
        path.map { ["post_processing.fusion.scores='\($0.replacing("'", with: "''"))'"] } ?? []
    }
}

/// What a sweep found, best first, in words and for programs.
struct SweepText {
    let sweep: PostProcessingSweep
    /// Changes of the run's settings that hold for all combinations.
    let changes: [String]
    /// Best first; equal ones in the order of the grid.
    let ranked: [PostProcessingSweep.Outcome]

    init(sweep: PostProcessingSweep, changes: [String], outcomes: [PostProcessingSweep.Outcome]) {
        self.sweep = sweep
        self.changes = changes
        let order = outcomes.indices.sorted { (outcomes[$0].averageMAP, $1) > (outcomes[$1].averageMAP, $0) }
        ranked = order.map { outcomes[$0] }
    }

    private var keys: [String] { sweep.grid.axes.map { String($0.key.dropFirst("post_processing.".count)) } }

    func table(top: Int) -> String {
        var table = TextTable([.right("#")] + keys.map { .left($0) } + [.right("average mAP %"), .right("detections")])
        for (place, outcome) in ranked.prefix(top).enumerated() {
            table.add(
                ["\(place + 1)"] + outcome.values + [
                    ResultText.percent(outcome.averageMAP), "\(outcome.detectionCount)",
                ])
        }
        return table.description
    }

    func json(protocolName: String, subset: String) -> JSONValue {
        let points = ranked.map { outcome in
            JSONValue.object([
                ("settings", .object(zip(sweep.grid.axes, outcome.values).map { ($0.key, .string($1)) })),
                ("average_map", .number(outcome.averageMAP)),
                ("detections", .number(Double(outcome.detectionCount))),
            ])
        }
        return .object([
            ("protocol", .string(protocolName)), ("subset", .string(subset)), ("combinations", .array(points)),
        ])
    }

    /// Writes the best settings, which `tal detect --settings` reads.
    func writeBest(to path: String, measuredOn where: String) throws {
        guard let best = ranked.first else { return }
        let overrides = changes + zip(sweep.grid.axes, best.values).map { "\($0.key)=\($1)" }
        let head =
            "# The best of \(ranked.count) combinations: average mAP \(ResultText.percent(best.averageMAP)) % on \(`where`).\n"
        do {
            try Data((head + ConfigurationFile.text(of: overrides)).utf8)
                .write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw FileError.unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
