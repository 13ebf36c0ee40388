import Networks
import Tensors

extension SequenceMask {
    /// A mask without padding for a batch of sequences, `[batch, time, …]`.
    static func full(like x: Tensor) -> SequenceMask {
        SequenceMask(lengths: Array(repeating: x.shape[1], count: x.shape[0]), paddedLength: x.shape[1])
    }

    /// One over the number of real positions of each item times `count`, in the given shape.
    private func shares(of count: Int, shape: [Int]) -> Tensor {
        Tensor(lengths.map { 1 / Float(max(1, $0 * count)) }, shape: shape)
    }

    /// The mean over real positions, `[batch, 1, channels]`, of a sequence with zeros at the others.
    func mean(of x: Tensor) -> Tensor {
        x.sum(axes: [1], keepsAxes: true) * shares(of: 1, shape: [lengths.count, 1, 1])
    }

    /// Group normalisation with the statistics of real positions; `[batch, time, channels]` for the same, zero elsewhere.
    func groupNormalized(_ x: Tensor, by norm: GroupNorm) -> Tensor {
        guard !isFull else { return norm(x) }
        let normalized = groupNormalized(x, groups: norm.groups, epsilon: norm.epsilon)
        return self(normalized * norm.weight(with: x) + norm.bias(with: x))
    }

    /// The same without learned factors.
    func groupNormalized(_ x: Tensor, groups: Int, epsilon: Float = 1e-5) -> Tensor {
        let size = x.shape[2] / groups
        let grouped = self(x).reshaped([x.shape[0], x.shape[1], groups, size])
        let share = shares(of: size, shape: [lengths.count, 1, 1, 1])
        let centred = self(grouped - grouped.sum(axes: [1, 3], keepsAxes: true) * share)
        let variance = centred.squared().sum(axes: [1, 3], keepsAxes: true) * share
        return (centred / (variance + epsilon).squareRoot()).reshaped(x.shape)
    }
}
