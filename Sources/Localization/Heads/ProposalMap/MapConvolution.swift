public import Networks
public import Tensors

/// Convolution over the two axes of a map, zeros outside, that keeps its size.
public struct MapConvolution: Module {
    /// `[kernel, kernel, out, in]`
    public let weight: Parameter
    /// `[out]`
    public let bias: Parameter

    init(_ inputs: Int, _ outputs: Int, kernel: Int, using generator: inout RandomGenerator) {
        weight = Parameter(
            Initialization.kaimingUniform(
                [kernel, kernel, outputs, inputs], fanIn: inputs * kernel * kernel,
                fanOut: outputs * kernel * kernel, using: &generator))
        bias = Parameter(.zeros([outputs]), decays: false)
    }

    /// `[batch, rows, columns, out]` for `[batch, rows, columns, in]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let weight = weight(with: x)
        let (kernel, outputs, inputs) = (weight.shape[0], weight.shape[2], weight.shape[3])
        let (batch, rows, columns) = (x.shape[0], x.shape[1], x.shape[2])
        guard kernel > 1 else { return x.linear(weight.reshaped([outputs, inputs]), bias: bias(with: x)) }
        // Each row of the kernel is a convolution over the columns of shifted rows.
        let padded = x.padded(axis: 1, before: kernel / 2, after: kernel / 2)
        var sum: Tensor?
        for row in 0..<kernel {
            let part = padded.slice(axis: 1, row..<(row + rows)).reshaped([batch * rows, columns, inputs])
                .convolution(
                    weight.slice(axis: 0, row..<(row + 1)).reshaped([kernel, outputs, inputs]),
                    bias: row == 0 ? bias(with: x) : nil, padding: kernel / 2)
            sum = sum.map { $0 + part } ?? part
        }
        return (sum ?? x).reshaped([batch, rows, columns, outputs])
    }
}
