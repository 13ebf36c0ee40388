import ArgumentParser
import ShapeWorld

struct GenerateCaptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "captions",
        abstract: "Make short videos of acting shapes with captions.",
        discussion: """
            Writes DIR/videos/*.mp4 and the lists DIR/training.jsonl, DIR/validation.jsonl and DIR/held-out.jsonl with \
            a line {"video", "caption", "action"} for each. Held-out videos show combinations of colour, shape and action \
            that the others never show. DIR/training-questions.jsonl and its kin hold questions with their answers, for 'tal \
            answer'. The same options give the same files.

            Example: tal generate captions --out captions --count 2000 --seed 1
            """)

    @OptionGroup var options: GenerationOptions
    @Option(help: .value("n", "Number of videos to train on."))
    var count = CaptionDataset().trainingCount
    @Option(help: .value("n", "Number of videos to choose a model on."))
    var validation = CaptionDataset().validationCount
    @Option(help: .value("n", "Number of videos with held-out combinations."))
    var heldOut = CaptionDataset().heldOutCount
    @Option(help: .value("n", "Neighbouring videos to train on that differ only in what happens."))
    var scenesPerGroup = CaptionDataset().scenesPerGroup
    @Option(help: .value("seconds", "Length of a video in seconds."))
    var seconds = CaptionDataset().seconds

    func validate() throws {
        do {
            try dataset.validate()
        } catch {
            throw ValidationError("--\(error)")
        }
    }

    func run() throws {
        options.threadOptions.apply()
        let bar = ProgressBar("generate", unit: "videos", console: options.consoleOptions.makeConsole())
        let summary = try dataset.write(to: options.out, progress: bar.handler)
        bar.finish()
        for (path, count) in summary.manifests { print("\(path): \(count) captions") }
        for (path, count) in summary.questions { print("\(path): \(count) questions") }
    }

    private var dataset: CaptionDataset {
        var dataset = CaptionDataset()
        dataset.difficulty = options.difficulty
        dataset.trainingCount = count
        dataset.validationCount = validation
        dataset.heldOutCount = heldOut
        dataset.scenesPerGroup = scenesPerGroup
        dataset.seconds = seconds
        dataset.size = options.size
        dataset.seed = options.seed
        return dataset
    }
}
