import Annotations
import Configuration
import Extraction
import Features
import Files
import Localization
import Toolkit
import Video

/// What the command line adds to errors: the options that help. Libraries carry the facts and name no option.
enum Advice {
    /// A sentence about options; nil where none helps.
    ///
    /// - Parameters:
    ///   - error: what was thrown.
    ///   - command: the command that threw it. A sentence is only given where it has every option in it; calls of other commands
    ///     stand in quotes.
    static func text(for error: any Error, in command: CommandAtHand = .current) -> String? {
        sentences(for: error, in: command).first { options(in: $0).isSubset(of: command.options) }
    }

    /// The options that a sentence says of the command at hand.
    private static func options(in sentence: String) -> Set<String> {
        let own = sentence.replacing(/'[^']*'/, with: "")
        return Set(own.matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
    }

    /// Sentences that help where a command has their options, the best one first.
    private static func sentences(for error: any Error, in command: CommandAtHand) -> [String] {
        switch error {
        case AnnotationsError.noFrameRate:
            [
                "--annotations-fps gives it",
                "'tal convert --annotations-fps RATE' writes the same with times in seconds",
            ]
        case AnnotationsError.unknownFrameRate:
            ["--annotations-fps gives it", "--annotations may say it, and a --format with times in seconds needs none"]
        case AnnotationsError.noSuchSubset(let asked, let present) where present.isEmpty:
            [missingSubsets(asked, command)]
        case AnnotationsError.noSuchSubset where command.name == "train":
            ["--set training.training_subset=… or training.validation_subset=… names one of them"]
        case AnnotationsError.noSuchSubset:
            ["--training-subset and --validation-subset name them", "--subset names one of them"]
        case ToolkitError.otherDemo(_, let problem) where problem.contains("holds a demo"):
            ["--overwrite removes it and begins again"]
        case ToolkitError.otherDemo: ["--out names it"]
        case let reason as BatchReport.Reason where reason.description.contains("there already"):
            ["--overwrite replaces it"]
        case FileError.unwritable(_, let reason) where reason.contains("is there already"): ["--overwrite replaces it"]
        case ToolkitError.noTextEncoder: ["--language names that folder"]
        case let error as DataCheckError where error.findings.allSatisfy({ $0.severity == .error }):
            [
                "--allow \(Set(error.findings.map(\.kind.rawValue)).sorted().joined(separator: " --allow ")) goes on all the same"
            ]
        case LocalizationError.nameless: ["--class-scores, --segment-classes and --proposals do that"]
        case ToolkitError.encoderWeights:
            ["--encoder-weights names it; ", ""].map { $0 + "'tal train --encoder-weights' keeps a copy in the run" }
        case LocalizationError.noEncoder: ["--encoder and --encoder-weights name them"]
        case LocalizationError.scoreCurves: ["'tal detect --curves' and 'tal find --curves' make such a file"]
        case LocalizationError.rawProposals: ["'tal detect --raw' makes such a file"]
        case LocalizationError.runFolder(_, let problem) where problem.contains("holds a run already"):
            ["--overwrite replaces it, and --resume goes on with one that was trained", "--overwrite replaces it"]
        case LocalizationError.runFolder(_, let problem) where problem.contains("classifier of segments"):
            ["'tal recognize --features … --out' makes one"]
        case FileError.unwritable(_, let reason) where reason.contains("holds a run already"):
            ["--resume continues it, --overwrite replaces it", "--overwrite replaces it"]
        case FileError.malformed(_, let problem) where problem.contains("folder of an answering model"):
            ["'tal answer --train … --out' makes one"]
        case FileError.malformed(_, let problem) where problem.contains("folder of a recognizer"):
            ["'tal recognize --train … --out' makes one"]
        case FeatureError.damaged(let path, _, _) where path.hasSuffix(".h5"):
            ["'tal extract --overwrite' makes the features of a store again"]
        case ExtractionError.unknownPictureRate, VideoError.unknownPictureRate: ["--fps RATE gives it"]
        case ExtractionError.otherSource: ["--overwrite replaces them, another --out keeps both"]
        case StoreSetError.missingShards, StoreSetError.missingVideos: ["--allow-missing merges what there is"]
        case ShardError.noScheduler: ["--shard 1/8 says it for the second of eight"]
        case ShardError.unknownCount: ["--shard auto/8 says it for eight"]
        case ShardError.contradiction, ShardError.wrongVariable, ShardError.missingVariable:
            ["--shard 1/8 says it without the scheduler"]
        case ExtractionError.needlessWeights: ["leave --weights out", "leave --encoder-weights out"]
        case ExtractionError.fixedPrecision: ["leave --precision out"]
        case ConfigurationError.malformedOverride, ConfigurationError.invalidOverride: ["check --set"]
        case ConfigurationError.malformedGrid, ConfigurationError.invalidGrid: ["check --grid"]
        default: []
        }
    }

    /// How files that name no subset get one.
    private static func missingSubsets(_ asked: String, _ command: CommandAtHand) -> String {
        // Commands without the option take annotations as arguments; that of convert is only drawn into videos.
        let takesThemAsArguments = command.name == "convert" || !command.options.contains("--annotations")
        let option = takesThemAsArguments ? "" : "--annotations "
        return "give each file its subset, as in \(option)\(asked)=FILE"
            + (command.options.contains("--video-table") ? ", or a --video-table with subsets" : "")
            + (command.name == "train" ? "; --set 'training.training_subset=\"\"' trains on all videos" : "")
    }
}
