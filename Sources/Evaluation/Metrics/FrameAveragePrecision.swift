public import Annotations
public import Files

/// Mean average precision of frames, the measure of dense labels (MultiTHUMOS, Charades).
///
/// A frame has the score of the best prediction of a class that covers it; a frame that none covers comes after all others. Frames of
/// equal score are one step of the curve, counted at its end, because the reference leaves their order to its sort.
public struct FrameAveragePrecision: Sendable, Equatable {
    /// The results of one class.
    public struct ClassResult: Sendable, Equatable {
        public var label: String
        /// Frames that have the label.
        public var frameCount: Int
        /// The mean over those frames of the precision at their rank.
        public var averagePrecision: Double
    }

    public var evaluationProtocol: EvaluationProtocol
    public var videoCount: Int
    /// Frames of all videos, each once.
    public var frameCount: Int
    public var predictionCount: Int
    /// Predictions left out: in videos that are not evaluated, of unknown labels, with values that are not finite.
    public var droppedCount: Int
    /// The classes with at least one frame.
    public var classes: [ClassResult]

    /// The mean over ``classes``.
    public var meanAveragePrecision: Double {
        classes.reduce(0) { $0 + $1.averagePrecision } / Double(classes.count)
    }

    /// The mean over ``classes``, each weighted by its frames.
    public var weightedAveragePrecision: Double {
        classes.reduce(0) { $0 + $1.averagePrecision * Double($1.frameCount) }
            / Double(classes.reduce(0) { $0 + $1.frameCount })
    }

    /// Everything for programs.
    public var json: JSONValue {
        .object([
            ("protocol", .string(evaluationProtocol.name)), ("frame_map", .number(meanAveragePrecision)),
            ("weighted_frame_map", .number(weightedAveragePrecision)), ("videos", .number(Double(videoCount))),
            ("frames", .number(Double(frameCount))), ("predictions", .number(Double(predictionCount))),
            ("predictions_left_out", .number(Double(droppedCount))),
            (
                "classes",
                .object(
                    classes.map {
                        (
                            $0.label,
                            .object([
                                ("frames", .number(Double($0.frameCount))), ("ap", .number($0.averagePrecision)),
                            ])
                        )
                    })
            ),
        ])
    }
}

extension Evaluator {
    /// Evaluates frames under a protocol whose task is ``EvaluationProtocol/Task/frames``.
    ///
    /// - Throws: ``EvaluationError`` where a video has no duration, or the predictions share no video or no label with the ground truth.
    public func frameAveragePrecision(_ predictions: DetectionTable) throws(EvaluationError) -> FrameAveragePrecision {
        var grids: [FrameGrid] = []
        for video in truth.videos { grids.append(try FrameGrid(video, evaluationProtocol)) }
        let classNumbers = Dictionary(uniqueKeysWithValues: zip(truth.classes, truth.classes.indices))
        let classOfLabel = predictions.labels.map { classNumbers[$0] }
        let videoOfName = predictions.videos.map { truth.videoIndices[$0].map(Int.init) }
        if !predictions.isEmpty {
            guard videoOfName.contains(where: { $0 != nil }) else {
                throw .noCommonVideo(predicted: predictions.videos[0], expected: truth.videos[0].id)
            }
            guard classOfLabel.contains(where: { $0 != nil }) else {
                throw .noCommonLabel(predicted: predictions.labels[0], expected: truth.classes[0])
            }
        }
        // For each class and video the predictions, and the places of its ground truth.
        var rows = [[Int: [Int]]](repeating: [:], count: truth.classes.count)
        var dropped = 0
        for row in predictions.indices {
            guard let number = classOfLabel[Int(predictions.labelIndices[row])],
                let video = videoOfName[Int(predictions.videoIndices[row])],
                predictions.starts[row].isFinite, predictions.ends[row].isFinite, predictions.scores[row].isFinite
            else {
                dropped += 1
                continue
            }
            rows[number][video, default: []].append(row)
        }
        let frameCount = grids.reduce(0) { $0 + $1.count }
        var classes: [FrameAveragePrecision.ClassResult] = []
        for number in truth.classes.indices {
            var segments: [Int: [Int]] = [:]
            for index in truth.classOffsets[number]..<truth.classOffsets[number + 1] {
                segments[Int(truth.videoOf[index]), default: []].append(index)
            }
            var ranking = FrameRanking()
            for video in Set(segments.keys).union(rows[number].keys).sorted() {
                let grid = grids[video]
                var isTrue = [Bool](repeating: false, count: grid.count)
                var scores = [Double](repeating: -.infinity, count: grid.count)
                for index in segments[video] ?? [] {
                    for frame in grid.labelled(truth.starts[index], truth.ends[index]) { isTrue[frame] = true }
                }
                for row in rows[number][video] ?? [] {
                    for frame in grid.covered(predictions.starts[row], predictions.ends[row]) {
                        scores[frame] = max(scores[frame], predictions.scores[row])
                    }
                }
                ranking.add(scores, isTrue)
            }
            guard ranking.trueCount > 0 else { continue }
            classes.append(
                FrameAveragePrecision.ClassResult(
                    label: truth.classes[number], frameCount: ranking.trueCount,
                    averagePrecision: ranking.averagePrecision(frameCount: frameCount)))
        }
        guard !classes.isEmpty else {
            throw .noGroundTruth(protocolName: evaluationProtocol.name, reason: "no frame lies in a labelled segment")
        }
        return FrameAveragePrecision(
            evaluationProtocol: evaluationProtocol, videoCount: grids.count, frameCount: frameCount,
            predictionCount: predictions.count, droppedCount: dropped, classes: classes)
    }
}

