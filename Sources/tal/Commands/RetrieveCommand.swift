import ArgumentParser
import Evaluation
import Files
import Toolkit
import VideoTasks

struct RetrieveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieve",
        abstract: "Find videos by words or words for videos, or measure how well that works.",
        discussion: """
            Ranks the videos of a feature file, of folders or of a list for each query; with --describe the queries for each \
            video. A query @FILE stands for the lines of a file. With --captions every caption looks for its video and every video for its captions: recall at 1, 5 and 10 and the median rank. Captions are JSON \
            lines {"video", "caption"}, the VideoCC table, or the JSON of MSR-VTT; with --features as well, the videos are \
            looked up there by their names and not decoded.

            With --scores the queries are classes, and the file says for each video how probable each is, as 'tal detect \
            --class-scores' takes it.

            Examples:
              tal retrieve "a red circle spins" --encoder models/svilm-tiny --videos clips/
              tal retrieve @sentences.txt --describe --encoder models/svilm-tiny --features features.h5
              tal retrieve --encoder models/svilm-tiny --captions captions/validation.jsonl
            """)

    @Argument(help: "What to look for.")
    var queries: [String] = []

    @Option(
        name: .customLong("encoder"),
        help: .value(
            "encoder",
            "The folder of a pre-trained S-ViLM, of a CLIP or SigLIP as downloaded, or a name that 'tal encoders' lists."
        ), completion: .encoders)
    var model: String

    @Option(
        name: .long,
        help: .value("file", "The weights of a named model, as published, with its tokenizer beside them."),
        completion: .file())
    var weights: String?

    @Option(
        name: .customLong("protocol"),
        help: .value("protocol", "The protocol of a published model; its first one unless given."),
        completion: .encoderProtocols)
    var rules: String?

    @Option(
        name: .long, parsing: .upToNextOption, help: .value("path", "Video files, folders, or @FILE lists to search."),
        completion: .file())
    var videos: [String] = []

    @Option(
        name: .long, help: .value("features", "Features of this model's encoder to search instead of videos."),
        completion: .file())
    var features: String?

    @Option(name: .long, help: .value("file", "Captions to evaluate on."), completion: .file())
    var captions: String?

    @Option(
        name: .long,
        help: .value("dir", "Folder of the videos that the captions name, where it is another than theirs."),
        completion: .directory)
    var root: String?

    @Option(name: .customLong("subset"), help: .value("name", "The part of MSR-VTT to evaluate on, such as test."))
    var split: String?

    @Flag(name: .long, help: "Show the best queries for each video, instead of the best videos for each query.")
    var describe = false

    @Option(name: .long, help: .value("n", "How many videos to show for each query; 0 for all."))
    var top = 5

    @Option(
        name: .long, help: .value("file.json", "Write how well each query describes each video to this JSON file."),
        completion: .json)
    var scores: String?

    @Option(name: .long, help: .value("file.json", "Write the evaluation to this JSON file."), completion: .json)
    var json: String?

    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard [!videos.isEmpty, features != nil || captions != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("give one of --videos, --features and --captions, or the last two")
        }
        if captions == nil, queries.isEmpty {
            throw ValidationError("say what to look for, such as \"a circle spins\"")
        }
        if captions != nil, describe || !queries.isEmpty {
            throw ValidationError("--captions takes the place of queries and --describe")
        }
        if captions == nil, json != nil || split != nil || root != nil {
            throw ValidationError("--json, --subset and --root go with --captions")
        }
        if captions != nil, scores != nil { throw ValidationError("--captions and --scores exclude each other") }
        guard top >= 0 else { throw ValidationError("--top must not be negative") }
    }

    func run() throws {
        try Outputs.check(scores, json)
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var job = RetrievalJob(model: model, task: task)
        job.count = Outputs.limit(top)
        (job.weights, job.rules) = (weights, rules)
        job.scores = scores
        job.precision = precisionOptions.precision
        job.pictureRate = videoOptions.fps
        let report = try job.run(console.events)
        if let evaluation = report.evaluation {
            Outputs.show(RetrievalText.table(evaluation), unlessIn: json)
            if let json { try JSONFile.write(evaluation, to: json) }
        }
        for (title, matches) in report.matches {
            print(RetrievalText.matches(matches, title: title, column: describe ? "query" : "video"))
        }
        try BatchOutcome(report.batch).finish(on: console)
    }

    private var task: RetrievalJob.Task {
        if let captions { return .evaluate(captions: captions, features: features, root: root, split: split) }
        let collection = features.map { RetrievalJob.Collection.features($0) } ?? .videos(videos)
        return describe ? .describe(collection, queries: queries) : .search(collection, queries: queries)
    }
}
