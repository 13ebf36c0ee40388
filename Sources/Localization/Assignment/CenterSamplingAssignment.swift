/// What the points of a sequence are trained towards, levels concatenated, finest first.
public struct PointTargets: Sendable, Equatable {
    /// Number of points.
    public let count: Int
    /// Number of classes.
    public let classes: Int
    /// `[points, classes]`: 1 for every class assigned to a point, else 0. A point may have several.
    public var labels: [Float]
    /// `[points, 2]`: distances to the start and the end of the assigned segment in units of the level's stride; only
    /// meaningful at points of ``positives``, 0 elsewhere.
    public var offsets: [Float]
    /// Points with at least one class, ascending.
    public var positives: [Int]
}

/// Assigns annotated segments to points: those near the middle of a segment whose length suits their level.
///
/// Zhang et al., "ActionFormer", 2022, section 3.4, with the multi-label rule of the authors' code: every eligible
/// segment as short as the shortest adds its class, so that one action with two names trains both.
public struct CenterSamplingAssignment: Sendable, Equatable {
    /// Half-width of the central part of a segment in strides; `nil` makes the whole segment eligible.
    public let radius: Float?
    /// Segments this much longer than the shortest still count as equally short, in units of the feature grid.
    static let tieTolerance: Float = 1e-3

    public init(radius: Float? = 1.5) { self.radius = radius }

    /// The targets of all points.
    ///
    /// - Parameters:
    ///   - levels: the points, finest level first.
    ///   - segments: annotated segments on the feature grid.
    ///   - classes: number of classes; labels are below it.
    public func targets(levels: [PointLevel], segments: [GridSegment], classes: Int) -> PointTargets {
        let count = levels.reduce(0) { $0 + $1.count }
        var targets = PointTargets(
            count: count, classes: classes, labels: Array(repeating: 0, count: count * classes),
            offsets: Array(repeating: 0, count: count * 2), positives: [])
        var point = 0
        for level in levels {
            for index in 0..<level.count {
                assign(level.position(index), of: level, at: point, segments: segments, to: &targets)
                point += 1
            }
        }
        return targets
    }

    private func assign(
        _ position: Float, of level: PointLevel, at point: Int, segments: [GridSegment], to targets: inout PointTargets
    ) {
        var shortest: GridSegment?
        for segment in segments where isEligible(segment, for: position, of: level) {
            if shortest.map({ segment.length < $0.length }) ?? true { shortest = segment }
        }
        guard let shortest else { return }
        for segment in segments
        where segment.length <= shortest.length + Self.tieTolerance && isEligible(segment, for: position, of: level) {
            targets.labels[point * targets.classes + segment.label] = 1
        }
        targets.offsets[2 * point] = (position - shortest.start) / level.stride
        targets.offsets[2 * point + 1] = (shortest.end - position) / level.stride
        targets.positives.append(point)
    }

    /// Which of the segments at least one point is trained on.
    ///
    /// A segment misses out where no point lies near its middle at a distance that a level covers, or where shorter segments
    /// take all such points.
    func trained(levels: [PointLevel], segments: [GridSegment]) -> [Bool] {
        var isTrained = [Bool](repeating: false, count: segments.count)
        for level in levels {
            for index in 0..<level.count {
                let position = level.position(index)
                let eligible = segments.indices.filter { isEligible(segments[$0], for: position, of: level) }
                guard let shortest = eligible.map({ segments[$0].length }).min() else { continue }
                for segment in eligible where segments[segment].length <= shortest + Self.tieTolerance {
                    isTrained[segment] = true
                }
            }
        }
        return isTrained
    }

    /// Whether the point lies strictly inside the (central part of the) segment, at a distance its level covers.
    private func isEligible(_ segment: GridSegment, for position: Float, of level: PointLevel) -> Bool {
        let left = position - segment.start
        let right = segment.end - position
        let farthest = max(left, right)
        guard farthest >= level.shortest, farthest <= level.longest else { return false }
        guard let radius else { return left > 0 && right > 0 }
        let center = 0.5 * (segment.start + segment.end)
        return position - max(center - level.stride * radius, segment.start) > 0
            && min(center + level.stride * radius, segment.end) - position > 0
    }
}
