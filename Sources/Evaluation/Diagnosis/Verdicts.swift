public import Annotations

/// The verdict on a prediction at one tIoU threshold.
public enum Verdict: Hashable, Sendable {
    /// It found a segment.
    case correct
    /// It is a false positive of this kind.
    case error(ErrorKind)
    /// It is ignored, because it touches an ambiguous segment.
    case ignored
    /// It is not evaluated, because the protocol leaves out its video, label or values.
    case leftOut
}

/// A segment of the ground truth, and whether it was found.
public struct JudgedSegment: Hashable, Sendable {
    public var label: String
    /// In seconds.
    public var segment: Segment
    /// Whether a prediction of its label reaches the threshold.
    public var isFound: Bool
}

/// The verdicts on all predictions and segments at one tIoU threshold, for people who look at single videos.
public struct Verdicts: Sendable {
    /// The tIoU threshold.
    public let threshold: Double
    /// One for each row of the table of detections.
    public let predictions: [Verdict]
    /// The evaluated videos, in the order of the annotations.
    public let videos: [AnnotatedVideo]
    /// For each video its evaluated segments by start.
    public let segments: [[JudgedSegment]]
    /// For each video the mean over its classes of the average precision within it; nil for one without a segment.
    public let averagePrecision: [Double?]
    /// How often predictions lie on a segment of another class with at least the threshold, the most frequent pair first.
    public let confusions: [Confusion]

    /// Two confused classes.
    public struct Confusion: Hashable, Sendable {
        /// The class of the segment.
        public var truth: String
        /// The class of the prediction.
        public var predicted: String
        public var count: Int
    }
}

extension DetectionMatches {
    /// Judges every prediction and every segment at one of the protocol's thresholds.
    ///
    /// - Parameter index: the index of the threshold in the protocol.
    public func verdicts(threshold index: Int) -> Verdicts {
        precondition(thresholds.indices.contains(index), "the protocol has no threshold \(index)")
        let truth = evaluator.truth, bit = UInt64(1) << UInt64(index)
        let nearest = NearestSegments(truth)
        var predictions = [Verdict](repeating: .leftOut, count: table.count)
        var found = [Bool](repeating: false, count: truth.count)
        var confused: [Pair: Int] = [:]
        var averages = [(sum: Double, classes: Int)](repeating: (0, 0), count: truth.videos.count)
        for number in truth.classes.indices {
            let outcome = outcomes[number]
            let rows = ranked.rows[ranked.classOffsets[number]..<ranked.classOffsets[number + 1]]
            var hitsOfVideo: [Int32: [UInt64]] = [:], ignoredOfVideo: [Int32: [UInt64]] = [:]
            for (position, row) in rows.enumerated() {
                let row = Int(row), hits = outcome.hits[position] & bit
                let ignored = (outcome.ignored?[position] ?? 0) & bit
                let video = ranked.groundTruthVideo[Int(table.videoIndices[row])]
                if hits != 0 {
                    predictions[row] = .correct
                } else if ignored != 0 {
                    predictions[row] = .ignored
                } else {
                    let segment = Segment(start: table.starts[row], end: table.ends[row])
                    let best = nearest.best(for: segment, video: video, label: number)
                    let kind = ErrorKind.of(
                        tIoU: best.tIoU, isSameLabel: best.label == number, threshold: thresholds[index])
                    predictions[row] = .error(kind)
                    if kind == .wrongLabel, let other = best.label {
                        confused[Pair(truth: other, predicted: number), default: 0] += 1
                    }
                }
                if video >= 0 {
                    hitsOfVideo[video, default: []].append(hits >> UInt64(index))
                    ignoredOfVideo[video, default: []].append(ignored >> UInt64(index))
                }
            }
            for match in outcome.matches where match.hits & bit != 0 { found[Int(match.segment)] = true }
            var countOfVideo: [Int32: Int] = [:]
            for segment in truth.classOffsets[number]..<truth.classOffsets[number + 1] {
                countOfVideo[truth.videoOf[segment], default: 0] += 1
            }
            for (video, count) in countOfVideo {
                let value = AveragePrecision.values(
                    hits: hitsOfVideo[video] ?? [], ignored: ignoredOfVideo[video], segmentCount: count,
                    thresholdCount: 1)[0]
                averages[Int(video)].sum += value
                averages[Int(video)].classes += 1
            }
        }
        return Verdicts(
            threshold: thresholds[index], predictions: predictions, videos: truth.videos,
            segments: judgedSegments(found),
            averagePrecision: averages.map { $0.classes == 0 ? nil : $0.sum / Double($0.classes) },
            confusions: confused.map { pair, count in
                Verdicts.Confusion(
                    truth: truth.classes[pair.truth], predicted: truth.classes[pair.predicted], count: count)
            }.sorted { ($1.count, $0.truth, $0.predicted) < ($0.count, $1.truth, $1.predicted) })
    }

    private struct Pair: Hashable {
        var truth: Int
        var predicted: Int
    }

    private func judgedSegments(_ found: [Bool]) -> [[JudgedSegment]] {
        let truth = evaluator.truth
        var segments = [[JudgedSegment]](repeating: [], count: truth.videos.count)
        for number in truth.classes.indices {
            for index in truth.classOffsets[number]..<truth.classOffsets[number + 1] {
                segments[Int(truth.videoOf[index])].append(
                    JudgedSegment(
                        label: truth.classes[number],
                        segment: Segment(start: truth.starts[index], end: truth.ends[index]), isFound: found[index]))
            }
        }
        return segments.map {
            $0.sorted { ($0.segment.start, $0.segment.end, $0.label) < ($1.segment.start, $1.segment.end, $1.label) }
        }
    }

    /// Precision over recall of all classes together: at each of `points` recalls from 0 to 1 the mean over classes of the
    /// highest precision that is reached at this recall or beyond.
    ///
    /// - Parameters:
    ///   - threshold: the index of the threshold in the protocol.
    ///   - points: how many recalls, at least 2.
    public func meanPrecision(threshold: Int, points: Int = 101) -> [Double] {
        precondition(points >= 2, "a curve needs two points, not \(points)")
        var sums = [Double](repeating: 0, count: points)
        for label in evaluator.classes {
            var best = 0.0
            var next = points - 1
            for point in precisionRecallCurve(label: label, threshold: threshold).reversed() {
                while next >= 0, Double(next) / Double(points - 1) > point.recall + 1e-12 {
                    sums[next] += best
                    next -= 1
                }
                best = max(best, point.precision)
            }
            for index in stride(from: next, through: 0, by: -1) { sums[index] += best }
        }
        return sums.map { $0 / Double(evaluator.classes.count) }
    }
}
