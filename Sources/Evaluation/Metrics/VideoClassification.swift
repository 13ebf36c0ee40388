public import Annotations

/// Classification of whole untrimmed videos by the rule of the ActivityNet toolkit.
public struct VideoClassification: Sendable, Equatable {
    /// Pairs of video and label that are true.
    public var pairCount: Int
    public var videoCount: Int
    public var predictionCount: Int
    /// Predictions left out because of a label that the ground truth does not have, or a score that is not finite.
    public var droppedCount: Int
    /// The mean over classes of the interpolated average precision.
    public var meanAveragePrecision: Double
    /// The average precision of each class.
    public var averagePrecision: [String: Double]
    /// The number of labels per video that count for ``hit`` and ``averageHit``.
    public var hitCount: Int
    /// The fraction of videos with a true label among the first ``hitCount``.
    public var hit: Double
    /// The mean over videos of the fraction of their true labels that are among the first ``hitCount``.
    public var averageHit: Double
}

extension Evaluator {
    /// Evaluates labels of whole videos; segments of `predictions` are ignored.
    ///
    /// - Parameters:
    ///   - predictions: a label and a score each.
    ///   - hitCount: the `k` of hit@k.
    public func videoClassification(_ predictions: DetectionTable, hitCount: Int = 3) -> VideoClassification {
        var trueLabels = [Set<Int32>](repeating: [], count: truth.videos.count)
        var videosOfClass = [Set<Int32>](repeating: [], count: truth.classes.count)
        for number in truth.classes.indices {
            for index in truth.classOffsets[number]..<truth.classOffsets[number + 1] {
                trueLabels[Int(truth.videoOf[index])].insert(Int32(number))
                videosOfClass[number].insert(truth.videoOf[index])
            }
        }
        let numbers = Dictionary(uniqueKeysWithValues: zip(truth.classes, truth.classes.indices.map(Int32.init)))
        let classOfLabel = predictions.labels.map { numbers[$0] ?? -1 }
        let videos = predictions.videos.map { truth.videoIndices[$0] ?? -1 }
        let isLeftOut = zip(predictions.videos, videos).map { name, video in
            truth.excluded.contains(name) || (video < 0 && evaluationProtocol.unlistedVideos == .ignore)
        }
        var rowsOfClass = [[Int]](repeating: [], count: truth.classes.count)
        var rowsOfVideo = [[Int]](repeating: [], count: truth.videos.count)
        var dropped = 0
        for row in predictions.indices {
            let label = classOfLabel[Int(predictions.labelIndices[row])]
            let video = videos[Int(predictions.videoIndices[row])]
            guard predictions.scores[row].isFinite, !isLeftOut[Int(predictions.videoIndices[row])] else {
                dropped += 1
                continue
            }
            if label < 0 { dropped += 1 } else { rowsOfClass[Int(label)].append(row) }
            if video >= 0 { rowsOfVideo[Int(video)].append(row) }
        }
        let order = ContentOrder(predictions)
        func rank(_ rows: [Int]) -> [Int] {
            rows.sorted { first, second in
                let a = predictions.scores[first], b = predictions.scores[second]
                if a != b { return a > b }
                return rules.ties == .lastFirst
                    ? first > second : order.precedes(Int32(first), Int32(second), in: predictions)
            }
        }
        var precision: [String: Double] = [:]
        for number in truth.classes.indices {
            var remaining = videosOfClass[number]
            let hits: [UInt64] = rank(rowsOfClass[number]).map { row in
                remaining.remove(videos[Int(predictions.videoIndices[row])]) != nil ? 1 : 0
            }
            precision[truth.classes[number]] =
                AveragePrecision.values(
                    hits: hits, segmentCount: videosOfClass[number].count, thresholdCount: 1)[0]
        }
        var hit = 0.0, averageHit = 0.0, videoCount = 0
        for (video, labels) in trueLabels.enumerated() where !labels.isEmpty {
            videoCount += 1
            let first = Set(
                rank(rowsOfVideo[video]).prefix(hitCount).map { classOfLabel[Int(predictions.labelIndices[$0])] })
            let common = labels.intersection(first).count
            hit += common > 0 ? 1 : 0
            averageHit += Double(common) / Double(labels.count)
        }
        return VideoClassification(
            pairCount: trueLabels.reduce(0) { $0 + $1.count }, videoCount: videoCount,
            predictionCount: predictions.count,
            droppedCount: dropped,
            meanAveragePrecision: truth.classes.reduce(0) { $0 + (precision[$1] ?? 0) } / Double(truth.classes.count),
            averagePrecision: precision, hitCount: hitCount, hit: hit / Double(videoCount),
            averageHit: averageHit / Double(videoCount))
    }
}
