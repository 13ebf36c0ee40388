public import Annotations

/// Why a detector is wrong, and on which segments (DETAD, Alwassel et al. 2018).
public struct Diagnosis: Sendable, Equatable {
    /// What one kind of error costs.
    public struct ErrorCost: Sendable, Equatable {
        public var kind: ErrorKind
        /// How many of the predictions looked at are of this kind, averaged over thresholds.
        public var meanCount: Double
        /// What the average mAP gains when all of them are taken away.
        public var averageMAPGain: Double
        /// The same for each threshold.
        public var mapGain: [Double]
    }

    /// How predictions divide into true positives and errors.
    public struct Profile: Sendable, Equatable {
        /// Predictions ranked from `(multiple - 1) · G` to `multiple · G` in their class of `G` segments.
        public var multiple: Int
        /// Shares, averaged over thresholds; they and those of the errors add up to 1.
        public var truePositives: Double
        public var errors: [ErrorKind: Double]
        public var predictionCount: Int
    }

    /// Segments that are alike in one characteristic.
    public struct Group: Sendable, Equatable {
        public var name: String
        public var segmentCount: Int
        /// The average over thresholds of the mAP with precision normalised to the mean number of segments a class; nil
        /// without segments.
        public var normalisedMAP: Double?
        /// The share of the segments that no prediction finds, averaged over thresholds; nil without segments.
        public var missedShare: Double?
    }

    /// How results depend on one characteristic.
    public struct Sensitivity: Sendable, Equatable {
        public var characteristic: String
        public var unit: String
        public var groups: [Group]
        /// Segments of which the characteristic is unknown.
        public var unknownCount: Int
    }

    public var evaluationProtocol: EvaluationProtocol
    public var counts: EvaluationCounts
    /// In each class of `G` segments, the `limit · G` best predictions are looked at.
    public var limit: Int
    public var predictionCount: Int
    /// Average mAP of these predictions.
    public var averageMAP: Double
    public var normalisedMAP: Double
    /// The mean number of segments a class, to which precision is normalised.
    public var normalisedCount: Double
    public var costs: [ErrorCost]
    public var profiles: [Profile]
    public var sensitivities: [Sensitivity]
    /// The share of all segments that no prediction finds, averaged over thresholds.
    public var missedShare: Double
}

extension Evaluator {
    /// Diagnoses detections.
    ///
    /// - Parameters:
    ///   - detections: in any order.
    ///   - limit: how many times the number of segments of a class are looked at of its predictions; DETAD takes 10.
    /// - Throws: ``EvaluationError`` when the predictions share no video or no label with the ground truth.
    public func diagnose(_ detections: DetectionTable, limit: Int = 10) throws(EvaluationError) -> Diagnosis {
        try requireThresholds()
        guard limit >= 1 else { throw .invalidSetting("the limit must be at least 1, not \(limit)") }
        var counts = baseCounts
        let ranked = try RankedPredictions(
            detections, in: truth, protocol: evaluationProtocol, rules: rules, counts: &counts)
        return DiagnosisComputation(self, detections, ranked, limit).diagnosis(counts)
    }
}
