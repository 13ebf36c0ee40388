/// The points of one level of a feature pyramid, from which segments are regressed.
public struct PointLevel: Sendable, Equatable {
    /// Number of points.
    public let count: Int
    /// Distance between points in units of the feature grid; point `i` lies at `i · stride`.
    public let stride: Float
    /// Shortest regression distance this level is responsible for, inclusive, on the feature grid.
    public let shortest: Float
    /// Longest regression distance this level is responsible for, inclusive, on the feature grid.
    public let longest: Float

    public init(count: Int, stride: Float, shortest: Float, longest: Float) {
        self.count = count
        self.stride = stride
        self.shortest = shortest
        self.longest = longest
    }

    /// The position of a point on the feature grid. There is no half-stride offset.
    public func position(_ index: Int) -> Float { Float(index) * stride }
}

/// Lays out the points of every pyramid level.
///
/// Zhang et al., "ActionFormer: Localizing Moments of Actions with Transformers", 2022, section 3.3.
public struct PointGenerator: Sendable, Equatable {
    /// Distance between points of each level in units of the feature grid, finest first.
    public let strides: [Int]
    /// The regression distances each level is responsible for, on the feature grid.
    public let ranges: [(shortest: Float, longest: Float)]

    public init(strides: [Int], ranges: [(shortest: Float, longest: Float)]) {
        precondition(strides.count == ranges.count, "\(strides.count) strides, \(ranges.count) regression ranges")
        self.strides = strides
        self.ranges = ranges
    }

    /// The levels over a sequence of `length` feature vectors; strides divide the length.
    public func levels(length: Int) -> [PointLevel] {
        zip(strides, ranges).map { stride, range in
            precondition(length % stride == 0, "length \(length) is no multiple of stride \(stride)")
            return PointLevel(
                count: length / stride, stride: Float(stride), shortest: range.shortest, longest: range.longest)
        }
    }

    public static func == (first: PointGenerator, second: PointGenerator) -> Bool {
        first.strides == second.strides && first.ranges.elementsEqual(second.ranges, by: ==)
    }
}
