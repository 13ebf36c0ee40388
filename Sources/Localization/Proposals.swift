import Files
import Tensors

/// Scored segments of one video as parallel arrays, on the feature grid unless said otherwise.
///
/// Positions are `Float` because heads produce them so and because suppression is defined in that precision.
public struct Proposals: Sendable, Equatable {
    /// Where each segment begins.
    public var starts: [Float]
    /// Where each segment ends.
    public var ends: [Float]
    /// Confidence of each segment; higher is better.
    public var scores: [Float]
    /// Index of the class of each segment.
    public var labels: [Int]

    public init(starts: [Float] = [], ends: [Float] = [], scores: [Float] = [], labels: [Int] = []) {
        precondition(
            starts.count == ends.count && starts.count == scores.count && starts.count == labels.count,
            "\(starts.count) starts, \(ends.count) ends, \(scores.count) scores, \(labels.count) labels")
        self.starts = starts
        self.ends = ends
        self.scores = scores
        self.labels = labels
    }

    /// Number of segments.
    public var count: Int { scores.count }
    /// Whether there is none.
    public var isEmpty: Bool { scores.isEmpty }

    /// Appends one segment.
    public mutating func append(start: Float, end: Float, score: Float, label: Int) {
        starts.append(start)
        ends.append(end)
        scores.append(score)
        labels.append(label)
    }

    /// Appends all segments of `other`.
    public mutating func append(contentsOf other: Proposals) {
        starts += other.starts
        ends += other.ends
        scores += other.scores
        labels += other.labels
    }

    /// The segments moved to later positions.
    func shifted(by positions: Float) -> Proposals {
        guard positions != 0 else { return self }
        var result = self
        result.starts = starts.map { $0 + positions }
        result.ends = ends.map { $0 + positions }
        return result
    }

    /// The best score of each class among the segments that cover each position, `[length, classes]`; 0 where none does.
    func bestScores(length: Int, classes: Int) -> Tensor {
        Tensor([length, classes]) { best in
            for index in 0..<(length * classes) { best[index] = 0 }
            for index in 0..<count {
                guard starts[index].isFinite, ends[index].isFinite else { continue }
                let first = max(0, starts[index].rounded(.up)),
                    last = min(Float(length - 1), ends[index].rounded(.down))
                guard first <= last else { continue }
                for position in Int(first)...Int(last) {
                    let place = position * classes + labels[index]
                    best[place] = max(best[place], scores[index])
                }
            }
        }
    }

    /// The segments at `indices`, in that order.
    public func selecting(_ indices: [Int]) -> Proposals {
        Proposals(
            starts: indices.map { starts[$0] }, ends: indices.map { ends[$0] },
            scores: indices.map { scores[$0] }, labels: indices.map { labels[$0] })
    }

    /// Indices by descending score; equal scores keep their order.
    var descendingOrder: [Int] {
        // The index breaks ties, so the order does not depend on whether the library's sort is stable.
        scores.indicesByDescending { $0 }
    }
}
