/// What the annotated segments of a sequence mean for every proposal and every position.
struct ProposalLabels: Sendable, Equatable {
    let length: Int
    let durations: Int
    /// `[durations, length]`: the largest overlap of the proposal that begins at a position with a segment; 0 where the
    /// proposal reaches beyond the sequence.
    var overlaps: [Float]
    /// `[length]`: the largest share of the interval around a position that lies near the start of a segment.
    var starts: [Float]
    /// The same for ends.
    var ends: [Float]
    /// How near a boundary is, in positions to each side.
    static let boundaryReach: Float = 1.5

    /// - Parameters:
    ///   - segments: in positions of the sequence, where position `i` is the middle of the cell `[i - 1/2, i + 1/2]`.
    ///   - boundaryWidth: width of the interval around a position.
    ///   - offset: where the first cell begins, -1/2; the authors' code for THUMOS14 rounds it toward zero.
    init(
        segments: [(start: Float, end: Float)], length: Int, durations: Int, boundaryWidth: Float, offset: Float = -0.5
    ) {
        self.length = length
        self.durations = durations
        overlaps = Array(repeating: 0, count: durations * length)
        starts = Array(repeating: 0, count: length)
        ends = Array(repeating: 0, count: length)
        for segment in segments {
            addOverlaps(
                start: min(max(segment.start - offset, 0), Float(length)),
                end: min(max(segment.end - offset, 0), Float(length)))
            for position in 0..<length {
                func share(_ boundary: Float) -> Float {
                    let low = max(Float(position) - boundaryWidth / 2, boundary - Self.boundaryReach)
                    let high = min(Float(position) + boundaryWidth / 2, boundary + Self.boundaryReach)
                    return max(0, high - low) / boundaryWidth
                }
                starts[position] = max(starts[position], share(segment.start))
                ends[position] = max(ends[position], share(segment.end))
            }
        }
    }

    private mutating func addOverlaps(start: Float, end: Float) {
        for duration in 0..<durations {
            for position in 0..<max(0, length - duration) {
                let (low, high) = (Float(position), Float(position + duration + 1))
                let overlap = max(0, min(high, end) - max(low, start))
                let union = Float(duration + 1) + (end - start) - overlap
                let cell = duration * length + position
                if union > 0 { overlaps[cell] = max(overlaps[cell], overlap / union) }
            }
        }
    }

    /// Whether a cell's proposal lies inside the sequence.
    func isInside(_ cell: Int) -> Bool { cell / length + cell % length < length }
}
