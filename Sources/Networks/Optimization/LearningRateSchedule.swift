import Foundation

/// The learning rate of each step, counted from 0.
public enum LearningRateSchedule: Sendable, Hashable {
    /// Always the same.
    case constant(Double)
    /// Rises linearly from exactly 0 to `base` over `warmupSteps` steps, then falls along half a cosine to `final` at
    /// `totalSteps`. The last warm-up step and the first after it both have the full rate, as in the reference code of
    /// ActionFormer.
    case warmupCosine(base: Double, warmupSteps: Int, totalSteps: Int, final: Double)
    /// Rises linearly as above, then is multiplied by `factor` at each milestone (a step number).
    case warmupSteps(base: Double, warmupSteps: Int, milestones: [Int], factor: Double)

    /// The rate of step `step`.
    public func rate(at step: Int) -> Double {
        switch self {
        case .constant(let rate):
            return rate
        case .warmupCosine(let base, let warmup, let total, let final):
            if step < warmup { return Self.warmup(base, step: step, steps: warmup) }
            guard total > warmup else { return base }
            let progress = min(1, Double(step - warmup) / Double(total - warmup))
            return final + 0.5 * (base - final) * (1 + cos(.pi * progress))
        case .warmupSteps(let base, let warmup, let milestones, let factor):
            if step < warmup { return Self.warmup(base, step: step, steps: warmup) }
            return milestones.reduce(base) { step >= $1 ? $0 * factor : $0 }
        }
    }

    private static func warmup(_ base: Double, step: Int, steps: Int) -> Double {
        steps > 1 ? base * Double(step) / Double(steps - 1) : base
    }
}
