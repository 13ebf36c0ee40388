public import Tensors

/// Which positions of a padded batch are real: the first of each item.
public struct SequenceMask: Sendable, Equatable {
    /// Number of real positions of each item.
    public let lengths: [Int]
    /// Number of positions with padding.
    public let paddedLength: Int

    public init(lengths: [Int], paddedLength: Int) {
        precondition(lengths.allSatisfy { (0...paddedLength).contains($0) }, "\(lengths) in \(paddedLength)")
        self.lengths = lengths
        self.paddedLength = paddedLength
    }

    /// Whether there is no padding at all.
    public var isFull: Bool { lengths.allSatisfy { $0 == paddedLength } }

    /// The mask of every `stride`-th position, from the first.
    public func downsampled(by stride: Int) -> SequenceMask {
        precondition(paddedLength % stride == 0, "length \(paddedLength) is no multiple of \(stride)")
        return SequenceMask(lengths: lengths.map { ($0 + stride - 1) / stride }, paddedLength: paddedLength / stride)
    }

    /// `x`, `[batch, time, channels]`, with zeros at padded positions.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard !isFull else { return x }
        return .custom(zeroingPadding(of: x.detached), inputs: [x]) { [zeroingPadding(of: $0)] }
    }

    /// `[batch, time]`, 1 where a position is real; `nil` where all are.
    public var tensor: Tensor? {
        guard !isFull else { return nil }
        return Tensor([lengths.count, paddedLength]) { target in
            for (item, length) in lengths.enumerated() {
                for time in 0..<paddedLength { target[item * paddedLength + time] = time < length ? 1 : 0 }
            }
        }
    }

    private func zeroingPadding(of x: Tensor) -> Tensor {
        precondition(x.shape[0] == lengths.count && x.shape[1] == paddedLength, "mask of \(self) on \(x.shape)")
        let row = x.count / max(1, lengths.count * paddedLength)
        var result = x
        result.withMutableElements { elements in
            for (item, length) in lengths.enumerated() {
                elements[((item * paddedLength + length) * row)..<((item + 1) * paddedLength * row)].update(
                    repeating: 0)
            }
        }
        return result
    }
}
