public import Networks
import Tensors

/// From features to a pyramid of feature sequences, each level coarser than the one before.
public struct PyramidBackboneNetwork: Module {
    /// One for each feature stream; empty without projection.
    public let projections: [Convolution]
    public let embedding: [NormalizedConvolution]
    let stem: [any PyramidBlock]
    let branch: [any PyramidBlock]
    private let streams: [Int]
    private let positions: PositionTable?

    /// - Parameters:
    ///   - streams: channels of each feature stream.
    ///   - block: makes a block whose result is on a level, that lowers the resolution by a stride.
    init(
        _ settings: some PyramidSettings, streams: [Int], using generator: inout RandomGenerator,
        block: (_ level: Int, _ stride: Int, _ generator: inout RandomGenerator) -> any PyramidBlock
    ) {
        self.streams = streams
        var projections: [Convolution] = [], embedding: [NormalizedConvolution] = []
        for (inputs, outputs) in zip(streams, settings.streamChannels) {
            projections.append(Convolution(inputs, outputs, kernel: 1, using: &generator))
        }
        for layer in 0..<settings.embeddingLayers {
            let inputs = layer == 0 && projections.isEmpty ? streams.reduce(0, +) : settings.channels
            embedding.append(
                NormalizedConvolution(
                    inputs, settings.channels, kernel: settings.embeddingKernel, norm: settings.embeddingNorm,
                    conventions: settings.conventions, using: &generator))
        }
        self.projections = projections
        self.embedding = embedding
        stem = (0..<settings.stemBlocks).map { _ in block(0, 1, &generator) }
        branch = (0..<settings.branchBlocks).map {
            block($0 + 1, settings.scaleFactor, &generator)
        }
        positions =
            settings.absolutePositions
            ? PositionTable(length: settings.maximumLength, channels: settings.channels) : nil
    }

    /// How far the features that a point of the coarsest level depends on reach to each side; nil where all of them count, as with
    /// sinusoids of the position, which are stretched over the whole sequence.
    var reach: Int? {
        guard positions == nil else { return nil }
        var reach = embedding.reduce(0) { $0 + $1.convolution.padding }, stride = 1
        for block in stem + branch {
            guard let own = block.reach else { return nil }
            reach += own * stride
            stride *= block.stride
        }
        return reach
    }

    /// The levels, finest first: `[batch, time / stride, channels]` and the mask of each.
    func callAsFunction(
        _ features: Tensor, mask: SequenceMask, nominalLength: Int
    ) -> [(features: Tensor, mask: SequenceMask)] {
        var x = embedded(features, mask: mask)
        if let positions {
            x = x + mask(positions.rows(mask.paddedLength, of: nominalLength, batch: mask.lengths.count))
        }
        for block in stem { x = block(x, mask: mask) }
        var levels = [(features: x, mask: mask)]
        var mask = mask
        for block in branch {
            mask = mask.downsampled(by: block.stride)
            x = block(x, mask: mask)
            levels.append((x, mask))
        }
        return levels
    }

    private func embedded(_ features: Tensor, mask: SequenceMask) -> Tensor {
        var x = features
        if !projections.isEmpty {
            var first = 0
            let parts = zip(projections, streams).map { projection, channels in
                defer { first += channels }
                return mask(projection(features.slice(axis: 2, first..<(first + channels))))
            }
            x = .concatenated(parts, axis: 2)
        }
        for layer in embedding { x = layer(x, mask: mask) }
        return x
    }
}
