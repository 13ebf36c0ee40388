public import Annotations
public import Files

/// The measures of temporal action segmentation, in which every frame has one label (Breakfast, 50Salads, GTEA): accuracy of frames, edit
/// score and F1 of segments, as the evaluation of MS-TCN defines them (Abu Farha and Gall, CVPR 2019).
public struct FrameSegmentation: Sendable, Equatable {
    /// The overlaps at which ``scores`` are computed.
    public static let overlaps = [0.1, 0.25, 0.5]

    /// Segments found at one overlap.
    public struct Score: Sendable, Equatable {
        public var overlap: Double
        public var truePositives = 0
        public var falsePositives = 0
        public var falseNegatives = 0

        /// The harmonic mean of precision and recall; 0 where nothing is found.
        public var f1: Double {
            truePositives == 0
                ? 0 : Double(2 * truePositives) / Double(2 * truePositives + falsePositives + falseNegatives)
        }
    }

    public var evaluationProtocol: EvaluationProtocol
    public var videoCount: Int
    public var frameCount: Int
    public var correctFrameCount: Int
    /// Videos of the ground truth without a prediction. They are left out where the ground truth names no subsets.
    public var missingVideos: [String]
    /// The sum over videos of 1 minus the normalised edit distance of the orders of labels.
    var editSum: Double
    public var scores: [Score]

    /// The fraction of all frames that have the right label, background included.
    public var accuracy: Double { Double(correctFrameCount) / Double(frameCount) }
    /// The mean over videos of 1 minus the edit distance between the orders of labels, divided by the longer one.
    public var editScore: Double { editSum / Double(videoCount) }

    /// Everything for programs.
    public var json: JSONValue {
        .object([
            ("protocol", .string(evaluationProtocol.name)), ("frame_accuracy", .number(accuracy)),
            ("edit", .number(editScore)),
            ("f1", .object(scores.map { ("\(Int($0.overlap * 100))", .number($0.f1)) })),
            ("videos", .number(Double(videoCount))), ("frames", .number(Double(frameCount))),
            ("videos_without_prediction", .number(Double(missingVideos.count))),
        ])
    }

    /// - Parameters:
    ///   - predictions: a label a frame, or segments: of those that overlap the one of the highest score counts, or else the later.
    ///   - annotations: all videos of a file; the subset of the protocol is taken from it.
    ///   - settings: a protocol whose task is ``EvaluationProtocol/Task/segmentation``.
    ///   - subset: replaces the protocol's subset.
    /// - Throws: ``EvaluationError``, or `AnnotationsError` where there is no such subset.
    public init(
        _ predictions: AnnotationSet, against annotations: AnnotationSet, protocol settings: EvaluationProtocol,
        subset: String? = nil
    ) throws {
        guard let rate = settings.frameRate else {
            throw EvaluationError.invalidSetting("protocol '\(settings.name)' has no frame rate")
        }
        let wanted = subset ?? settings.subset
        let isWhole = wanted.isEmpty || annotations.subsetNames.isEmpty
        let excluded = Set(settings.excludeVideos)
        let truth = (isWhole ? annotations : try annotations.subset(wanted)).videos.filter { !excluded.contains($0.id) }
        let given = Dictionary(predictions.videos.map { ($0.id, $0) }) { first, _ in first }
        missingVideos = truth.map(\.id).filter { given[$0] == nil }
        guard let first = truth.first else {
            throw EvaluationError.noGroundTruth(protocolName: settings.name, reason: "there is no video")
        }
        guard missingVideos.count < truth.count else {
            throw EvaluationError.noCommonVideo(predicted: predictions.videos.first?.id ?? "none", expected: first.id)
        }
        evaluationProtocol = settings
        (videoCount, frameCount, correctFrameCount, editSum) = (0, 0, 0, 0)
        scores = Self.overlaps.map { Score(overlap: $0) }
        var labels = FrameLabels(background: settings.backgroundLabels, rate: rate)
        // The reference ends the last segment of a video one frame early.
        let tail = settings.compatibility == .official ? 1 : 0
        for video in truth {
            guard given[video.id] != nil || !isWhole else { continue }
            let expected = try labels.frames(of: video, count: nil)
            guard !expected.isEmpty else { continue }
            let shown = try labels.frames(of: given[video.id] ?? AnnotatedVideo(id: video.id), count: expected.count)
            videoCount += 1
            frameCount += expected.count
            correctFrameCount += zip(expected, shown).count { $0 == $1 }
            let expectedRuns = labels.runs(expected, tail: tail), shownRuns = labels.runs(shown, tail: tail)
            let longest = max(expectedRuns.count, shownRuns.count, 1)
            editSum += 1 - Double(editDistance(shownRuns.map(\.label), expectedRuns.map(\.label))) / Double(longest)
            for index in scores.indices { scores[index].add(shownRuns, against: expectedRuns) }
        }
        guard videoCount > 0 else {
            throw EvaluationError.noGroundTruth(protocolName: settings.name, reason: "no video has a frame")
        }
    }
}

