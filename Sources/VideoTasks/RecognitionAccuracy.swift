public import Networks
public import Tensors

/// Fractions of samples whose label is among the best one or five.
public struct RecognitionAccuracy: Hashable, Codable, Sendable {
    public var top1: Double
    public var top5: Double
    public var samples: Int

    /// - Parameters:
    ///   - scores: `[samples, labels]`
    ///   - labels: the name of each column.
    ///   - wanted: the right name for each sample.
    public init(scores: Tensor, labels: [String], wanted: [String]) {
        precondition(
            scores.shape == [wanted.count, labels.count], "scores \(scores.shape) for \(wanted.count) samples")
        let all = scores.elements
        var first = 0, five = 0
        for (row, name) in wanted.enumerated() {
            guard let column = labels.firstIndex(of: name) else { continue }
            let own = all[row * labels.count + column]
            // Equal scores count against the right label, so that a constant classifier earns nothing.
            let better = labels.indices.count { $0 != column && all[row * labels.count + $0] >= own }
            if better < 1 { first += 1 }
            if better < 5 { five += 1 }
        }
        samples = wanted.count
        top1 = samples > 0 ? Double(first) / Double(samples) : 0
        top5 = samples > 0 ? Double(five) / Double(samples) : 0
    }
}

extension LinearProbe {
    /// How often the right label is the best, and among the best five. A label that training did not have is never right.
    public func accuracy(_ features: Tensor, labels wanted: [String]) -> RecognitionAccuracy {
        RecognitionAccuracy(scores: self(features), labels: labels, wanted: wanted)
    }
}
