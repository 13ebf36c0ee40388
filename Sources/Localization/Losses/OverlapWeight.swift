import Foundation
public import Tensors

/// The overlap of predicted and annotated segments, raised to a power, as a weight of other losses
/// (Shi et al., "TriDet", 2023, section 3.4).
public struct OverlapWeight: Sendable, Equatable {
    /// The power; 0 makes every weight 1.
    public let power: Double
    /// Overlaps are not taken below this, where a power below 1 would have an unbounded slope.
    static let smallestOverlap = 1e-8

    public init(power: Double) { self.power = power }

    /// The weights of segments, `[segments]`.
    ///
    /// - Parameters:
    ///   - distances: `[segments, 2]`, distances to start and end from a common point.
    ///   - targets: `[segments, 2]`, row-major.
    public func callAsFunction(_ distances: Tensor, targets: [Float]) -> Tensor {
        precondition(distances.count == targets.count, "\(targets.count) targets for distances \(distances.shape)")
        let count = distances.shape[0]
        var values = [Float](repeating: 0, count: count), slopes = [Float](repeating: 0, count: 2 * count)
        distances.withElements { distances in
            for row in 0..<count {
                let (left, right) = (Double(distances[2 * row]), Double(distances[2 * row + 1]))
                let (targetLeft, targetRight) = (Double(targets[2 * row]), Double(targets[2 * row + 1]))
                let overlap = min(left, targetLeft) + min(right, targetRight)
                let union = max(left + right + targetLeft + targetRight - overlap, DistanceIoULoss.epsilon)
                let ratio = overlap / union
                values[row] = Float(pow(ratio, power))
                guard ratio > Self.smallestOverlap else { continue }
                let slope = power * pow(ratio, power - 1)
                for (place, (value, target)) in [(left, targetLeft), (right, targetRight)].enumerated() {
                    let smaller = DistanceIoULoss.slopeOfMinimum(value, target)
                    slopes[2 * row + place] = Float(
                        slope * (smaller * union - overlap * (1 - smaller)) / (union * union))
                }
            }
        }
        return .custom(Tensor(values), inputs: [distances]) { gradient in
            [Tensor(slopes, shape: [count, 2]) * gradient.reshaped([count, 1])]
        }
    }
}
