import Annotations
import ArgumentParser
import ShapeWorld
import Video

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make videos of moving shapes, with annotations or captions.",
        discussion: """
            Example:
              tal generate demo --out demo --difficulty default
            """,
        subcommands: [GenerateDemoCommand.self, GenerateCaptionsCommand.self, RandomDetectionsCommand.self])
}

struct GenerateDemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Make untrimmed videos of acting shapes with ActivityNet-style annotations.",
        discussion: """
            Writes DIR/videos/*.mp4 and DIR/annotations.json with the subsets training, validation and test. The same \
            options give the same files.

            Example: tal generate demo --out demo --difficulty default --train 90 --validation 20 --test 30
            """)

    @OptionGroup var options: GenerationOptions
    @Option(help: .value("n", "Number of videos to train on."))
    var train = DemoDataset().trainingCount
    @Option(help: .value("n", "Number of videos to choose a model on."))
    var validation = DemoDataset().validationCount
    @Option(help: .value("n", "Number of videos for the reported figures."))
    var test = DemoDataset().testCount
    @Option(
        help: ArgumentHelp(
            "Number of videos with combinations of colour, shape and action that the others never show.",
            discussion: """
                Unless it is 0, DIR/combinations.json labels every action by its combination ("a red square spins"), \
                DIR/combinations.txt lists them all, and DIR/held-out.json holds the held-out ones of the subset held-out.
                """, valueName: "n"))
    var heldOut = DemoDataset().heldOutCount
    @Option(help: "Mean length of a video in seconds.")
    var seconds = DemoDataset().seconds
    @Option(help: .value("rate", "Frames per second."))
    var fps = DemoDataset().frameRate.numerator

    func validate() throws {
        guard fps > 0 else { throw ValidationError("--fps must be from 5 to 60, not \(fps)") }
        do {
            try dataset.validate()
        } catch {
            throw ValidationError("--\(error)")
        }
    }

    func run() throws {
        options.threadOptions.apply()
        let console = options.consoleOptions.makeConsole()
        let bar = ProgressBar("generate", unit: "videos", console: console)
        let summary = try dataset.write(to: options.out, progress: bar.handler)
        bar.finish()
        print(
            "videos       \(summary.annotations.videos.count) (\(summary.frameCount) frames) in \(summary.videosFolder)"
        )
        print("annotations  \(summary.annotations.segmentCount) segments in \(summary.annotationsPath)")
        if let files = summary.combinations {
            print("combinations \(files.annotations), held-out ones \(files.heldOut), labels \(files.labels)")
        }
    }

    private var dataset: DemoDataset {
        var dataset = DemoDataset()
        dataset.difficulty = options.difficulty
        dataset.trainingCount = train
        dataset.validationCount = validation
        dataset.testCount = test
        dataset.heldOutCount = heldOut
        dataset.seconds = seconds
        dataset.size = options.size
        dataset.frameRate = FrameRate(fps)
        dataset.seed = options.seed
        return dataset
    }
}
