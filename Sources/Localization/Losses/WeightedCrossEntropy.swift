import Foundation
public import Tensors

/// The cross-entropy of probabilities with a weight for each entry: `-Σ p⁺ log(x + ε) + p⁻ log(1 - x + ε)`.
public struct WeightedCrossEntropy: Sendable, Equatable {
    /// Added to what the logarithm is taken of.
    public let epsilon: Double

    public init(epsilon: Double = 1e-6) { self.epsilon = epsilon }

    /// - Parameters:
    ///   - probabilities: of any shape.
    ///   - positive: weight of each probability.
    ///   - negative: weight of what each lacks to 1.
    public func sum(_ probabilities: Tensor, positive: [Float], negative: [Float]) -> Tensor {
        precondition(
            probabilities.count == positive.count && positive.count == negative.count,
            "\(positive.count) and \(negative.count) weights for probabilities \(probabilities.shape)")
        var total = 0.0
        let slopes = Tensor(probabilities.shape) { slopes in
            probabilities.withElements { values in
                for index in values.indices {
                    let (up, down) = (Double(positive[index]), Double(negative[index]))
                    let (value, rest) = (Double(values[index]) + epsilon, 1 - Double(values[index]) + epsilon)
                    if up != 0 { total -= up * log(value) }
                    if down != 0 { total -= down * log(rest) }
                    slopes[index] = Float(down / rest - up / value)
                }
            }
        }
        return .custom(Tensor(Float(total)), inputs: [probabilities]) { [slopes * $0] }
    }
}

/// Half the weighted sum of squared differences.
public struct WeightedSquaredError: Sendable, Equatable {
    public init() {}

    /// - Parameters:
    ///   - values: of any shape.
    ///   - targets: one for each value.
    ///   - weights: one for each value.
    public func sum(_ values: Tensor, targets: [Float], weights: [Float]) -> Tensor {
        precondition(
            values.count == targets.count && targets.count == weights.count,
            "\(targets.count) targets and \(weights.count) weights for \(values.shape)")
        var total = 0.0
        let slopes = Tensor(values.shape) { slopes in
            values.withElements { values in
                for index in values.indices {
                    let difference = Double(values[index]) - Double(targets[index]), weight = Double(weights[index])
                    total += 0.5 * weight * difference * difference
                    slopes[index] = Float(weight * difference)
                }
            }
        }
        return .custom(Tensor(Float(total)), inputs: [values]) { [slopes * $0] }
    }
}
