/// The corner cases that a ``EvaluationProtocol/Compatibility`` stands for.
struct EvaluationRules {
    /// Which of several equal scores or tIoUs comes first.
    enum TieOrder {
        /// By video id, start and end, so that the order of the files does not matter.
        case byContent
        /// The last in the file; a stable ascending sort read backwards.
        case lastFirst
    }

    var ties = TieOrder.byContent
    /// Whether a tIoU of 0/0 counts as the best match of all (NaN in the reference evaluators).
    var emptyUnionIsHit = false
    /// Two ground-truth segments of one label count as one if start and end each differ by at most this many seconds; nil keeps all.
    var duplicateTolerance: Double? = 1e-3
    /// Whether ground truth of this length, in seconds, is left out.
    var isTooShort: @Sendable (_ length: Double) -> Bool = { $0 <= 0 }

    init(_ compatibility: EvaluationProtocol.Compatibility) {
        switch compatibility {
        case .plain: break
        case .official:
            ties = .lastFirst
            emptyUnionIsHit = true
            duplicateTolerance = nil
            isTooShort = { _ in false }
        case .actionformer:
            ties = .lastFirst
            emptyUnionIsHit = true
            isTooShort = { $0 < 1e-3 }
        case .tridet:
            ties = .lastFirst
            emptyUnionIsHit = true
            isTooShort = { $0 == 0 }
        case .opentad:
            ties = .lastFirst
        }
    }
}
