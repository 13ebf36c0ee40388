import Annotations

/// The steps of a diagnosis on the best predictions of each class.
struct DiagnosisComputation {
    /// The evaluated predictions of one class.
    private struct ClassState {
        var outcome: SegmentMatcher.Outcome
        var segments: Range<Int>
        /// For each kind of error, the thresholds at which each prediction is one.
        var errors: [[UInt64]]
    }

    private let evaluator: Evaluator
    private let limit: Int
    private var states: [ClassState] = []
    private let normalisedCount: Double

    private var thresholds: [Double] { evaluator.evaluationProtocol.tiou }

    init(_ evaluator: Evaluator, _ table: DetectionTable, _ ranked: RankedPredictions, _ limit: Int) {
        self.evaluator = evaluator
        self.limit = limit
        let truth = evaluator.truth
        normalisedCount = Double(truth.count) / Double(truth.classes.count)
        let nearest = NearestSegments(truth)
        var matcher = SegmentMatcher(truth, thresholds: evaluator.evaluationProtocol.tiou, rules: evaluator.rules)
        for number in truth.classes.indices {
            let segments = truth.classOffsets[number]..<truth.classOffsets[number + 1]
            let rows = ranked.rows[ranked.classOffsets[number]..<ranked.classOffsets[number + 1]]
                .prefix(limit * segments.count)
            let outcome = matcher.match(rows, of: table, videos: ranked.groundTruthVideo, class: number)
            var state = ClassState(
                outcome: outcome, segments: segments,
                errors: Array(repeating: Array(repeating: 0, count: rows.count), count: ErrorKind.allCases.count))
            for (position, row) in rows.enumerated() {
                let row = Int(row)
                let video = ranked.groundTruthVideo[Int(table.videoIndices[row])]
                let prediction = Segment(start: table.starts[row], end: table.ends[row])
                let best = nearest.best(for: prediction, video: video, label: number)
                let counted = ~(outcome.hits[position] | (outcome.ignored?[position] ?? 0))
                for (bit, threshold) in evaluator.evaluationProtocol.tiou.enumerated()
                where counted >> UInt64(bit) & 1 == 1 {
                    let kind = ErrorKind.of(
                        tIoU: best.tIoU, isSameLabel: best.label == number, threshold: threshold)
                    state.errors[Self.number(of: kind)][position] |= 1 << UInt64(bit)
                }
            }
            states.append(state)
        }
    }

    func diagnosis(_ counts: EvaluationCounts) -> Diagnosis {
        let base = meanAveragePrecision()
        let baseAverage = average(base)
        let found = foundThresholds()
        let costs = ErrorKind.allCases.map { kind -> Diagnosis.ErrorCost in
            let without = meanAveragePrecision(without: kind)
            let number = Self.number(of: kind)
            let count = states.reduce(0) { $0 + $1.errors[number].reduce(0) { $0 + $1.nonzeroBitCount } }
            return Diagnosis.ErrorCost(
                kind: kind, meanCount: Double(count) / Double(thresholds.count),
                averageMAPGain: average(without) - baseAverage, mapGain: zip(without, base).map { $0 - $1 })
        }
        return Diagnosis(
            evaluationProtocol: evaluator.evaluationProtocol, counts: counts, limit: limit,
            predictionCount: states.reduce(0) { $0 + $1.outcome.hits.count }, averageMAP: baseAverage,
            normalisedMAP: average(meanAveragePrecision(normalised: true)), normalisedCount: normalisedCount,
            costs: costs,
            profiles: (1...limit).map(profile), sensitivities: sensitivities(found),
            missedShare: missedShare(found.indices.map { $0 }, found) ?? 0)
    }

    // MARK: - Errors

    private static func number(of kind: ErrorKind) -> Int { ErrorKind.allCases.firstIndex(of: kind) ?? 0 }

    /// The mAP at each threshold, optionally without the errors of one kind.
    private func meanAveragePrecision(without kind: ErrorKind? = nil, normalised: Bool = false) -> [Double] {
        var sums = [Double](repeating: 0, count: thresholds.count)
        for state in states {
            var ignored = state.outcome.ignored
            if let kind {
                let errors = state.errors[Self.number(of: kind)]
                ignored = ignored.map { zip($0, errors).map { $0 | $1 } } ?? errors
            }
            let values = AveragePrecision.values(
                hits: state.outcome.hits, ignored: ignored, segmentCount: state.segments.count,
                thresholdCount: thresholds.count, normalisedCount: normalised ? normalisedCount : nil)
            for index in sums.indices { sums[index] += values[index] }
        }
        return sums.map { $0 / Double(states.count) }
    }