extension FrameSegmentation.Score {
    /// Each segment takes the one of its label that it overlaps most, once.
    fileprivate mutating func add(_ shown: [FrameLabels.Run], against expected: [FrameLabels.Run]) {
        var isTaken = [Bool](repeating: false, count: expected.count)
        for run in shown {
            var best: (index: Int, overlap: Double)?
            for (index, other) in expected.enumerated() where other.label == run.label {
                let union = max(run.end, other.end) - min(run.start, other.start)
                let value =
                    union > 0 ? Double(min(run.end, other.end) - max(run.start, other.start)) / Double(union) : 0
                if value > best?.overlap ?? -.infinity { best = (index, value) }
            }
            if let best, best.overlap >= overlap, !isTaken[best.index] {
                isTaken[best.index] = true
                truePositives += 1
            } else {
                falsePositives += 1
            }
        }
        falseNegatives += isTaken.count { !$0 }
    }
}

/// Videos as a label a frame, labels as numbers.
private struct FrameLabels {
    /// Frames of one label next to each other; `end` is the frame after the last.
    struct Run {
        var label: Int
        var start: Int
        var end: Int
    }

    private let rate: Double
    private let background: Set<Int>
    private var numbers: [String: Int]
    private static let mostFrames = 1e8

    init(background names: [String], rate: Double) {
        self.rate = rate
        // Frames without a label are background, and so have the number of its first name.
        var numbers: [String: Int] = [:]
        if names.isEmpty { numbers[""] = 0 }
        for name in names where numbers[name] == nil { numbers[name] = numbers.count }
        self.numbers = numbers
        background = Set(numbers.values)
    }

    /// - Parameter count: how many frames; from the video where it is nil.
    mutating func frames(of video: AnnotatedVideo, count: Int?) throws(EvaluationError) -> [Int] {
        let length =
            count.map(Double.init)
            ?? ((video.duration ?? video.segments.map(\.segment.end).max() ?? 0) * rate).rounded()
        guard length >= 0, length < Self.mostFrames else {
            throw .invalidSetting("video '\(video.id)' has \(length) frames, which is none or more than 100 million")
        }
        var frames = [Int](repeating: 0, count: Int(length))
        let isScored = video.segments.contains { $0.score != nil }
        let order =
            isScored
            ? video.segments.enumerated().sorted {
                ($0.element.score ?? 0, $0.offset) < ($1.element.score ?? 0, $1.offset)
            }.map(\.element)
            : video.segments
        for item in order {
            let first = min(max(0, (item.segment.start * rate).rounded()), length)
            let last = min(max(0, (item.segment.end * rate).rounded()), length)
            guard first < last else { continue }
            let number = numbers[item.label] ?? numbers.count
            numbers[item.label] = number
            for frame in Int(first)..<Int(last) { frames[frame] = number }
        }
        return frames
    }

    /// The segments of frames, without background.
    func runs(_ frames: [Int], tail: Int) -> [Run] {
        var runs: [Run] = [], start = 0
        for frame in 1...max(1, frames.count) where frame >= frames.count || frames[frame] != frames[start] {
            if !frames.isEmpty, !background.contains(frames[start]) {
                runs.append(Run(label: frames[start], start: start, end: frame == frames.count ? frame - tail : frame))
            }
            start = frame
        }
        return runs
    }
}

/// The smallest number of insertions, removals and replacements that turn one list into another (Levenshtein).
private func editDistance(_ first: [Int], _ second: [Int]) -> Int {
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in second.enumerated() {
            let value = min(diagonal + (a == b ? 0 : 1), row[j + 1] + 1, row[j] + 1)
            diagonal = row[j + 1]
            row[j + 1] = value
        }
    }
    return row[second.count]
}
