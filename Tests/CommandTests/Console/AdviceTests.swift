import Annotations
import Configuration
import Extraction
import Features
import Files
import Localization
import Testing
import Toolkit
import Video

@testable import tal

@Suite("the options that errors recommend")
struct AdviceTests {
    private static func text(_ error: any Error, _ command: String) -> String? {
        Advice.text(for: error, in: CommandAtHand(command.split(separator: " ").map(String.init)))
    }

    private static let frames = AnnotationsError.noFrameRate(file: "a.xml", what: "times are numbers of frames")
    private static let unknownRate = AnnotationsError.unknownFrameRate(video: "v", format: "CVAT XML")
    private static let noSubsets = AnnotationsError.noSuchSubset(asked: "test", present: [])
    private static let otherSubset = AnnotationsError.noSuchSubset(asked: "test", present: ["val"])
    private static let usedRun = LocalizationError.runFolder(path: "r", problem: "holds a run already; choose another")
    private static let usedPretraining = FileError.unwritable(path: "r", reason: "holds a run already")
    private static let damaged = FeatureError.damaged(path: "f.h5", video: "v", reason: "checksum")
    private static let weights = ToolkitError.encoderWeights(run: "r", encoder: "e", sha256: "0")
    private static let needless = ExtractionError.needlessWeights(configuration: "e.yaml")

    /// Errors for which there is advice.
    private static let errors: [any Error] = [
        frames, unknownRate, noSubsets, otherSubset, usedRun, usedPretraining, damaged, weights, needless,
        ToolkitError.otherDemo(folder: "d", problem: "holds a demo"), ToolkitError.noTextEncoder(run: "r"),
        ToolkitError.otherDemo(folder: "d", problem: "holds files"), LocalizationError.nameless,
        LocalizationError.noEncoder(run: "r"), LocalizationError.rawProposals(file: "r", problem: ""),
        LocalizationError.runFolder(path: "r", problem: "holds no classifier of segments"),
        FileError.malformed(path: "r", problem: "is no folder of an answering model"),
        FileError.malformed(path: "r", problem: "is no folder of a recognizer"),
        VideoError.unknownPictureRate(folder: "p"), ExtractionError.otherSource(id: "v", path: "v.mp4"),
        StoreSetError.missingShards(indices: [1], count: 2, example: "f.h5"), ShardError.noScheduler,
        ShardError.unknownCount(fact: ""), ShardError.missingVariable(name: "A", beside: "B"),
        ExtractionError.fixedPrecision(configuration: "e", precision: "bfloat16"),
        ConfigurationError.malformedOverride("x"), ConfigurationError.malformedGrid("x"),
    ]

    private static let cases: [(any Error, String, String?)] = [
        (frames, "train", "--annotations-fps gives it"),
        (frames, "convert", "--annotations-fps gives it"),
        (frames, "evaluate", "'tal convert --annotations-fps RATE' writes the same with times in seconds"),
        (frames, "detect", "'tal convert --annotations-fps RATE' writes the same with times in seconds"),
        (unknownRate, "convert", "--annotations-fps gives it"),
        (unknownRate, "detect", "--annotations may say it, and a --format with times in seconds needs none"),
        (unknownRate, "view", nil),
        (
            noSubsets, "train",
            "give each file its subset, as in --annotations test=FILE, or a --video-table with subsets; --set "
                + "'training.training_subset=\"\"' trains on all videos"
        ),
        (
            noSubsets, "evaluate",
            "give each file its subset, as in --annotations test=FILE, or a --video-table with subsets"
        ),
        (noSubsets, "detect", "give each file its subset, as in --annotations test=FILE"),
        (noSubsets, "convert", "give each file its subset, as in test=FILE, or a --video-table with subsets"),
        (otherSubset, "train", "--set training.training_subset=… or training.validation_subset=… names one of them"),
        (otherSubset, "check", "--training-subset and --validation-subset name them"),
        (otherSubset, "evaluate", "--subset names one of them"),
        (usedRun, "train", "--overwrite replaces it, and --resume goes on with one that was trained"),
        (usedPretraining, "pretrain", "--resume continues it, --overwrite replaces it"),
        (damaged, "train", "'tal extract --overwrite' makes the features of a store again"),
        (weights, "detect", "--encoder-weights names it; 'tal train --encoder-weights' keeps a copy in the run"),
        (weights, "benchmark detect", "'tal train --encoder-weights' keeps a copy in the run"),
        (needless, "extract", "leave --weights out"), (needless, "detect", "leave --encoder-weights out"),
        (ConfigurationError.malformedOverride("x"), "doctor", nil),
    ]

    @Test("advice names an option of the command at hand", arguments: cases.indices)
    func fits(index: Int) {
        let (error, command, advice) = Self.cases[index]
        #expect(Self.text(error, command) == advice, "\(command)")
    }

    @Test("every option in advice can be typed, in every command")
    func existing() throws {
        var commands: [String] = []
        func visit(_ command: UsageCheck.Command, _ path: String) {
            let inner = command.subcommands ?? []
            if inner.isEmpty { commands.append(path) }
            for next in inner where next.commandName != "help" {
                visit(next, path + (path.isEmpty ? "" : " ") + next.commandName)
            }
        }
        visit(try #require(UsageCheck.describe(Tal.self)), "")
        #expect(commands.count > 30)
        var known: [String: Set<String>] = [:]
        func options(of command: String) -> Set<String> {
            if let found = known[command] { return found }
            let found = CommandAtHand(command.split(separator: " ").map(String.init)).options
            known[command] = found
            return found
        }
        func named(_ text: some StringProtocol) -> Set<String> {
            Set(String(text).matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
        }
        var advised = 0
        for command in commands {
            let own = CommandAtHand(command.split(separator: " ").map(String.init))
            #expect(own.name == command)
            for error in Self.errors {
                guard let text = Advice.text(for: error, in: own) else { continue }
                advised += 1
                let quoted = text.matches(of: /'tal ([a-z]+)[^']*'/)
                #expect(named(text.replacing(/'[^']*'/, with: "")).isSubset(of: own.options), "\(command): \(text)")
                for call in quoted {
                    let other = String(call.output.1)
                    #expect(named(call.output.0).isSubset(of: options(of: other)), "\(command): \(text)")
                }
            }
        }
        #expect(advised > commands.count)
    }

    @Test("each error has advice in some command")
    func allHelp() {
        let commands = ["train", "detect", "extract", "convert", "demo", "sweep", "features merge", "pretrain"]
            .map { CommandAtHand($0.split(separator: " ").map(String.init)) }
        for error in Self.errors {
            #expect(commands.contains { Advice.text(for: error, in: $0) != nil }, "\(error)")
        }
    }
}
