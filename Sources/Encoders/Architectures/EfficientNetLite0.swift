import Tensors

/// EfficientNet-Lite0 (Tan and Le, 2019, in the variant that TensorFlow published for small devices in 2020), trained to classify
/// pictures of ImageNet-1k.
///
/// | stage | block | blocks | channels | filter | stride | output at 224 px |
/// |---|---|---|---|---|---|---|
/// | stem | convolution, 3 to 32 channels | 1 | 32 | 3 | 2 | 112 |
/// | 0 | depthwise and projection | 1 | 16 | 3 | 1 | 112 |
/// | 1, 2 | inverted residual, 6 times as wide inside | 2 | 24 | 3 | 2 | 56 |
/// | 3, 4 | the same | 2 | 40 | 5 | 2 | 28 |
/// | 5 to 7 | | 3 | 80 | 3 | 2 | 14 |
/// | 8 to 10 | | 3 | 112 | 5 | 1 | 14 |
/// | 11 to 14 | | 4 | 192 | 5 | 2 | 7 |
/// | 15 | | 1 | 320 | 3 | 1 | 7 |
/// | head | pointwise convolution | 1 | 1280 | 1 | 1 | 7 |
///
/// The feature is the mean over the pixels of the head: 1280 values. The stride is that of a stage's first block; blocks that
/// change neither size nor width add their input.
///
/// Published names are those of the PyTorch port: `_conv_stem`, `_bn0`, `_blocks.N._expand_conv`, `_conv_head`, `_fc`. What differs
/// from EfficientNet-B0: no squeeze-and-excitation, and ReLU6 instead of SiLU. Epsilon is 1e-3, and pictures are filled up as
/// TensorFlow's "SAME" does: with an odd number of missing pixels, the larger part lies below and right.
public enum EfficientNetLite0 {
    public static let family = "EfficientNet-Lite0"
    /// Values of a feature.
    public static let channels = 1280

    /// Width of the stem.
    private static let stemChannels = 32
    /// Sides of pictures that it takes, in pixels.
    public static let sides = 32...1024

    /// Floating-point operations in the convolutions for a picture; 0.77e9 for 224x224.
    public static func operations(rows: Int, columns: Int) -> Double { 0.77e9 * Double(rows * columns) / (224 * 224) }

    private struct Stage {
        var blocks, channels, kernel, stride: Int
        var widening = 6
    }

    private static let stages = [
        Stage(blocks: 1, channels: 16, kernel: 3, stride: 1, widening: 1),
        Stage(blocks: 2, channels: 24, kernel: 3, stride: 2), Stage(blocks: 2, channels: 40, kernel: 5, stride: 2),
        Stage(blocks: 3, channels: 80, kernel: 3, stride: 2), Stage(blocks: 3, channels: 112, kernel: 5, stride: 1),
        Stage(blocks: 4, channels: 192, kernel: 5, stride: 2), Stage(blocks: 1, channels: 320, kernel: 3, stride: 1),
    ]

    /// Whether a file holds an EfficientNet, this one or another, which ``read(_:)`` then refuses.
    public static func isIn(_ file: PublishedFile) -> Bool { file.shapes["_conv_stem.weight"] != nil }

    /// Reads the network. Everything is checked before anything is loaded.
    ///
    /// - Throws: ``EncoderError/misfit(file:model:problems:)`` with all names and shapes that do not fit, or `TensorFileError`.
    public static func read(_ file: PublishedFile) throws -> ConvolutionalNetwork {
        guard isIn(file) else {
            throw EncoderError.otherModel(
                file: file.path, found: FileRecognition.description(of: file), expected: family)
        }
        var check = WeightReader(file, checksOnly: true)
        _ = try read(&check)
        // A bias or an excitation that was left out would change every feature.
        try check.requireFit(family, blocks: "_blocks")
        var reader = WeightReader(file, checksOnly: false)
        let (stem, blocks, head, classifier) = try read(&reader)
        return ConvolutionalNetwork(
            stem: PointwiseLayer(stem), blocks: blocks, head: PointwiseLayer(head), classifier: classifier,
            leftOver: reader.leftOver(butNot: []))
    }

