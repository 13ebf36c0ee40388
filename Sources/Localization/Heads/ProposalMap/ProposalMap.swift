public import Tensors

/// What a head with a map of proposals computes.
public struct ProposalMap {
    /// `[batch, durations, time, 2]`: the overlap of every proposal with an action, once regressed and once classified.
    public var overlaps: Tensor
    /// `[batch, time]`: the probability that an action starts at a position.
    public var starts: Tensor
    /// The same for ends.
    public var ends: Tensor
    /// Real positions of each item.
    public var lengths: [Int]

    /// The weighted losses of boundaries, of the regression and of the classification of overlaps.
    ///
    /// - Parameter epsilon: added to what the logarithm is taken of.
    func losses(_ targets: [ProposalMapTargets], epsilon: Double) -> [Tensor] {
        func map(_ channel: Int) -> Tensor { overlaps.slice(axis: 3, channel..<(channel + 1)) }
        let crossEntropy = WeightedCrossEntropy(epsilon: epsilon)
        let boundaries =
            crossEntropy.sum(
                starts, positive: targets.flatMap(\.starts.positive), negative: targets.flatMap(\.starts.negative))
            + crossEntropy.sum(
                ends, positive: targets.flatMap(\.ends.positive), negative: targets.flatMap(\.ends.negative))
        let regression = WeightedSquaredError().sum(
            map(0), targets: targets.flatMap(\.labels.overlaps), weights: targets.flatMap(\.regression))
        let classification = crossEntropy.sum(
            map(1), positive: targets.flatMap(\.positiveCells), negative: targets.flatMap(\.negativeCells))
        return [boundaries, regression, classification]
    }

    /// The proposals of each item inside its real positions, scored by a function of the two overlaps and the probabilities
    /// of the first and the last position to be boundaries.
    func proposals(
        settings: PostProcessingSettings, candidates: ProposalCandidates,
        score: (_ regressed: Float, _ classified: Float, _ start: Float, _ end: Float) -> Float
    ) -> [Proposals] {
        let (durations, time) = (overlaps.shape[1], overlaps.shape[2])
        let selection = ProposalSelection(settings)
        let (starts, ends) = (starts.elements, ends.elements)
        return lengths.enumerated().map { item, length in
            let real = (item * time)..<(item * time + length)
            let mayStart = candidates.boundaries(starts[real], always: 0)
            let mayEnd = candidates.boundaries(ends[real], always: length - 1)
            let scores = overlaps.withElements { overlaps in
                (0..<(durations * time)).map { cell -> Float in
                    let (duration, position) = cell.quotientAndRemainder(dividingBy: time)
                    let last = position + duration
                    // Below any threshold.
                    guard last < length, mayStart[position], mayEnd[last] else { return -.infinity }
                    let place = 2 * (item * durations * time + cell)
                    return score(
                        overlaps[place], overlaps[place + 1], starts[item * time + position], ends[item * time + last])
                }
            }
            return selection.select(scores: scores, classes: 1) { cell, _ in
                let (duration, position) = cell.quotientAndRemainder(dividingBy: time)
                return (Float(position) - 0.5, Float(position + duration) + 0.5)
            }
        }
    }
}
