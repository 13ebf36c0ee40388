import Annotations
import ArgumentParser
import Features
import Files

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn annotations, predictions or features of one format into another.",
        discussion: """
            The format of the input is recognised by its content; --from names it where that is not clear. Several inputs become one; \
            training=FILE says which subset the videos of a file belong to. The extension of --out says the format to write; --to names it \
            where several formats share one, and for standard output. What the new format cannot hold is counted.

            Read: \(AnnotationFormat.all.filter(\.isRead).map(\.name).joined(separator: ", ")).
            Written: \(WrittenFormats.all.map(\.name).joined(separator: ", ")); known extensions are \
            \(WrittenFormats.extensions.joined(separator: ", ")). Of features: \
            \(FeatureConversion.Layout.allCases.map(\.rawValue).joined(separator: ", ")), with a grid.json.

            Examples:
              tal convert labels.eaf --out labels.csv
              tal convert detections.json --to srt --min-score 0.4 --out subtitles/
              tal convert training=train.json validation=val.json --to activitynet --out annotations.json
              tal convert detections.json --videos videos/ --min-score 0.4 --clips clips/ --chapters chapters/
            """)

    @Argument(help: "Files, folders or archives of annotations or predictions, plain or gzip.")
    var inputs: [String]

    @Option(
        name: .long, help: .value("format", "The format of the inputs."),
        completion: .list(AnnotationFormat.all.filter(\.isRead).map(\.name)),
        transform: { try AnnotationFormat.readable($0) })
    var from: AnnotationFormat?

    @Option(
        name: [.customLong("to"), .customLong("format")],
        help: .value("format", "The format to write; that of the extension of --out unless given."),
        completion: .list(Target.names), transform: Target.init)
    var target: Target?

    @Option(
        name: [.short, .long],
        help: .value(
            "file|dir", "The file to write; a folder for formats that hold one video a file; - for standard output."),
        completion: .file())
    var out: String?

    @Option(
        name: [.customLong("annotations-fps"), .long],
        help: .value("rate", "Frames per second, where times are numbers of frames and the file does not say it."))
    var fps: Double?

    @Option(name: .long, help: .value("name", "Only this subset."))
    var subset: String?

    @Option(
        name: .long, help: "The label, where there are several (EPIC-Kitchens): verb, noun, action or narration.",
        transform: { try Self.choice($0) })
    var label: LabelField = .narration

    @Option(
        name: .long,
        help:
            "The unit of plain numbers, where the file does not say it: seconds, milliseconds, microseconds or frames.",
        transform: { try Self.choice($0) })
    var unit: TimeUnit?

    @Option(
        name: .long,
        help: .value(
            "file",
            "Names instead of class numbers: a text with a name a line, csv or JSON. For EPIC-Kitchens' pairs give verbs, then nouns."
        ), completion: .file())
    var classNames: [String] = []

    @Option(
        name: .long, help: .value("file.csv", "A csv table with durations, subsets or groups of the videos."),
        completion: .file(extensions: ["csv"]))
    var videoTable: String?

    @Option(
        name: .customLong("annotations"),
        help: .value("file", "With --annotated: what is true, drawn above the segments. May be repeated."),
        completion: .file())
    var groundTruth: [String] = []

    @OptionGroup(title: "Which segments") var selectionOptions: SelectionOptions
    @OptionGroup(title: "Videos of the segments") var videoOutputs: VideoOutputOptions
    @OptionGroup var splitOptions: SplitOptions
    @OptionGroup var consoleOptions: ConsoleOptions
}
