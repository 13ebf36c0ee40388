import Tensors

/// What one sequence is trained towards by a head with a map of proposals: labels with their weights in the loss, which
/// are balanced over the whole batch.
public struct ProposalMapTargets: Sendable {
    let labels: ProposalLabels
    /// Weight of each cell in the regression of overlaps.
    let regression: [Float]
    /// Weights of each cell's score and of what it lacks to 1 in the classification of overlaps.
    let positiveCells: [Float]
    let negativeCells: [Float]
    /// The same for positions as starts and as ends.
    let starts: (positive: [Float], negative: [Float])
    let ends: (positive: [Float], negative: [Float])
}

/// Balances the labels of a batch (Lin et al., "BMN", 2019, section 4.3; Xu et al., "G-TAD", 2020, section 3.4).
struct ProposalMapBalance: Sendable {
    /// Cells added to the positive ones, and again to all, in the classification.
    let prior: Double
    /// Whether draws are compared with a bound below 0, where there are few cells of medium or low overlap, in every cell.
    var compatibility = HeadCompatibility.fixed
    /// Bounds of the number of entries to each positive one, which keep weights moderate where positives are few or many.
    var ratios: ClosedRange<Double>?
    /// Overlaps above this are high in the regression, those above ``mediumOverlap`` medium, other positive ones low.
    static let highOverlap: Float = 0.7
    static let mediumOverlap: Float = 0.3
    /// Overlaps above this are positive in the classification.
    static let positiveOverlap: Float = 0.9
    /// Shares above this make a position a boundary.
    static let boundaryShare: Float = 0.5

    /// - Parameter generator: draws which cells of medium and low overlap count.
    func targets(_ labels: [ProposalLabels], using generator: inout RandomGenerator) -> [ProposalMapTargets] {
        let count = labels.first?.overlaps.count ?? 0
        func draws() -> [[Float]] { labels.map { _ in (0..<count).map { _ in Float(generator.uniform()) } } }
        let medium = draws()
        return targets(labels, medium: medium, low: draws())
    }

    /// - Parameters:
    ///   - medium: uniform numbers for the cells of each sequence; those of medium overlap that exceed a bound count.
    ///   - low: the same for low overlap.
    func targets(_ labels: [ProposalLabels], medium: [[Float]], low: [[Float]]) -> [ProposalMapTargets] {
        let regression = regressionWeights(labels, medium: medium, low: low)
        let cells = classificationWeights(labels)
        let starts = boundaryWeights(labels.map(\.starts)), ends = boundaryWeights(labels.map(\.ends))
        return labels.indices.map { item in
            ProposalMapTargets(
                labels: labels[item], regression: regression[item], positiveCells: cells[item].positive,
                negativeCells: cells[item].negative, starts: starts[item], ends: ends[item])
        }
    }

    /// As many cells of medium and of low overlap are kept, on average, as there are of high overlap.
    private func regressionWeights(
        _ labels: [ProposalLabels], medium: [[Float]], low: [[Float]]
    ) -> [[Float]] {
        func isHigh(_ overlap: Float) -> Bool { overlap > Self.highOverlap }
        func isMedium(_ overlap: Float) -> Bool { overlap > Self.mediumOverlap && overlap <= Self.highOverlap }
        func isLow(_ overlap: Float) -> Bool { overlap > 0 && overlap <= Self.mediumOverlap }
        func count(_ test: (Float) -> Bool) -> Float {
            Float(labels.reduce(0) { $0 + $1.overlaps.reduce(0) { $0 + (test($1) ? 1 : 0) } })
        }
        let high = count(isHigh)
        let mediumBound = 1 - high / max(count(isMedium), 1), lowBound = 1 - high / max(count(isLow), 1)
        func counts(_ draw: Float, _ isOfKind: Bool, _ bound: Float) -> Float {
            switch compatibility {
            case .fixed: isOfKind && draw > bound ? 1 : 0
            case .official: (isOfKind ? draw : 0) > bound ? 1 : 0
            }
        }
        let weights = labels.indices.map { item in
            labels[item].overlaps.indices.map { cell -> Float in
                let overlap = labels[item].overlaps[cell]
                return (isHigh(overlap) ? 1 : 0) + counts(medium[item][cell], isMedium(overlap), mediumBound)
                    + counts(low[item][cell], isLow(overlap), lowBound)
            }
        }
        let total = max(weights.reduce(0) { $0 + $1.reduce(0, +) }, 1)
        // Weights above 1 only occur in compatibility; the authors' code squares them with the error.
        return weights.map { $0.map { $0 * $0 / total } }
    }

    private func classificationWeights(_ labels: [ProposalLabels]) -> [(positive: [Float], negative: [Float])] {
        var (positives, negatives) = (prior, prior)
        for item in labels {
            for (cell, overlap) in item.overlaps.enumerated() where item.isInside(cell) {
                if overlap > Self.positiveOverlap { positives += 1 } else { negatives += 1 }
            }
        }
        positives = max(positives, 1)
        let entries = positives + negatives
        let (positive, negative) = coefficients(positives: positives, entries: entries)
        return labels.map { item in
            let isPositive = item.overlaps.map { $0 > Self.positiveOverlap }
            return (
                isPositive.map { $0 ? Float(positive / entries) : 0 },
                isPositive.indices.map { item.isInside($0) && !isPositive[$0] ? Float(negative / entries) : 0 }
            )
        }
    }

    private func boundaryWeights(_ labels: [[Float]]) -> [(positive: [Float], negative: [Float])] {
        let entries = Double(labels.reduce(0) { $0 + $1.count })
        let positives = Double(labels.reduce(0) { $0 + $1.reduce(0) { $0 + ($1 > Self.boundaryShare ? 1 : 0) } })
        let (positive, negative) = coefficients(positives: positives, entries: entries)
        return labels.map { item in
            (
                item.map { $0 > Self.boundaryShare ? Float(positive / entries) : 0 },
                item.map { $0 > Self.boundaryShare ? 0 : Float(negative / entries) }
            )
        }
    }

    /// Factors that give positive and negative entries the same weight altogether; finite where there are none of a kind.
    private func coefficients(positives: Double, entries: Double) -> (positive: Double, negative: Double) {
        var ratio = entries / max(positives, 1)
        if let ratios { ratio = min(max(ratio, ratios.lowerBound), ratios.upperBound) }
        return (0.5 * ratio, ratio > 1 ? 0.5 * ratio / (ratio - 1) : 0)
    }
}
