import Annotations

/// The predictions that take part, as rows of a table, grouped by class and ranked by score within each.
struct RankedPredictions {
    /// Rows of class `c` are at `classOffsets[c] ..< classOffsets[c + 1]`, best first.
    let rows: [Int32]
    let classOffsets: [Int]
    /// For each video of the table, its position in the ground truth, or -1.
    let groundTruthVideo: [Int32]

    /// Filters and ranks predictions, counting what is left out.
    init(
        _ table: DetectionTable, in truth: GroundTruth, protocol settings: EvaluationProtocol, rules: EvaluationRules,
        counts: inout EvaluationCounts
    ) throws(EvaluationError) {
        let tableVideos = table.videos
        let groundTruthVideo = tableVideos.map { truth.videoIndices[$0] ?? -1 }
        let selection = Selection(table, truth, groundTruthVideo, settings)
        var classOfRow = selection.classes(&counts)
        try Self.requireOverlap(table, truth, groundTruthVideo, counts)
        let order = ContentOrder(table)
        if let limit = settings.maxPredictionsPerVideo {
            Self.keepBest(limit, table, &classOfRow, order, &counts)
        }

        var offsets = [Int](repeating: 0, count: truth.classes.count + 1)
        var videoIsPredicted = [Bool](repeating: false, count: tableVideos.count)
        for row in classOfRow.indices where classOfRow[row] >= 0 {
            offsets[Int(classOfRow[row]) + 1] += 1
            videoIsPredicted[Int(table.videoIndices[row])] = true
        }
        for index in 1..<offsets.count { offsets[index] += offsets[index - 1] }
        var next = offsets
        var rows = [Int32](repeating: 0, count: offsets[offsets.count - 1])
        func place(_ row: Int) {
            let number = Int(classOfRow[row])
            if number < 0 { return }
            rows[next[number]] = Int32(row)
            next[number] += 1
        }
        // A stable sort of the rows in reverse puts the last of a tie first.
        if rules.ties == .lastFirst {
            for row in classOfRow.indices.reversed() { place(row) }
        } else {
            for row in classOfRow.indices { place(row) }
        }
        classOffsets = offsets
        counts.predictionsEvaluated = rows.count
        counts.predictedVideos = videoIsPredicted.count { $0 }
        Self.countSilentVideos(table, truth, &counts)
        for number in truth.classes.indices {
            Self.rank(
                &rows, offsets[number]..<offsets[number + 1], table, order, byContent: rules.ties == .byContent)
        }
        self.rows = rows
        self.groundTruthVideo = groundTruthVideo
    }

    private static func rank(
        _ rows: inout [Int32], _ range: Range<Int>, _ table: DetectionTable, _ order: ContentOrder, byContent: Bool
    ) {
        guard range.count > 1 else { return }
        var members = Array(rows[range])
        var keys = members.map { ScoreOrder.descendingKey(table.scores[Int($0)]) }
        ScoreOrder.sort(rows: &members, keys: &keys)
        if byContent {
            var begin = 0
            while begin < members.count {
                var end = begin + 1
                while end < members.count && keys[end] == keys[begin] { end += 1 }
                if end - begin > 1 { members[begin..<end].sort { order.precedes($0, $1, in: table) } }
                begin = end
            }
        }
        rows.replaceSubrange(range, with: members)
    }

    /// Keeps the `limit` best predictions of each video, regardless of their class.
    private static func keepBest(
        _ limit: Int, _ table: DetectionTable, _ classOfRow: inout [Int32], _ order: ContentOrder,
        _ counts: inout EvaluationCounts
    ) {
        var members = [[Int32]](repeating: [], count: table.videos.count)
        for row in classOfRow.indices where classOfRow[row] >= 0 {
            members[Int(table.videoIndices[row])].append(Int32(row))
        }
        for (video, rows) in members.enumerated() where rows.count > limit {
            let ranked = rows.sorted { first, second in
                let a = table.scores[Int(first)], b = table.scores[Int(second)]
                return a == b ? order.precedes(first, second, in: table) : a > b
            }
            for row in ranked[limit...] { classOfRow[Int(row)] = -1 }
            counts.predictionsBeyondLimit.add(rows.count - limit, table.videos[video])
        }
    }

    /// Refuses predictions that share no video or label with the ground truth, because their mAP of 0 would be meaningless.
    private static func requireOverlap(
        _ table: DetectionTable, _ truth: GroundTruth, _ videos: [Int32], _ counts: EvaluationCounts
    ) throws(EvaluationError) {
        guard !table.isEmpty else { return }
        if !table.videoIndices.contains(where: { videos[Int($0)] >= 0 }) {
            throw .noCommonVideo(predicted: table[0].video, expected: truth.videos.first?.id ?? "")
        }
        if counts.unknownLabels.count == table.count {
            throw .noCommonLabel(predicted: table[0].label, expected: truth.classes.first ?? "")
        }
    }

