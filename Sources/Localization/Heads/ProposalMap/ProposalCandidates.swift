/// Which proposals a head with a map of proposals takes.
public enum ProposalCandidates: String, Codable, Sendable, CaseIterable {
    /// All of them.
    case all
    /// Those that begin and end at likely boundaries: where the probability is higher than at both neighbours or more than
    /// half the highest of the sequence; and always at the first start and the last end (Lin et al., "BMN", 2019, section
    /// 4.4, and the authors' code of G-TAD for ActivityNet).
    case peaks

    /// Which positions of a sequence may be boundaries.
    ///
    /// - Parameters:
    ///   - probabilities: of the real positions.
    ///   - always: a position that may be one in any case.
    func boundaries(_ probabilities: ArraySlice<Float>, always: Int) -> [Bool] {
        guard self == .peaks, let highest = probabilities.max() else {
            return [Bool](repeating: true, count: probabilities.count)
        }
        let values = Array(probabilities)
        return values.indices.map { position in
            if position == always || values[position] > 0.5 * highest { return true }
            guard position > 0, position < values.count - 1 else { return false }
            return values[position] > values[position - 1] && values[position] > values[position + 1]
        }
    }
}
