import Annotations
import ArgumentParser
import Localization
import Toolkit

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Find actions in video files, or in features extracted before.",
        discussion: """
            Straight from videos, the run folder tells which encoder to use; --encoder and --encoder-weights say it where the run \
            does not hold its encoder.

            Class-agnostic heads (G-TAD, BMN) take the classes of a video from a classifier: --class-scores \
            reads ActivityNet results without segments (as 'tal recognize' and 'tal retrieve' write), the CUHK JSON, and the \
            UntrimmedNet array of THUMOS14. post_processing.fusion says how the scores are joined. Where a video holds actions \
            of several classes, --segment-classes names every segment by itself.

            Examples:
              tal detect party.mp4 match.mkv --model runs/demo
              tal detect --model runs/demo --features features.h5 --annotations annotations.json --out detections.json
              tal detect party.mp4 --model runs/demo --labels "a red circle spins; a square blinks"
              tal detect party.mp4 --model runs/demo --min-score 0.4 --clips clips/ --annotated party-annotated.mp4
            """)

    @Argument(help: "Video files, folders to search through, or @FILE: text with one of these on each line.")
    var videos: [String] = []

    @Option(name: .long, help: .value("dir", "The run folder of a trained or imported head."), completion: .directory)
    var model: String

    @Option(
        name: .long,
        help: .value(
            "features",
            "In place of videos: an HDF5 file of features, or a folder of npy files with a grid.json. May be repeated."),
        completion: .file())
    var features: [String] = []

    @Option(
        name: .long,
        help: .value(
            "file",
            """
            With --features: take only the annotated videos, and durations from there. With --annotated: what is true, drawn above \
            the detections. May be repeated.
            """),
        completion: .file())
    var annotations: [String] = []

    @OptionGroup var datasetOptions: DatasetOptions

    @Option(name: .long, help: .value("name", "With --annotations: take only this subset."), completion: .subsets)
    var subset: String?

    @Option(
        name: .long, help: .value("file", "Video-level class scores, for a class-agnostic head."), completion: .file())
    var classScores: String?

    @Flag(name: .long, help: "Segments without classes, all labelled 'action', from such a head.")
    var proposals = false

    @OptionGroup(title: "Encoder, where the run does not hold it") var encoderOptions: RunEncoderOptions

    @Option(
        name: .customLong("set"),
        help: .value("key=value", "Change one setting of the run: key.path=value. May be repeated."))
    var overrides: [String] = []

    @Option(
        name: .long,
        help: .value(
            "file.yaml", "Change the settings that this YAML file names, such as the best ones of 'tal sweep'."),
        completion: .yaml)
    var settings: String?

    @Option(
        name: .long,
        help: .value("file", "With --features: keep the proposals before suppression in this file, for 'tal sweep'."),
        completion: .file())
    var raw: String?

    @Option(
        name: .long,
        help: .value(
            "file.h5",
            "Write the scores of the head over the time to this file, for the curves of 'tal view' (detections.curves.h5)."
        ),
        completion: .file())
    var curves: String?

    @Option(
        name: [.short, .long],
        help: .value(
            "file",
            """
            Write the detections to this file; its extension says the format: .json ActivityNet results, .csv, .tsv, .srt, .vtt, \
            .eaf, .xml (CVAT), .txt (Audacity) and others. A folder for several videos where a file holds one.
            """), completion: .file())
    var out: String?

    @Option(
        name: .long, help: .value("format", "The format of --out by name, as 'tal convert' lists them."),
        completion: .list(WrittenFormats.all.map(\.name)),
        transform: { try AnnotationFormat.written($0) })
    var format: AnnotationFormat?

    @OptionGroup(title: "Which detections") var selectionOptions: SelectionOptions
    @OptionGroup(title: "While a video is recorded") var followOptions: FollowOptions
    @OptionGroup(title: "Videos of the detections") var videoOutputs: VideoOutputOptions
    @OptionGroup(title: "Names from features") var segmentNaming: SegmentNamingOptions
    @OptionGroup var checkOptions: CheckOptions
    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions
}
