public import Annotations
public import Configuration

/// What is evaluated and by which rule, which papers often leave out.
public struct EvaluationProtocol: Configurable {
    /// Its name, printed with every result.
    public var name = ""
    /// A short description of what it follows.
    public var about = ""
    /// What is measured.
    public var task = Task.detection
    /// The subset of the annotations, matched exactly apart from upper and lower case; empty takes every video.
    public var subset = ""
    /// The temporal IoU thresholds of detection.
    public var tiou: [Double] = []
    /// Whose corner cases are reproduced.
    public var compatibility = Compatibility.plain
    /// Videos that are left out on both sides.
    public var excludeVideos: [String] = []
    /// Why each of them is left out.
    public var exclusionReasons: [String: String] = [:]
    /// Segments of this label are no class of their own; a prediction that touches one is no false positive.
    public var ambiguousLabel: String?
    /// The number of predictions per video that count; those with the highest scores are kept.
    public var maxPredictionsPerVideo: Int?
    /// How predictions in videos that the evaluated ground truth does not list are treated.
    public var unlistedVideos = UnlistedVideos.falsePositives
    /// The `k` of Recall@kx that are reported (Ego4D).
    public var recallMultiples: [Int] = []
    /// What a label is, where the annotations give several (EPIC-Kitchens).
    public var labelField: LabelField?
    /// The numbers of videos that the ground truth of this protocol may have; others are warned about.
    public var expectedVideos: [Int] = []
    /// The numbers of segments that the ground truth of this protocol may have; others are warned about.
    public var expectedSegments: [Int] = []
    /// Frames per second, for tasks that evaluate frames.
    public var frameRate: Double?
    /// The number of times per video that are evaluated instead of frames at a rate (Charades): `j/N` of the duration for `j` from 0 to `N - 1`.
    public var framesPerVideo: Int?
    /// Labels of frames in which nothing happens (segmentation); frames without a label count as the first.
    public var backgroundLabels: [String] = []

    public init() {}

    /// What is measured.
    public enum Task: String, Codable, Sendable, CaseIterable {
        /// Mean average precision of labelled segments.
        case detection
        /// AR@AN of segments without labels.
        case proposals
        /// Mean average precision and hit@k of labels of whole videos.
        case classification
        /// Recall@1 and mean average precision of windows found for a sentence.
        case momentRetrieval = "moment_retrieval"
        /// Mean average precision of the labels of frames, of which a frame may have several.
        case frames
        /// Accuracy, edit score and F1 of segments where every frame has one label.
        case segmentation
    }

    /// Whose corner cases are reproduced; see `eval/reference-differences.md`.
    public enum Compatibility: String, Codable, Sendable, CaseIterable {
        /// Ours: ground truth given twice counts once, segments of no length are left out of the ground truth and match
        /// nothing, ties of the score are broken by video id, start and end.
        case plain
        /// The ActivityNet toolkit and its copy in G-TAD: everything is kept, a 0/0 tIoU is a hit, the last of a tie
        /// comes first.
        case official
        /// ActionFormer: duplicates and ground truth under 1 ms are left out, a 0/0 tIoU is a hit.
        case actionformer
        /// TriDet: duplicates and ground truth of no length are left out, a 0/0 tIoU is a hit.
        case tridet
        /// OpenTAD: duplicates and ground truth of no length are left out, a 0/0 tIoU is a miss.
        case opentad
    }

    /// How predictions in videos outside the evaluated ground truth are treated.
    public enum UnlistedVideos: String, Codable, Sendable, CaseIterable {
        /// They are false positives, as in every reference evaluator.
        case falsePositives = "false_positives"
        /// They are left out, and counted.
        case ignore
    }

