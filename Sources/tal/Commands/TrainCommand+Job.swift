import Annotations
import Files
import Localization
import Networks
import Toolkit

extension TrainCommand {
    /// Trains, alone or as one of several ranks.
    func train(_ ranks: any Communicator) throws {
        if ranks.isFirst { try Outputs.check(json) }
        let console = consoleOptions.makeConsole(for: ranks)
        threadOptions.apply()
        let interruption = Interruption()
        var job = job
        job.ranks = ranks
        let report = try job.run(console.events, cancellation: interruption.flag)
        if ranks.isFirst {
            if let json { try TrainingText.json(report).write(to: json) }
            let text = TrainingText.text(of: report, in: out)
            if !text.isEmpty { Outputs.show(text, unlessIn: json) }
        }
        if let run = report.interrupted {
            try interruption.finish(
                on: console,
                "\(run.summary.steps) of \(run.summary.totalSteps) steps are kept in \(run.folder); go on with: "
                    + CommandLineText.present(adding: "--resume", withoutFlags: ["--overwrite"]))
        }
    }

    private var job: TrainingJob {
        var job = TrainingJob(configuration: config, features: features, annotations: annotations, output: out)
        job.assignments = overrides
        job.videoTable = videoTable
        job.reading.framesPerSecond = annotationsFps
        job.dataset = datasetOptions.value
        job.split = splitOptions.value
        job.groupColumn = splitOptions.splitBy
        job.seeds = seed.map { [$0] } ?? seeds
        job.hasSeedFolders = !seeds.isEmpty
        job.resumes = resume
        job.overwrites = replacement.overwrite
        job.allowed = checkOptions.allowed
        job.encoderWeights = encoderWeights
        job.writesTensorBoard = tensorboard
        return job
    }
}
