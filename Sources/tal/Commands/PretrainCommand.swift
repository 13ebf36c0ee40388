import ArgumentParser
import Evaluation
import Networks
import Pretraining
import Toolkit

struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train a video and a text encoder together on captioned clips.",
        discussion: """
            Without --captions the clips come from the generated world, made as they are needed. With --captions the last \
            lines of the manifest are held out and evaluated now and then (the setting validation_clips, at most a fifth).

            Under mpirun all processes train one model: each takes its part of every batch (docs/scale.md).

            Examples:
              tal pretrain --config configs/pretrain/svilm-tiny.yaml --out runs/svilm-tiny
              tal pretrain --config configs/pretrain/svilm-base-adamw.yaml --captions videocc.jsonl --out runs/base
            """)

    @Option(
        name: [.short, .long], help: .value("file.yaml", "The configuration of the pre-training."),
        completion: .pretrainings)
    var config: String

    @Option(
        name: .customLong("captions"),
        help: ArgumentHelp(
            "JSON lines {\"video\", \"caption\", \"start\"?, \"end\"?}, or the VideoCC table (.csv).",
            valueName: "file"), completion: .file())
    var videos: String?

    @Option(name: [.short, .long], help: .value("dir", "The run folder to write."), completion: .directory)
    var out: String

    @Option(
        name: .long,
        help: .value(
            "dir", "Begin with the weights of this run or model folder instead of random ones; its vocabulary is used."),
        completion: .directory)
    var initial: String?

    @Flag(name: .long, help: "Go on from the folder's last checkpoint.")
    var resume = false

    @OptionGroup var replacement: ReplacementOptions

    @Option(name: .long, help: ArgumentHelp("Change a setting.", valueName: "key=value"))
    var set: [String] = []

    @Option(name: .long, help: .value("n", "The seed of weights, clips and their order."))
    var seed: UInt64 = 0

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws { try replacement.check(resumes: resume) }

    func run() throws { try Ranks.run(pretrain) }

    /// Trains, alone or as one of several ranks.
    private func pretrain(_ ranks: any Communicator) throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole(for: ranks)
        var job = PretrainingJob(configuration: config, output: out)
        job.assignments = set
        job.videos = videos
        job.pictureRate = videoOptions.fps
        job.initial = initial
        job.resumes = resume
        job.overwrites = replacement.overwrite
        job.seed = seed
        job.ranks = ranks
        let interruption = Interruption()
        let report = try job.run(console.events, cancellation: interruption.flag) { report in
            if let evaluation = report.evaluation {
                console.note(PretrainingText.evaluation(evaluation, step: report.step))
            }
        }
        let outcome = BatchOutcome(report.batch)
        if report.wasInterrupted {
            try interruption.finish(
                on: console, listing: outcome,
                "\(report.steps) of \(report.totalSteps) steps are kept in \(out); go on with: "
                    + CommandLineText.present(adding: "--resume", withoutFlags: ["--overwrite"]))
        }
        try outcome.finish(on: console)
    }
}