    public func validate() throws {
        if name.isEmpty { throw invalid("name", "is missing; give the protocol a name") }
        if tiou.isEmpty && task == .detection {
            throw invalid("tiou", "is empty; give at least one threshold, such as [0.5]")
        }
        if task != .detection {
            let given: [(String, Bool)] = [
                ("tiou", !tiou.isEmpty), ("recall_multiples", !recallMultiples.isEmpty),
                ("max_predictions_per_video", maxPredictionsPerVideo != nil),
            ]
            for (key, isGiven) in given where isGiven {
                throw invalid(key, "is only used by task detection; leave it out for \(task.rawValue)")
            }
        }
        try validateFrames()
        if tiou.count > 64 { throw invalid("tiou", "has more than 64 thresholds") }
        if let bad = tiou.first(where: { !($0 > 0 && $0 <= 1) }) {
            throw invalid("tiou", "has the threshold \(bad); it must be above 0 and at most 1")
        }
        if let limit = maxPredictionsPerVideo, limit < 1 {
            throw invalid("max_predictions_per_video", "is \(limit); it must be at least 1, or absent for no limit")
        }
        if let bad = recallMultiples.first(where: { $0 < 1 }) {
            throw invalid("recall_multiples", "has \(bad); each must be at least 1")
        }
    }

    private func validateFrames() throws {
        let usesFrames = task == .frames || task == .segmentation
        if !usesFrames {
            let given = [
                ("frame_rate", frameRate != nil), ("frames_per_video", framesPerVideo != nil),
                ("background_labels", !backgroundLabels.isEmpty),
            ]
            for (key, isGiven) in given where isGiven {
                throw invalid(key, "is used by tasks frames and segmentation only; leave it out for \(task.rawValue)")
            }
        }
        if let rate = frameRate, !(rate > 0 && rate <= 1000) {
            throw invalid("frame_rate", "is \(rate); it must be above 0 and at most 1000 frames a second")
        }
        if let number = framesPerVideo, !(1...1_000_000).contains(number) {
            throw invalid("frames_per_video", "is \(number); it must be from 1 to 1000000")
        }
        switch task {
        case .frames where (frameRate == nil) == (framesPerVideo == nil):
            throw invalid("frame_rate", "and frames_per_video: give one of the two")
        case .segmentation where frameRate == nil:
            throw invalid("frame_rate", "is missing; segmentation needs the frames a second of the labels")
        case .segmentation where framesPerVideo != nil:
            throw invalid("frames_per_video", "is used by task frames only; leave it out")
        default: break
        }
    }

    /// A sentence about an unexpected size of the ground truth; nil if it is as the protocol says.
    package func mismatch(videos: Int, segments: Int) -> String? {
        var parts: [String] = []
        func check(_ count: Int, _ expected: [Int], _ noun: String) {
            guard !expected.isEmpty, !expected.contains(count) else { return }
            let list = expected.map(String.init).joined(separator: " or ")
            parts.append("\(count) \(noun) where the protocol is defined on \(list)")
        }
        check(videos, expectedVideos, "videos")
        check(segments, expectedSegments, "segments")
        return parts.isEmpty ? nil : "the ground truth has " + parts.joined(separator: ", and ")
    }

    /// The rule in words, which every evaluation prints.
    public var ruleDescription: String {
        let rule: String
        switch compatibility {
        case .plain:
            rule = "plain rule (ties by score, video id, start, end; duplicates and empty ground truth left out)"
        case .official: rule = "official ActivityNet rule (duplicates kept, 0/0 tIoU is a hit, last of a tie first)"
        case .actionformer: rule = "ActionFormer's rule (duplicates and ground truth under 1 ms left out)"
        case .tridet: rule = "TriDet's rule (duplicates and empty ground truth left out, 0/0 tIoU is a hit)"
        case .opentad: rule = "OpenTAD's rule (duplicates and empty ground truth left out, last of a tie first)"
        }
        var parts = [rule]
        if !excludeVideos.isEmpty { parts.append("\(excludeVideos.count) videos excluded") }
        if let ambiguousLabel { parts.append("'\(ambiguousLabel)' ignored") }
        if let limit = maxPredictionsPerVideo { parts.append("at most \(limit) predictions a video") }
        return parts.joined(separator: "; ")
    }
}
