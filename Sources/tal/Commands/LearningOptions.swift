import ArgumentParser
import VideoTasks

/// The options of commands that learn from one list of videos and are evaluated on another.
struct LearningOptions: ParsableArguments {
    @Option(name: .long, help: "The list to train on.")
    var train: String?

    @Option(
        name: .long, help: "With --fine-tune: a list to choose the epoch on; a tenth of --train unless given.")
    var validation: String?

    @Option(name: .long, help: "The list to evaluate on.")
    var test: String?

    @Option(name: .long, help: "Folder of the videos, where it is another than the list's.")
    var root: String?

    @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningOptions

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 0

    @Option(name: .long, help: "Write what is trained into this folder, with its encoders where they are trained too.")
    var out: String?

    @Option(name: .long, help: "Write the evaluation to this JSON file.")
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
