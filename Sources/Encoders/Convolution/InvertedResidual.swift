internal import CKernels
import Tensors

/// A block of MobileNetV2 (Sandler et al., 2018) without squeeze-and-excitation: a pointwise convolution that widens, a filter for
/// each channel, a pointwise convolution that narrows. ReLU6 follows the first two. Batch normalisations are part of the weights.
struct InvertedResidual: Sendable {
    /// `[hidden, inputs]`; nil where nothing is widened.
    let expand: PointwiseLayer?
    /// `[hidden, kernel · kernel]`
    let filter: LinearWeights
    /// `[outputs, hidden]`
    let project: PointwiseLayer
    /// Side of the filter, and pixels from one of its positions to the next.
    let kernel: Int
    let stride: Int
    /// Whether the input is added to the result.
    let addsInput: Bool

    var hidden: Int { filter.weight.shape[0] }
    var outputs: Int { project.weights.weight.shape[0] }

    /// The filter's weights with channels side by side: `[kernel · kernel, hidden]`.
    let taps: Tensor

    init(
        expand: PointwiseLayer?, filter: LinearWeights, project: PointwiseLayer, kernel: Int, stride: Int,
        addsInput: Bool
    ) {
        (self.expand, self.filter, self.project) = (expand, filter, project)
        (self.kernel, self.stride, self.addsInput) = (kernel, stride, addsInput)
        // Before anything is loaded, weights have no values.
        taps = filter.weight.rank == 2 ? filter.weight.transposed([1, 0]) : filter.weight
    }

    /// - Parameter x: `[rows, columns, inputs]`
    func callAsFunction(_ x: Tensor) -> Tensor {
        let wide = expand?(x, clips: true) ?? x
        let filter = tal_filter(kernel: kernel, stride: stride, rows: x.shape[0], columns: x.shape[1])
        let rows = filter.outRows
        let filtered = Tensor([rows, filter.out_columns, hidden]) { target in
            wide.withElements { wide in
                taps.withElements { taps in
                    (self.filter.bias ?? .zeros([hidden])).withElements { bias in
                        tal_depthwise_rows(
                            target.baseAddress, wide.baseAddress, taps.baseAddress, bias.baseAddress, hidden, filter, 0,
                            rows)
                    }
                }
            }
        }
        return project(filtered, adding: addsInput ? x : nil)
    }
}

extension tal_filter {
    /// A filter over a picture that is filled up with zeros as TensorFlow's "SAME" does: as many positions as strides fit into
    /// the picture, with the larger half of what is missing below and right.
    init(kernel: Int, stride: Int, rows: Int, columns: Int) {
        func before(_ length: Int) -> Int {
            max(0, ((length + stride - 1) / stride - 1) * stride + kernel - length) / 2
        }
        self.init(
            rows: rows, columns: columns, out_columns: (columns + stride - 1) / stride, kernel: kernel, stride: stride,
            above: before(rows), before: before(columns))
    }

    /// Rows of the output.
    var outRows: Int { (rows + stride - 1) / stride }

    /// The rows of the input that some rows of the output need.
    func needed(for rows: Range<Int>) -> Range<Int> {
        max(0, rows.lowerBound * stride - above)..<min(self.rows, (rows.upperBound - 1) * stride - above + kernel)
    }
}
