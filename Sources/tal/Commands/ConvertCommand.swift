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
            training=FILE says which subset the videos of a file belong to. What the new format cannot hold is counted.

            Read: \(AnnotationFormat.all.filter(\.isRead).map(\.name).joined(separator: ", ")).
            Written: \(AnnotationFormat.all.filter(\.isWritten).map(\.name).joined(separator: ", "));
            of features \(FeatureConversion.Layout.allCases.map(\.rawValue).joined(separator: ", ")), with a grid.json.

            Examples:
              tal convert labels.eaf --to csv --out labels.csv
              tal convert detections.json --to srt --min-score 0.4 --out subtitles/
              tal convert training=train.json validation=val.json --to activitynet --out annotations.json
            """)

    @Argument(help: "Files, folders or archives of annotations or predictions, plain or gzip.")
    var inputs: [String]

    @Option(
        name: .long, help: "The format of the inputs.", transform: { try Self.format($0, isWanted: \.isRead, "read") })
    var from: AnnotationFormat?

    @Option(
        name: .customLong("to"), help: "The format to write.", transform: Target.init)
    var target: Target

    @Option(
        name: .long,
        help: "The file to write; a folder for formats that hold one video a file; - for standard output.")
    var out: String

    @Option(name: .long, help: "Frames per second, where times are numbers of frames and the file does not say it.")
    var fps: Double?

    @Option(name: .long, help: "Leave out what scores less.")
    var minScore: Double?

    @Option(name: .long, help: "Only this subset.")
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
        help:
            "Names in place of class numbers: a text with a name a line, csv or JSON. For EPIC-Kitchens' pairs give verbs, then nouns."
    )
    var classNames: [String] = []

    @Option(name: .long, help: "A csv table with durations, subsets or groups of the videos.")
    var videoTable: String?

    @OptionGroup var splitOptions: SplitOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if inputs.isEmpty { throw ValidationError("name at least one file") }
        if let fps, !(fps > 0 && fps.isFinite) { throw ValidationError("--fps must be above 0, not \(fps)") }
        if let minScore, minScore.isNaN { throw ValidationError("--min-score must be a number") }
    }

    func run() throws {
        let console = consoleOptions.makeConsole()
        let to: AnnotationFormat
        switch target {
        case .features(let layout): return try convertFeatures(to: layout, on: console)
        case .annotations(let format): to = format
        }
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
        if let minScore {
            guard set.isScored || set.segmentCount == 0 else {
                throw ValidationError("--min-score: \(inputs.joined(separator: ", ")) holds no scores")
            }
            set = set.scoring(atLeast: minScore)
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
        let report = try AnnotationWriter.write(set, as: to, to: out, WritingOptions(framesPerSecond: fps))
        for line in report.losses.lines { console.warn("\(to.title) cannot hold: \(line)") }
        let files = report.files.count == 1 ? "" : " in \(report.files.count) files"
        console.note(
            "\(out): \(Quantity.text(set.videos.count, "video")), \(Quantity.text(set.segmentCount, "segment")), "
                + "\(Quantity.text(set.labels.count, "label"))\(files)")
    }

    private static func format(
        _ name: String, isWanted: (AnnotationFormat) -> Bool, _ what: String
    ) throws -> AnnotationFormat {
        if let format = AnnotationFormat.named(name), isWanted(format) { return format }
        let known = AnnotationFormat.all.filter(isWanted).map(\.name).joined(separator: ", ")
        throw ValidationError("'\(name)' is no format that is \(what); there are \(known)")
    }

    /// A case by its name.
    private static func choice<Choice>(_ name: String) throws -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        if let choice = Choice(rawValue: name.lowercased()) { return choice }
        throw ValidationError("'\(name)' is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
