public import Tensors

/// The distance-IoU loss of segments given by their distances to a common point (Zheng et al., 2020, eq. 7, in 1-D).
///
/// With predicted distances `(l, r)` and target distances `(l*, r*)`: `1 - I/U + (ρ/C)²`, where `I` is the overlap, `U` the
/// union, `C` the length of the shortest segment that covers both and `ρ` the distance of their centres.
public struct DistanceIoULoss: Sendable, Equatable {
    /// Lengths are not taken below this.
    static let epsilon = 1e-8

    public init() {}

    /// The sum over the rows that count, a scalar.
    ///
    /// - Parameters:
    ///   - offsets: `[rows, 2]`, distances to start and end.
    ///   - targets: `[rows, 2]`, row-major.
    ///   - rows: the rows that count.
    public func sum(_ offsets: Tensor, targets: [Float], rows: [Int]) -> Tensor {
        precondition(offsets.count == targets.count, "\(targets.count) targets for offsets \(offsets.shape)")
        var total = 0.0
        let slopes = Tensor(offsets.shape) { slopes in
            slopes.update(repeating: 0)
            offsets.withElements { offsets in
                for row in rows {
                    let (value, left, right) = entry(
                        Double(offsets[2 * row]), Double(offsets[2 * row + 1]), Double(targets[2 * row]),
                        Double(targets[2 * row + 1]))
                    total += value
                    slopes[2 * row] = Float(left)
                    slopes[2 * row + 1] = Float(right)
                }
            }
        }
        return .custom(Tensor(Float(total)), inputs: [offsets]) { [slopes * $0] }
    }

    /// The loss of one segment and its derivatives by the two predicted distances.
    func entry(_ l: Double, _ r: Double, _ targetL: Double, _ targetR: Double) -> (Double, left: Double, right: Double)
    {
        let overlap = min(l, targetL) + min(r, targetR)
        let union = l + r + targetL + targetR - overlap
        let cover = max(l, targetL) + max(r, targetR)
        let rho = 0.5 * (r - l - targetR + targetL)
        let safeUnion = max(union, Self.epsilon), safeCover = max(cover, Self.epsilon)
        let shift = rho / safeCover

        func slope(smaller: Double, rhoSlope: Double) -> Double {
            // `smaller` is the derivative of the minimum; that of the maximum is what it lacks to 1.
            let unionSlope = union > Self.epsilon ? 1 - smaller : 0
            let coverSlope = cover > Self.epsilon ? 1 - smaller : 0
            let ratioSlope = (smaller * safeUnion - overlap * unionSlope) / (safeUnion * safeUnion)
            return -ratioSlope + 2 * shift * (rhoSlope - shift * coverSlope) / safeCover
        }
        return (
            1 - overlap / safeUnion + shift * shift,
            slope(smaller: Self.slopeOfMinimum(l, targetL), rhoSlope: -0.5),
            slope(smaller: Self.slopeOfMinimum(r, targetR), rhoSlope: 0.5)
        )
    }

    /// The derivative of `min(a, b)` by `a`; two equal values share it.
    static func slopeOfMinimum(_ a: Double, _ b: Double) -> Double { a < b ? 1 : (a == b ? 0.5 : 0) }
}
