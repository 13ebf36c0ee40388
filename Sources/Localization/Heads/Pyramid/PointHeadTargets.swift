/// What one sequence is trained towards at the points of a feature pyramid.
public struct PointHeadTargets: Sendable {
    /// Classes and distances of all points, padded ones included; classes may be smoothed.
    public var points: PointTargets
    /// Real points that belong to a segment, ascending.
    public var positives: [Int]
    /// The classes of each of them.
    public var positiveClasses: [[Int]]
    /// The real points of each level.
    public var valid: [Range<Int>]
    /// How much each class counts in the classification loss; empty where all count the same.
    public var classWeights: [Float] = []
}

/// The targets of several sequences padded to one length, as rows one after the other.
struct PointHeadBatch {
    /// Points of one sequence.
    let count: Int
    /// `[rows, classes]`
    let labels: [Float]
    /// `[rows, 2]`
    let offsets: [Float]
    /// Rows that belong to a segment.
    let positives: [Int]
    /// Rows of real points.
    let valid: [Range<Int>]
    /// The loss of classes.
    let focalLoss: FocalLoss

    init(_ targets: [PointHeadTargets]) {
        let count = targets.first?.points.count ?? 0
        precondition(
            targets.allSatisfy { $0.points.count == count },
            "targets of \(targets.map(\.points.count)) points in one batch")
        self.count = count
        focalLoss = FocalLoss(classWeights: targets.first?.classWeights ?? [])
        labels = targets.flatMap(\.points.labels)
        offsets = targets.flatMap(\.points.offsets)
        positives = targets.enumerated().flatMap { item, target in target.positives.map { $0 + item * count } }
        valid = targets.enumerated().flatMap { item, target in
            target.valid.map { ($0.lowerBound + item * count)..<($0.upperBound + item * count) }
        }
    }
}
