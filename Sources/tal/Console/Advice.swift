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
    static func text(for error: any Error) -> String? {
        switch error {
        case AnnotationsError.noFrameRate: "--annotations-fps gives it"
        case AnnotationsError.noSuchSubset(let asked, let present) where present.isEmpty:
            "give each file its subset, as in --annotations \(asked)=FILE, or a --video-table with subsets; "
                + "--set 'training.training_subset=\"\"' trains on all videos"
        case AnnotationsError.noSuchSubset:
            "--subset names one of them; for training it is --set training.training_subset=… or training.validation_subset=…"
        case ToolkitError.otherDemo(_, let problem) where problem.contains("holds a demo"):
            "--overwrite removes it and begins again"
        case ToolkitError.otherDemo: "--out names it"
        case let reason as BatchReport.Reason where reason.description.contains("there already"):
            "--overwrite replaces it"
        case FileError.unwritable(_, let reason) where reason.contains("is there already"): "--overwrite replaces it"
        case ToolkitError.noTextEncoder: "--language names that folder"
        case let error as DataCheckError where error.findings.allSatisfy({ $0.severity == .error }):
            "--allow \(Set(error.findings.map(\.kind.rawValue)).sorted().joined(separator: " --allow ")) goes on all the same"
        case LocalizationError.nameless: "--class-scores, --segment-classes and --proposals do that"
        case ToolkitError.encoderWeights:
            "--encoder-weights names it; 'tal train --encoder-weights' keeps a copy in the run"
        case LocalizationError.noEncoder: "--encoder and --encoder-weights name them"
        case LocalizationError.rawProposals: "'tal detect --raw' makes such a file"
        case LocalizationError.runFolder(_, let problem) where problem.contains("holds a run already"):
            "--overwrite replaces it, and --resume goes on with one that was trained"
        case LocalizationError.runFolder(_, let problem) where problem.contains("classifier of segments"):
            "'tal recognize --features … --out' makes one"
        case FileError.unwritable(_, let reason) where reason.contains("holds a run already"):
            "--resume continues it, --overwrite replaces it"
        case FileError.malformed(_, let problem) where problem.contains("folder of an answering model"):
            "'tal answer --train … --out' makes one"
        case FileError.malformed(_, let problem) where problem.contains("folder of a recognizer"):
            "'tal recognize --train … --out' makes one"
        case FeatureError.damaged(let path, _, _) where path.hasSuffix(".h5"):
            "for a store of 'tal extract', --overwrite does that"
        case ExtractionError.unknownPictureRate, VideoError.unknownPictureRate: "--fps RATE gives it"
        case ExtractionError.otherSource: "--overwrite replaces them, another --out keeps both"
        case StoreSetError.missingShards, StoreSetError.missingVideos: "--allow-missing merges what there is"
        case ShardError.noScheduler: "--shard 1/8 says it for the second of eight"
        case ShardError.unknownCount: "--shard auto/8 says it for eight"
        case ShardError.contradiction, ShardError.wrongVariable, ShardError.missingVariable:
            "--shard 1/8 says it without the scheduler"
        case ExtractionError.needlessWeights: "leave --weights out"
        case ExtractionError.fixedPrecision: "leave --precision out"
        case ConfigurationError.malformedOverride, ConfigurationError.invalidOverride: "check --set"
        case ConfigurationError.malformedGrid, ConfigurationError.invalidGrid: "check --grid"
        default: nil
        }
    }
}