    private static func countSilentVideos(
        _ table: DetectionTable, _ truth: GroundTruth, _ counts: inout EvaluationCounts
    ) {
        var isPredicted = [Bool](repeating: false, count: table.videos.count)
        for video in table.videoIndices { isPredicted[Int(video)] = true }
        let predicted = Set(zip(table.videos, isPredicted).lazy.filter(\.1).map(\.0))
        for video in truth.videos where !predicted.contains(video.id) { counts.videosWithoutPrediction.add(video.id) }
    }
}

/// The order of predictions with equal scores: by video id, start, end, label.
struct ContentOrder {
    private let videoRanks: [Int32]
    private let labelRanks: [Int32]

    init(_ table: DetectionTable) {
        videoRanks = Self.ranks(table.videos)
        labelRanks = Self.ranks(table.labels)
    }

    func precedes(_ first: Int32, _ second: Int32, in table: DetectionTable) -> Bool {
        let a = Int(first), b = Int(second)
        let videoA = videoRanks[Int(table.videoIndices[a])], videoB = videoRanks[Int(table.videoIndices[b])]
        if videoA != videoB { return videoA < videoB }
        if table.starts[a] != table.starts[b] { return table.starts[a] < table.starts[b] }
        if table.ends[a] != table.ends[b] { return table.ends[a] < table.ends[b] }
        return labelRanks[Int(table.labelIndices[a])] < labelRanks[Int(table.labelIndices[b])]
    }

    /// The rank of each name by its UTF-8 bytes.
    private static func ranks(_ names: [String]) -> [Int32] {
        var ranks = [Int32](repeating: 0, count: names.count)
        let order = names.indices.sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
        for (rank, index) in order.enumerated() { ranks[index] = Int32(rank) }
        return ranks
    }
}

/// Decides which predictions take part.
private struct Selection {
    let table: DetectionTable
    let classOfLabel: [Int32]
    let isExcluded: [Bool]
    let isUnlisted: [Bool]
    let leavesOutUnlisted: Bool
    let isInOtherSubset: [Bool]
    let leavesOutOtherSubsets: Bool
    /// In seconds, of each video of the table.
    let durations: [Double?]

    init(
        _ table: DetectionTable, _ truth: GroundTruth, _ groundTruthVideo: [Int32], _ settings: EvaluationProtocol
    ) {
        self.table = table
        let numbers = Dictionary(uniqueKeysWithValues: zip(truth.classes, truth.classes.indices.map(Int32.init)))
        classOfLabel = table.labels.map { numbers[$0] ?? -1 }
        isExcluded = table.videos.map(truth.excluded.contains)
        isUnlisted = groundTruthVideo.map { $0 < 0 }
        leavesOutUnlisted = settings.unlistedVideos == .ignore
        isInOtherSubset = table.videos.map(truth.otherSubsetVideos.contains)
        leavesOutOtherSubsets = settings.compatibility == .plain
        durations = groundTruthVideo.map { $0 < 0 ? nil : truth.videos[Int($0)].duration }
    }

    /// For each row its class, or -1 when it is left out.
    func classes(_ counts: inout EvaluationCounts) -> [Int32] {
        var result = [Int32](repeating: -1, count: table.count)
        let videos = table.videos, labels = table.labels
        counts.predictions = table.count
        counts.unlistedAreLeftOut = leavesOutUnlisted
        counts.otherSubsetsAreLeftOut = leavesOutOtherSubsets
        for row in 0..<table.count {
            let video = Int(table.videoIndices[row]), label = Int(table.labelIndices[row])
            let start = table.starts[row], end = table.ends[row], score = table.scores[row]
            if isExcluded[video] {
                counts.predictionsInExcludedVideos.add(videos[video])
                continue
            }
            if !(start.isFinite && end.isFinite && score.isFinite) {
                counts.nonFinitePredictions.add(videos[video])
                continue
            }
            if classOfLabel[label] < 0 {
                counts.unknownLabels.add(labels[label])
                continue
            }
            if isInOtherSubset[video] {
                counts.predictionsInOtherSubsets.add(videos[video])
                if leavesOutOtherSubsets { continue }
            }
            if isUnlisted[video] {
                counts.predictionsInUnlistedVideos.add(videos[video])
                if leavesOutUnlisted { continue }
            }
            if end <= start { counts.predictionsWithoutLength.add(videos[video]) }
            if start < 0 { counts.predictionsBeforeZero.add(videos[video]) }
            if score < 0 { counts.negativeScores.add(videos[video]) }
            counts.add(end: end, duration: durations[video], of: videos[video])
            result[row] = classOfLabel[label]
        }
        return result
    }
}
