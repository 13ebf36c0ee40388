import Annotations
import Features
import Tensors

/// The mean of a video's feature vectors over a segment, each weighted by the share of its window inside the segment.
enum SegmentMean {
    /// `[segments, channels]` for features `[time, channels]` of at least one row.
    static func of(_ features: Tensor, segments: [Segment], grid: SnippetGrid) -> Tensor {
        let count = features.shape[0]
        let rows = segments.flatMap { segment -> [Float] in
            let weights = weights(of: segment, count: count, grid: grid)
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        return Tensor(rows, shape: [segments.count, count]).matmul(features)
    }

    /// The share of each snippet's window that lies inside a segment; where no window touches it, 1 for the nearest.
    static func weights(of segment: Segment, count: Int, grid: SnippetGrid) -> [Float] {
        let length = grid.windowFrames / grid.framesPerSecond
        var weights = (0..<count).map { index -> Float in
            let start = grid.seconds(at: Double(index)) - length / 2
            let inside = min(segment.end, start + length) - max(segment.start, start)
            return Float(max(0, inside / length))
        }
        if weights.allSatisfy({ $0 <= 0 }), count > 0 {
            let nearest = grid.position(at: (segment.start + segment.end) / 2).rounded()
            weights[Int(min(max(nearest, 0), Double(count - 1)))] = 1
        }
        return weights
    }
}