    private func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func profile(_ multiple: Int) -> Diagnosis.Profile {
        var hits = 0, errors = [Int](repeating: 0, count: ErrorKind.allCases.count), predictions = 0
        for state in states {
            let size = state.segments.count
            let range = ((multiple - 1) * size..<multiple * size).clamped(to: 0..<state.outcome.hits.count)
            predictions += range.count
            for position in range {
                hits += state.outcome.hits[position].nonzeroBitCount
                for number in errors.indices { errors[number] += state.errors[number][position].nonzeroBitCount }
            }
        }
        let total = Double(max(1, hits + errors.reduce(0, +)))
        return Diagnosis.Profile(
            multiple: multiple, truePositives: Double(hits) / total,
            errors: Dictionary(uniqueKeysWithValues: zip(ErrorKind.allCases, errors.map { Double($0) / total })),
            predictionCount: predictions)
    }

    // MARK: - Segments

    /// For each segment, the thresholds at which a prediction finds it.
    private func foundThresholds() -> [UInt64] {
        var found = [UInt64](repeating: 0, count: evaluator.truth.count)
        for state in states {
            for match in state.outcome.matches { found[Int(match.segment)] |= match.hits }
        }
        return found
    }

    private func missedShare(_ segments: [Int], _ found: [UInt64]) -> Double? {
        guard !segments.isEmpty else { return nil }
        let hits = segments.reduce(0) { $0 + found[$1].nonzeroBitCount }
        return 1 - Double(hits) / Double(segments.count * thresholds.count)
    }

    private func sensitivities(_ found: [UInt64]) -> [Diagnosis.Sensitivity] {
        let characteristics = characteristicsOfSegments()
        let lengths = characteristics.map(\.length).sorted()
        // DETAD has edges for ActivityNet, whose median action takes half a minute, and for THUMOS14, where it takes 3 s.
        let isShort = lengths[lengths.count / 2] < 10
        return CharacteristicGroups.all(forShortActions: isShort).map { groups in
            var members = [[Int]](repeating: [], count: groups.edges.count + 1)
            var unknown = 0
            for (index, item) in characteristics.enumerated() {
                if let group = groups.group(of: item) { members[group].append(index) } else { unknown += 1 }
            }
            let results = zip(groups.groupNames, members).map { name, segments in
                Diagnosis.Group(
                    name: name, segmentCount: segments.count, normalisedMAP: normalisedMAP(of: segments),
                    missedShare: missedShare(segments, found))
            }
            return Diagnosis.Sensitivity(
                characteristic: groups.name, unit: groups.unit, groups: results, unknownCount: unknown)
        }
    }

    /// The characteristics of the evaluated segments, by their position in the ground truth.
    private func characteristicsOfSegments() -> [SegmentCharacteristics] {
        let truth = evaluator.truth
        var segments = [[LabelledSegment]](repeating: [], count: truth.videos.count)
        var positions = [[Int]](repeating: [], count: truth.videos.count)
        for number in truth.classes.indices {
            for index in truth.classOffsets[number]..<truth.classOffsets[number + 1] {
                let video = Int(truth.videoOf[index])
                segments[video].append(
                    LabelledSegment(
                        segment: Segment(start: truth.starts[index], end: truth.ends[index]),
                        label: truth.classes[number]))
                positions[video].append(index)
            }
        }
        let blank = SegmentCharacteristics(length: 0, instanceCount: 0)
        var result = [SegmentCharacteristics](repeating: blank, count: truth.count)
        for (video, items) in segments.enumerated() {
            var annotated = truth.videos[video]
            annotated.segments = items
            for (position, item) in zip(positions[video], SegmentCharacteristics.of(annotated)) {
                result[position] = item
            }
        }
        return result
    }

    /// The mAP on some segments only: predictions that find any other segment are ignored.
    private func normalisedMAP(of segments: [Int]) -> Double? {
        guard !segments.isEmpty else { return nil }
        var isMember = [Bool](repeating: false, count: evaluator.truth.count)
        for index in segments { isMember[index] = true }
        var sum = 0.0, classCount = 0
        for state in states {
            let count = state.segments.count { isMember[$0] }
            if count == 0 { continue }
            classCount += 1
            var hits = state.outcome.hits
            var ignored = state.outcome.ignored ?? Array(repeating: 0, count: hits.count)
            for match in state.outcome.matches where !isMember[Int(match.segment)] {
                hits[Int(match.position)] &= ~match.hits
                ignored[Int(match.position)] |= match.hits
            }
            sum += average(
                AveragePrecision.values(
                    hits: hits, ignored: ignored, segmentCount: count, thresholdCount: thresholds.count,
                    normalisedCount: normalisedCount))
        }
        return sum / Double(classCount)
    }
}
