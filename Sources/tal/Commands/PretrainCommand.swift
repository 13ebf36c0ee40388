import ArgumentParser
import Evaluation
import Pretraining
import Toolkit

struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train a video and a text encoder together on captioned clips.",
        discussion: """
            Without --videos the clips come from the generated world, made as they are needed. With --videos the last \
            lines of the manifest are held out and evaluated now and then (the setting validation_clips, at most a fifth).

            Examples:
              tal pretrain --config configs/pretrain/svilm-tiny.yaml --out runs/svilm-tiny
              tal pretrain --config configs/pretrain/svilm-base-adamw.yaml --videos videocc.jsonl --out runs/base
            """)

    @Option(name: .long, help: "The configuration of the pre-training.")
    var config: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "JSON lines {\"video\", \"caption\", \"start\"?, \"end\"?}, or the VideoCC table (.csv).",
            valueName: "manifest"))
    var videos: String?

    @Option(name: .long, help: "The run folder to write.")
    var out: String

    @Option(
        name: .long,
        help: "Begin with the weights of this run or model folder instead of random ones; its vocabulary is used.")
    var initial: String?

    @Flag(name: .long, help: "Go on from the folder's last checkpoint.")
    var resume = false

    @Option(name: .long, help: ArgumentHelp("Change a setting.", valueName: "key.path=value"))
    var set: [String] = []

    @Option(name: .long, help: "The seed of weights, clips and their order.")
    var seed: UInt64 = 0

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var job = PretrainingJob(configuration: config, output: out)
        job.assignments = set
        job.videos = videos
        job.pictureRate = videoOptions.fps
        job.initial = initial
        job.resumes = resume
        job.seed = seed
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
                    + CommandLineText.present(adding: "--resume"))
        }
        try outcome.finish(on: console)
    }
}

/// What a pre-training reports, in words.
enum PretrainingText {
    static func evaluation(_ evaluation: PretrainingEvaluation, step: Int) -> String {
        func percent(_ value: Double) -> String { ResultText.number(100 * value, 1) }
        func recalls(_ scores: RetrievalScores) -> String {
            "R@1/5/10 \(percent(scores.recall1))/\(percent(scores.recall5))/\(percent(scores.recall10)), "
                + "median rank \(ResultText.number(scores.medianRank, 1))"
        }
        var text =
            "step \(step): \(evaluation.clips) held-out clips, video to text \(recalls(evaluation.videoToText)); "
            + "text to video \(recalls(evaluation.textToVideo))"
        if let accuracy = evaluation.actionAccuracy { text += "; action accuracy \(percent(accuracy)) %" }
        text += "; groups used \(ResultText.number(evaluation.groupsUsed, 1))"
        if let grouping = evaluation.groupingOfBlended { text += "; L_t \(ResultText.number(grouping, 4))" }
        if let grouping = evaluation.groupingOfUnblended { text += "; L_t unblended \(ResultText.number(grouping, 4))" }
        return text + "; explained by time \(percent(evaluation.explainedByTime)) %"
    }
}
