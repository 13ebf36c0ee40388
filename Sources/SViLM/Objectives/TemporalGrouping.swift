import Configuration
public import Tensors

/// Intra-clip temporal grouping: the clip features of a blended video must tell its own part from the pasted one (L_t; paper,
/// section 3.1).
///
/// With `z` the normalised clip features, `c` the normalised mean of those of one part, and `a` the softmax of
/// `[z·c_own, z·c_pasted] / τ`, the loss is the mean square of `a - onehot(mask)`.
///
/// As the paper states it, a clip feature is part of the centre it is compared with, so that features which merely differ
/// from one another satisfy the loss whatever the video shows; a code of the position in time does. ``Form/leaveOneOut``
/// compares each feature with centres made without it.
public struct TemporalGrouping: Sendable {
    /// What a centre is made of.
    public enum Form: String, Codable, Sendable, CaseIterable {
        /// Of all features of its part.
        case paper
        /// Of all features of its part but the one that is compared with it.
        case leaveOneOut = "leave-one-out"
    }

    /// Temperature τ.
    public var temperature: Float
    public var form: Form

    public init(temperature: Float = 0.1, form: Form = .paper) {
        self.temperature = temperature
        self.form = form
    }

    /// The loss, a scalar.
    ///
    /// - Parameters:
    ///   - clipFeatures: `[batch, times, channels]`, of any length.
    ///   - mask: `[batch, times]`, 1 where a time is the clip's own. With leave-one-out centres a feature that is alone in
    ///     its part is left out; where nothing is left the loss is 0.
    public func loss(_ clipFeatures: Tensor, mask: Tensor) -> Tensor {
        let (own, weights) = ownShare(clipFeatures, mask: mask)
        // Both entries of `a - onehot` have the same square.
        let total = max(weights.elements.reduce(0, +), 1)
        return ((own - mask).squared() * weights).sum() * (1 / total)
    }

    /// The share that each feature gives to the clip's own part, `[batch, times]`, and how much it counts, 0 or 1.
    func ownShare(_ clipFeatures: Tensor, mask: Tensor) -> (share: Tensor, weights: Tensor) {
        let (batch, times) = (clipFeatures.shape[0], clipFeatures.shape[1])
        precondition(mask.shape == [batch, times], "mask \(mask.shape) for clip features \(clipFeatures.shape)")
        let z = clipFeatures.l2Normalized()
        let own = mask.detached.reshaped([batch, times, 1])
        let pasted = 1 - own
        var ownCentre = (z * own).sum(axes: [1], keepsAxes: true)
        var pastedCentre = (z * pasted).sum(axes: [1], keepsAxes: true)
        var weights = Tensor.ones([batch, times])
        if form == .leaveOneOut {
            ownCentre = ownCentre - z * own
            pastedCentre = pastedCentre - z * pasted
            let counts = mask.detached.sum(axes: [1], keepsAxes: true).elements
            let flags = mask.elements
            weights = Tensor([batch, times]) { target in
                for index in target.indices {
                    let ownCount = counts[index / times]
                    let companions = (flags[index] > 0.5 ? ownCount : Float(times) - ownCount) - 1
                    let others = flags[index] > 0.5 ? Float(times) - ownCount : ownCount
                    target[index] = companions > 0 && others > 0 ? 1 : 0
                }
            }
        }
        let towardsOwn = (z * ownCentre.l2Normalized()).sum(axes: [2])
        let towardsPasted = (z * pastedCentre.l2Normalized()).sum(axes: [2])
        // A softmax over two is a sigmoid of the difference.
        return (((towardsOwn - towardsPasted) * (1 / temperature)).sigmoid(), weights)
    }
}
