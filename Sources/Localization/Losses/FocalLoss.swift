import Foundation
public import Tensors

/// The focal loss of independent classes (Lin et al., "Focal loss for dense object detection", 2017, eq. 5).
///
/// With `p = sigmoid(z)`, `pₜ = p·y + (1-p)(1-y)` and `αₜ = α·y + (1-α)(1-y)`, an entry contributes
/// `αₜ · (1-pₜ)^γ · BCE(z, y)`; targets `y` may be smoothed. With class weights it is multiplied by `1 + (w - 1)·y`, so that the
/// weight of its class counts for a positive target and not for a negative one.
public struct FocalLoss: Sendable, Equatable {
    /// Weight of positive targets.
    public let alpha: Double
    /// How much well-classified entries are discounted.
    public let gamma: Double
    /// Weight of each class; empty where all have the weight 1.
    public let classWeights: [Float]

    public init(alpha: Double = 0.25, gamma: Double = 2, classWeights: [Float] = []) {
        self.alpha = alpha
        self.gamma = gamma
        self.classWeights = classWeights
    }

    /// The sum over the rows that count, a scalar.
    ///
    /// - Parameters:
    ///   - logits: `[rows, classes]`
    ///   - targets: `[rows, classes]`, row-major.
    ///   - rows: the rows that count.
    ///   - weights: `[entries]`, factors on some entries, which receive gradients too.
    ///   - weighted: the places of those entries among all; each at most once, in rows that count.
    public func sum(
        _ logits: Tensor, targets: [Float], rows: [Range<Int>], weights: Tensor? = nil, weighted: [Int] = []
    ) -> Tensor {
        let classes = logits.shape[logits.rank - 1]
        precondition(logits.count == targets.count, "\(targets.count) targets for logits \(logits.shape)")
        precondition(weights?.count ?? 0 == weighted.count, "\(weights?.count ?? 0) weights of \(weighted.count)")
        precondition(
            classWeights.isEmpty || classWeights.count == classes, "\(classWeights.count) weights of \(classes) classes"
        )
        var total = 0.0
        var weightSlopes: [Float] = []
        let slopes = Tensor(logits.shape) { slopes in
            slopes.update(repeating: 0)
            logits.withElements { logits in
                for range in rows {
                    for index in (range.lowerBound * classes)..<(range.upperBound * classes) {
                        let (value, slope) = entry(
                            logit: Double(logits[index]), target: Double(targets[index]), label: index % classes)
                        total += value
                        slopes[index] = Float(slope)
                    }
                }
                for (weight, index) in zip(weights?.elements ?? [], weighted) {
                    let (value, slope) = entry(
                        logit: Double(logits[index]), target: Double(targets[index]), label: index % classes)
                    total += value * (Double(weight) - 1)
                    slopes[index] = Float(slope * Double(weight))
                    weightSlopes.append(Float(value))
                }
            }
        }
        guard let weights else { return .custom(Tensor(Float(total)), inputs: [logits]) { [slopes * $0] } }
        let byWeight = Tensor(weightSlopes)
        return .custom(Tensor(Float(total)), inputs: [logits, weights]) { [slopes * $0, byWeight * $0] }
    }

    /// The loss of one entry of a class and its derivative by the logit.
    private func entry(logit: Double, target: Double, label: Int) -> (value: Double, slope: Double) {
        let (value, slope) = entry(logit: logit, target: target)
        guard !classWeights.isEmpty else { return (value, slope) }
        let factor = 1 + (Double(classWeights[label]) - 1) * target
        return (value * factor, slope * factor)
    }

    /// The loss of one entry and its derivative by the logit, without class weights.
    func entry(logit z: Double, target y: Double) -> (value: Double, slope: Double) {
        let decay = exp(-abs(z))
        let p = z >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
        let crossEntropy = max(z, 0) - z * y + log1p(decay)
        let alphaT = alpha * y + (1 - alpha) * (1 - y)
        let miss = 1 - (p * y + (1 - p) * (1 - y))
        let focus = gamma == 2 ? miss * miss : pow(miss, gamma)
        let focusSlope = gamma == 2 ? 2 * miss : (miss > 0 ? gamma * pow(miss, gamma - 1) : 0)
        let missSlope = (1 - 2 * y) * p * (1 - p)
        return (alphaT * crossEntropy * focus, alphaT * ((p - y) * focus + crossEntropy * focusSlope * missSlope))
    }
}
