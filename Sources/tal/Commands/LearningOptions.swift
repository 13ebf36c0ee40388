import ArgumentParser
import VideoTasks

/// The options of commands that learn from one list of videos and are evaluated on another.
struct LearningOptions: ParsableArguments {
    @Option(name: .long, help: .value("list", "The list to train on."), completion: .file())
    var train: String?

    @Option(
        name: .long,
        help: .value("list", "With --fine-tune: a list to choose the epoch on; a tenth of --train unless given."),
        completion: .file())
    var validation: String?

    @Option(name: .long, help: .value("list", "The list to evaluate on."), completion: .file())
    var test: String?

    @Option(
        name: .long, help: .value("dir", "Folder of the videos, where it is another than the list's."),
        completion: .directory)
    var root: String?

    @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningOptions

    @Option(name: .long, help: .value("n", "The seed of everything random."))
    var seed: UInt64 = 0

    @Option(
        name: [.short, .long],
        help: .value("dir", "Write what is trained into this folder, with its encoders where they are trained too."),
        completion: .directory)
    var out: String?

    @Option(name: .long, help: .value("file.json", "Write the evaluation to this JSON file."), completion: .json)
    var json: String?

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var precisionOptions: PrecisionOptions

    func validate() throws {
        if validation != nil, !fineTuning.fineTune { throw ValidationError("--validation needs --fine-tune") }
        if json != nil, test == nil { throw ValidationError("--json needs --test") }
    }

    /// How to fine-tune; nil where that is not asked for.
    var fineTuningSettings: FineTuningSettings? { fineTuning.fineTune ? fineTuning.settings : nil }
}
