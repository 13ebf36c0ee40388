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
    var out: String

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

    @OptionGroup(title: "Which segments") var selectionOptions: SelectionOptions
    @OptionGroup var splitOptions: SplitOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if inputs.isEmpty { throw ValidationError("name at least one file") }
        if let fps, !(fps > 0 && fps.isFinite) {
            throw ValidationError("--annotations-fps must be above 0, not \(fps)")
        }
        if target?.isOfFeatures != true { _ = try ResultOutput(out, format: target?.format) }
    }

    func run() throws {
        let console = consoleOptions.makeConsole()
        if case .features(let layout) = target { return try convertFeatures(to: layout, on: console) }
        let reading = ReadingOptions(
            format: from, framesPerSecond: fps, labelField: label, unit: unit,
            groupColumn: videoTable == nil ? splitOptions.splitBy : nil)
        var set = try AnnotationSet.reading(inputs, reading, acceptsPredictions: true)
        if let videoTable { set = try set.completed(byTable: videoTable, groupColumn: splitOptions.splitBy) }
        for oddity in set.oddities { console.note("note: \(oddity)") }
        if set.layout == .epicKitchens, label == .narration {
            console.note("note: labels are narrations; --label verb, noun or action takes the classes")
        }
        if let split = splitOptions.value {
            set = try set.split(split).set
            let counts = set.subsetNames.map { name in "\(set.videos.count { $0.subset == name }) \(name)" }
            console.note("divided by seed \(split.seed): \(counts.joined(separator: ", ")) videos")
        }
        if let subset { set = try set.subset(subset) }
        var output = try ResultOutput(out, format: target?.format)
        output.selection = selectionOptions.value
        output.options.framesPerSecond = fps
        guard !output.selection.needsScores || set.isScored || set.segmentCount == 0 else {
            throw ValidationError(
                "--min-score, --top and --order score need scores, and \(inputs.joined(separator: ", ")) holds none")
        }
        if !classNames.isEmpty {
            let (named, unnamed) = ClassNames.apply(try classNames.map { try ClassNames(contentsOf: $0) }, to: set)
            set = named
            if !unnamed.isEmpty {
                console.warn(
                    "\(unnamed.count) labels have no name in --class-names (\(unnamed.prefix(3).joined(separator: ", ")))"
                )
            }
        }
        set = output.selection.applied(to: set)
        let report = try output.write(set)
        for line in report.losses.lines { console.warn("\(output.format.title) cannot hold: \(line)") }
        let files = report.files.count == 1 ? "" : " in \(report.files.count) files"
        console.note(
            "\(out): \(Quantity.text(set.videos.count, "video")), \(Quantity.text(set.segmentCount, "segment")), "
                + "\(Quantity.text(set.labels.count, "label"))\(files)")
    }
}
