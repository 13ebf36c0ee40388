internal import CKernels
import Tensors

/// A network for single pictures: a convolution with stride 2, inverted residuals, a pointwise convolution and the mean over all
/// pixels. Batch normalisations are part of the weights.
public struct ConvolutionalNetwork: Sendable {
    /// `[channels, 27]`: a filter of 3 x 3 pixels of three colours, and ReLU6.
    let stem: PointwiseLayer
    let blocks: [InvertedResidual]
    /// `[channels, inputs]`, and ReLU6.
    let head: PointwiseLayer
    /// `[classes, channels]`; nil where a file has none.
    let classifier: LinearWeights?
    /// Tensors of the file that have no use.
    public let leftOver: [String]

    /// Values of a feature.
    var channels: Int { head.weights.weight.shape[0] }
    var stemChannels: Int { stem.weights.weight.shape[0] }

    /// Receives the name of a stage and its values: `[rows, columns, channels]`, or `[channels]` at the end.
    typealias Observer = (String, Tensor) -> Void

    /// The feature of one picture, as the network is defined.
    ///
    /// - Parameter pixels: `[rows, columns, 3]`, normalised.
    /// - Returns: `[channels]`
    func run(_ pixels: Tensor, observe: Observer? = nil) -> Tensor {
        let filter = tal_filter(kernel: 3, stride: 2, rows: pixels.shape[0], columns: pixels.shape[1])
        let patches = Tensor([filter.outRows, filter.out_columns, 27]) { target in
            pixels.withElements {
                tal_filter_rows(target.baseAddress, 27, $0.baseAddress, filter, 0, filter.outRows)
            }
        }
        var x = stem(patches, clips: true)
        observe?("stem", x)
        for (index, block) in blocks.enumerated() {
            x = block(x)
            observe?("block_\(index)", x)
        }
        x = head(x, clips: true)
        observe?("head", x)
        let pooled = x.mean(axes: [0, 1])
        observe?("pooled", pooled)
        return pooled
    }

    /// The scores of the classes, where the file has a classifier.
    ///
    /// - Parameter feature: `[channels]`
    /// - Returns: `[classes]`
    func scores(_ feature: Tensor) -> Tensor? {
        classifier.map { $0(feature.reshaped([1, feature.count])).reshaped([$0.weight.shape[0]]) }
    }
}