/// The times at which one video is evaluated.
private struct FrameGrid {
    let count: Int
    private let duration: Double
    /// Charades: this many times, the first at 0, and both ends of a segment belong to it. Elsewhere frames at a rate, and neither does.
    private let isFixed: Bool

    private static let mostFrames = 1e8

    init(_ video: AnnotatedVideo, _ settings: EvaluationProtocol) throws(EvaluationError) {
        guard let duration = video.duration, duration > 0, duration.isFinite else {
            throw .invalidSetting(
                "the ground truth has no duration of video '\(video.id)', which frames are counted by; give a table of videos"
            )
        }
        self.duration = duration
        if let number = settings.framesPerVideo {
            (count, isFixed) = (number, true)
        } else {
            let frames = ((settings.frameRate ?? 1) * duration).rounded()
            guard frames < Self.mostFrames else {
                throw .invalidSetting("video '\(video.id)' of \(duration) s has more than 100 million frames")
            }
            (count, isFixed) = (max(1, Int(frames)), false)
        }
    }

    /// In seconds, in the order of the reference's operations.
    private func time(_ frame: Int) -> Double {
        isFixed ? Double(frame) / Double(count) * duration : Double(frame) / (Double(count) / duration)
    }

    /// The frames of a ground-truth segment.
    func labelled(_ start: Double, _ end: Double) -> Range<Int> {
        isFixed
            ? frames {
                $0 < start
            } until: {
                $0 <= end
            }
            : frames {
                $0 <= start
            } until: {
                $0 < end
            }
    }

    /// The frames that a prediction covers; both ends belong to it.
    func covered(_ start: Double, _ end: Double) -> Range<Int> {
        frames {
            $0 < start
        } until: {
            $0 <= end
        }
    }

    private func frames(_ isBefore: (Double) -> Bool, until isInside: (Double) -> Bool) -> Range<Int> {
        let first = partition(isBefore)
        return first..<max(first, partition(isInside))
    }

    /// The number of frames at the beginning that meet a condition; no later frame meets it.
    private func partition(_ holds: (Double) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(time(middle)) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The frames of one class with their scores.
private struct FrameRanking {
    private var scored: [(score: Double, isTrue: Bool)] = []
    private(set) var trueCount = 0

    mutating func add(_ scores: [Double], _ isTrue: [Bool]) {
        for frame in scores.indices {
            if isTrue[frame] { trueCount += 1 }
            if scores[frame] > -.infinity { scored.append((scores[frame], isTrue[frame])) }
        }
    }

    /// - Parameter frameCount: of all videos; those that have no score come last, at once.
    func averagePrecision(frameCount: Int) -> Double {
        let order = scored.sorted { $0.score > $1.score }
        var found = 0, sum = 0.0, index = 0
        while index < order.count {
            var end = index, new = 0
            while end < order.count, order[end].score == order[index].score {
                if order[end].isTrue { new += 1 }
                end += 1
            }
            found += new
            sum += Double(new) * Double(found) / Double(end)
            index = end
        }
        if found < trueCount { sum += Double(trueCount - found) * Double(trueCount) / Double(frameCount) }
        return sum / Double(trueCount)
    }
}