    private static func read(
        _ reader: inout WeightReader
    ) throws -> (LinearWeights, [InvertedResidual], LinearWeights, LinearWeights?) {
        let stem = try reader.normalized(
            "_conv_stem", norm: "_bn0", [stemChannels, 3, 3, 3], order: [0, 2, 3, 1], rows: stemChannels)
        var blocks: [InvertedResidual] = [], width = stemChannels
        for stage in stages {
            for index in 0..<stage.blocks {
                let start = "_blocks.\(blocks.count).", hidden = stage.widening * width, kernel = stage.kernel
                let stride = index == 0 ? stage.stride : 1
                let expand =
                    stage.widening == 1
                    ? nil
                    : try reader.normalized(
                        start + "_expand_conv", norm: start + "_bn0", [hidden, width, 1, 1], rows: hidden)
                let filter = try reader.normalized(
                    start + "_depthwise_conv", norm: start + "_bn1", [hidden, 1, kernel, kernel], rows: hidden)
                let project = try reader.normalized(
                    start + "_project_conv", norm: start + "_bn2", [stage.channels, hidden, 1, 1], rows: stage.channels)
                blocks.append(
                    InvertedResidual(
                        expand: expand.map(PointwiseLayer.init), filter: filter, project: PointwiseLayer(project),
                        kernel: kernel, stride: stride,
                        addsInput: stride == 1 && width == stage.channels))
                width = stage.channels
            }
        }
        let head = try reader.normalized("_conv_head", norm: "_bn1", [channels, width, 1, 1], rows: channels)
        let classifier = reader.has("_fc.weight") ? try reader.linear("_fc", 1000, channels) : nil
        return (stem, blocks, head, classifier)
    }
}

extension WeightReader {
    /// A convolution without bias and the batch normalisation after it as one layer: weights `γ w / √(variance + ε)` and bias
    /// `β - γ mean / √(variance + ε)` (Ioffe and Szegedy, 2015).
    ///
    /// - Parameters:
    ///   - shape: of the weights, outputs first.
    ///   - order: the order of their axes in the layer.
    ///   - rows: outputs.
    fileprivate mutating func normalized(
        _ name: String, norm: String, _ shape: [Int], order: [Int]? = nil, rows: Int
    ) throws -> LinearWeights {
        let weight = try tensor(name + ".weight", shape)
        let scale = try tensor(norm + ".weight", [rows]), shift = try tensor(norm + ".bias", [rows])
        let mean = try tensor(norm + ".running_mean", [rows]), variance = try tensor(norm + ".running_var", [rows])
        // A counter of training steps.
        ignore(norm + ".num_batches_tracked")
        guard [weight, scale, shift, mean, variance].allSatisfy({ $0.count > 0 }) else {
            return LinearWeights(weight: weight, bias: shift)
        }
        let factors = zip(scale.elements, variance.elements).map { Double($0) / (Double($1) + 1e-3).squareRoot() }
        guard factors.allSatisfy(\.isFinite) else {
            throw EncoderError.misfit(
                file: file.path, model: EfficientNetLite0.family,
                problems: ["\(norm).running_var holds variances below zero"])
        }
        let inputs = weight.count / rows
        let ordered = (order.map { weight.transposed($0) } ?? weight).elements
        let folded = ordered.indices.map { Float(Double(ordered[$0]) * factors[$0 / inputs]) }
        let biases = (0..<rows).map { Float(Double(shift.elements[$0]) - Double(mean.elements[$0]) * factors[$0]) }
        return LinearWeights(weight: Tensor(folded, shape: [rows, inputs]), bias: Tensor(biases))
    }
}
