import ArgumentParser
import Networks
import Pretraining
import Toolkit

struct AdaptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapt",
        abstract: "Continue an S-ViLM encoder on your videos, without labels or captions.",
        discussion: """
            Clips of two videos are cut and pasted together, and the encoder learns which moments belong to which video (L_t). A \
            fifth of the videos is held out; training ends when the model separates their blends no better. The best weights are kept, \
            those before training included, so the model never gets worse by this measure. Whether its features then serve a head \
            better is another question: eval/adapt.md measures it. The folder is that of a pre-trained model: name its encoder.yaml \
            to 'tal extract', or the folder to 'tal find'.

            Examples:
              tal adapt videos/ --model models/svilm-tiny --out runs/adapted
              tal adapt videos/ --model models/svilm-tiny --out runs/adapted --frozen-layers 2 --learning-rate 1e-4
            """)

    @Argument(help: "Video files, folders to search through, or @FILE: text with one of these on each line.")
    var videos: [String]

    @Option(
        name: .long, help: .value("dir", "The folder of the pre-trained model to begin with."), completion: .directory)
    var model: String

    @Option(name: [.short, .long], help: .value("dir", "The folder to write."), completion: .directory)
    var out: String

    @Option(
        name: .long,
        help: .value("n", "How many of the lower transformer layers stay as they are, with the embeddings below them."))
    var frozenLayers = 0

    @Option(name: .long, help: "The highest learning rate.")
    var learningRate = AdaptationJob.defaults.optimizer.learningRate

    @Option(name: .long, help: "The factor on the learning rate from one layer to the one below it, at most 1.")
    var layerDecay = AdaptationJob.defaults.layerDecay

    @Option(name: .long, help: .value("n", "The most steps."))
    var steps = AdaptationJob.defaults.steps

    @Option(name: .long, help: .value("n", "Clips of a step."))
    var batchSize = AdaptationJob.defaults.batchSize

    @Option(
        name: .long,
        help: .value("n", "Evaluations without a better result after which training ends; 0 for all steps."))
    var patience = AdaptationJob.defaults.patience

    @Flag(name: .long, help: "Go on from the folder's last checkpoint.")
    var resume = false

    @OptionGroup var replacement: ReplacementOptions

    @Option(name: .customLong("set"), help: ArgumentHelp("Change another setting.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(name: .long, help: .value("n", "The seed of which videos are held out, of clips and of blends."))
    var seed: UInt64 = 0

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws { try replacement.check(resumes: resume) }

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var job = AdaptationJob(videos, model: model, output: out)
        job.settings.optimizer.learningRate = learningRate
        job.settings.layerDecay = layerDecay
        job.settings.steps = steps
        job.settings.batchSize = batchSize
        job.settings.patience = patience
        (job.frozenLayers, job.assignments) = (frozenLayers, overrides)
        job.pictureRate = videoOptions.fps
        (job.resumes, job.overwrites, job.seed) = (resume, replacement.overwrite, seed)
        let interruption = Interruption()
        let report = try job.run(console.events, cancellation: interruption.flag) { step in
            if let evaluation = step.evaluation { console.note(Self.line(evaluation, step: step.step)) }
        }
        if report.wasInterrupted {
            try interruption.finish(
                on: console, listing: BatchOutcome(report.batch),
                "\(report.steps) of \(report.totalSteps) steps are kept in \(out); go on with: "
                    + CommandLineText.present(adding: "--resume", withoutFlags: ["--overwrite"]))
        }
        if let best = report.bestGrouping {
            let what =
                report.bestStep == 0
                ? "no step told held-out blends apart better than the model did before; its weights are kept"
                : "the weights of step \(report.bestStep) are kept"
            print("\(report.steps) steps; \(what) (L_t \(ResultText.number(best, 4)))")
        }
        try BatchOutcome(report.batch).finish(on: console)
    }

    private static func line(_ evaluation: PretrainingEvaluation, step: Int) -> String {
        func text(_ value: Double?) -> String { value.map { ResultText.number($0, 4) } ?? "-" }
        return
            "step \(step): L_t of held-out blends \(text(evaluation.groupingOfBlended)), of clips that are not blended "
            + "\(text(evaluation.groupingOfUnblended)); \(ResultText.number(100 * evaluation.explainedByTime, 1)) % explained by time"
    }
}
