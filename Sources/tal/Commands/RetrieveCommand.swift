import Annotations
import ArgumentParser
import Evaluation
import Extraction
import Features
import Foundation
import Localization
import SViLM
import Tensors
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
              tal retrieve "a red circle spins" --model models/svilm-tiny --videos clips/
              tal retrieve @sentences.txt --describe --model models/svilm-tiny --features features.h5
              tal retrieve --model models/svilm-tiny --captions captions/validation.jsonl
            """)

    @Argument(help: "What to look for.")
    var queries: [String] = []

    @Option(name: .long, help: "The folder of a pre-trained model.")
    var model: String

    @Option(name: .long, parsing: .upToNextOption, help: "Video files, folders, or @FILE lists to search.")
    var videos: [String] = []

    @Option(name: .long, help: "Features of this model's encoder to search instead of videos.")
    var features: String?

    @Option(name: .long, help: "Captions to evaluate on.")
    var captions: String?

    @Option(name: .long, help: "Folder of the videos that the captions name, where it is another than theirs.")
    var root: String?

    @Option(name: .long, help: "The split of MSR-VTT to evaluate on.")
    var split: String?

    @Flag(name: .long, help: "Show the best queries for each video, in place of the best videos for each query.")
    var describe = false

    @Option(name: .long, help: "How many videos to show for each query.")
    var top = 5

    @Option(name: .long, help: "Write how well each query describes each video to this JSON file.")
    var scores: String?

    @Option(name: .long, help: "Write the evaluation to this JSON file.")
    var json: String?

    @OptionGroup var precisionOptions: PrecisionOptions
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
            throw ValidationError("--json, --split and --root go with --captions")
        }
        if captions != nil, scores != nil { throw ValidationError("--captions and --scores exclude each other") }
        guard top > 0 else { throw ValidationError("--top must be at least 1, not \(top)") }
    }

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let model = try VideoLanguageModel.load(from: model)
        var outcome = BatchOutcome(noun: "video")
        if let captions {
            let set = try CaptionSet(path: captions, root: root, split: split)
            for failure in set.failures { outcome.fail(failure.video, reason: failure.reason) }
            let names = set.videos.map(\.path)
            let (index, kept) =
                try features.map {
                    try lookUp(set.videos, in: StoredVideos($0, model: model), model: model, outcome: &outcome)
                }
                ?? encode(
                    set.videos.map { ($0.path, $0.interval) }, names: names, model: model, console: console,
                    outcome: &outcome)
            let usable = set.removing(videos: Set(set.videos.indices).subtracting(kept))
            if !usable.captions.isEmpty {
                let evaluation = RetrievalEvaluation(
                    similarities: index.similarities(to: usable.captions, model: model), captions: usable.captions,
                    videoOfCaption: usable.videoOfCaption)
                print(RetrievalText.table(evaluation))
                if let json { try JSONFile.write(evaluation, to: json) }
            }
        } else {
            let index = try makeIndex(model: model, console: console, outcome: &outcome)
            let texts = try queries.flatMap { $0.hasPrefix("@") ? try LabelPrompts($0).labels : [$0] }
            let found =
                describe
                ? index.describe(by: texts, count: top, model: model) : index.search(texts, count: top, model: model)
            for (title, matches) in zip(describe ? index.names : texts, found) {
                print(RetrievalText.matches(matches, title: title, column: describe ? "query" : "video"))
            }
            if let scores, !index.names.isEmpty { try write(index, queries: texts, model: model, to: scores) }
        }
        try outcome.finish(on: console)
    }

    private func write(
        _ index: RetrievalIndex, queries: [String], model: VideoLanguageModel, to path: String
    ) throws {
        let values = index.probabilities(of: queries, model: model).elements.map(Double.init)
        let rows = index.names.enumerated().map { row, video in
            (video, Array(values[(row * queries.count)..<((row + 1) * queries.count)]))
        }
        try VideoClassScores(
            path: path, classes: queries, scores: Dictionary(rows, uniquingKeysWith: { first, _ in first })
        ).write(to: path)
    }

    private func makeIndex(
        model: VideoLanguageModel, console: Console, outcome: inout BatchOutcome
    ) throws -> RetrievalIndex {
        guard let features else {
            let inputs = VideoInputs(videos)
            for failure in inputs.failures { outcome.fail(failure.input, failure.error) }
            return try encode(
                inputs.videos.map { ($0.path, nil) }, names: inputs.videos.map(\.id), model: model, console: console,
                outcome: &outcome
            ).index
        }
        let stored = try StoredVideos(features, model: model)
        let all = stored.source.videos.map { CaptionSet.Video(path: $0, interval: nil) }
        return lookUp(all, in: stored, model: model, outcome: &outcome).index
    }

    /// The index of the videos that a feature file has, and their places. Videos are known there by the names of their files
    /// without extension.
    private func lookUp(
        _ videos: [CaptionSet.Video], in stored: StoredVideos, model: VideoLanguageModel, outcome: inout BatchOutcome
    ) -> (index: RetrievalIndex, kept: [Int]) {
        let known = Set(stored.source.videos)
        var kept: [Int] = [], names: [String] = [], vectors: [Tensor] = []
        for (place, video) in videos.enumerated() {
            let stem = ((video.path as NSString).lastPathComponent as NSString).deletingPathExtension
            let name = known.contains(video.path) ? video.path : stem
            do {
                vectors.append(try stored.vector(of: name, interval: video.interval))
                names.append(name)
                kept.append(place)
                outcome.succeed()
            } catch {
                outcome.fail(video.path, error)
            }
        }
        return (index(names, vectors, model), kept)
    }

    private func index(_ names: [String], _ vectors: [Tensor], _ model: VideoLanguageModel) -> RetrievalIndex {
        let space = model.video.configuration.commonSpace
        return RetrievalIndex(names: names, vectors: vectors.isEmpty ? .zeros([0, space]) : .stacked(vectors))
    }

    /// The index of the videos that can be read, and their places.
    private func encode(
        _ videos: [(path: String, interval: Range<Double>?)], names: [String], model: VideoLanguageModel,
        console: Console, outcome: inout BatchOutcome
    ) throws -> (index: RetrievalIndex, kept: [Int]) {
        let found = try WholeVideoEncoder(model.video, precision: precisionOptions.precision)
            .encode(videos, console: console, outcome: &outcome) { names[$0] }
        return (index(found.kept.map { names[$0] }, found.vectors.map(\.common), model), found.kept)
    }
}

/// What retrieval found, in words.
enum RetrievalText {
    static func matches(_ matches: [RetrievalIndex.Match], title: String, column: String) -> String {
        var table = TextTable([.right("#"), .left(column), .right("similarity")])
        for (place, match) in matches.enumerated() {
            table.add("\(place + 1)", match.name, ResultText.number(Double(match.similarity), 3))
        }
        return "\(title)\n\(table)\n"
    }

    static func table(_ evaluation: RetrievalEvaluation) -> String {
        var table = TextTable([.left("direction"), .right("R@1"), .right("R@5"), .right("R@10"), .right("median rank")])
        for (name, scores) in [("text to video", evaluation.textToVideo), ("video to text", evaluation.videoToText)] {
            table.add(
                name, ResultText.percent(scores.recall1), ResultText.percent(scores.recall5),
                ResultText.percent(scores.recall10), ResultText.number(scores.medianRank, 1))
        }
        return "\(evaluation.videos) videos, \(evaluation.captions) captions; recall in %\n\(table)"
    }
}
