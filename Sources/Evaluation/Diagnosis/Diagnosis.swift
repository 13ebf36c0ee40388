public import Annotations

/// Why a detector is wrong, and on which segments (DETAD, Alwassel et al. 2018).
public struct Diagnosis: Sendable, Equatable {
    /// The cost of one kind of error.
    public struct ErrorCost: Sendable, Equatable {
        public var kind: ErrorKind
        /// The number of evaluated predictions of this kind, averaged over thresholds.
        public var meanCount: Double
        /// How much the average mAP rises when all of them are removed.
        public var averageMAPGain: Double
        /// The same for each threshold.
        public var mapGain: [Double]
    }

    /// How predictions divide into true positives and errors.
    public struct Profile: Sendable, Equatable {
        /// Predictions ranked from `(multiple - 1) · G` to `multiple · G` in their class of `G` segments.
        public var multiple: Int
        /// Fractions, averaged over thresholds; together with those of the errors they add up to 1.
        public var truePositives: Double
        public var errors: [ErrorKind: Double]
        public var predictionCount: Int
    }

    /// Segments with similar values of one characteristic.
    public struct Group: Sendable, Equatable {
        public var name: String
        public var segmentCount: Int
        /// The average over thresholds of the mAP with precision normalised to the mean number of segments a class; nil
        /// without segments.
        public var normalisedMAP: Double?
        /// The fraction of the segments that no prediction finds, averaged over thresholds; nil without segments.
        public var missedShare: Double?
    }

    /// How results depend on one characteristic.
    public struct Sensitivity: Sendable, Equatable {
        public var characteristic: String
        public var unit: String
        public var groups: [Group]
        /// Segments whose characteristic is unknown.
        public var unknownCount: Int
    }

    public var evaluationProtocol: EvaluationProtocol
    public var counts: EvaluationCounts
    /// For a class with `G` segments, the `limit · G` best predictions are evaluated.
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
    /// The fraction of all segments that no prediction finds, averaged over thresholds.
    public var missedShare: Double
}

extension Evaluator {
    /// Diagnoses detections.
    ///
    /// - Parameters:
    ///   - detections: in any order.
    ///   - limit: the number of predictions of a class that are evaluated, as a multiple of its segments; DETAD takes 10.
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
