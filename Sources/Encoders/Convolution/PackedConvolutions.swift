internal import CKernels
import Foundation
import Inference
import Tensors

/// A ``ConvolutionalNetwork`` made ready to run fast on pictures of one size, with AVX-512.
///
/// It computes what the definition computes, up to rounding. Large pictures go through a block by bands of rows: widened, filtered
/// and narrowed while they are in the second cache. Small ones go through the last blocks together, so that weights are read
/// once for several. Channels are stored in multiples of 16, those beyond the real ones are zeros.
final class PackedConvolutions: Sendable {
    let rows: Int
    let columns: Int
    private let stemFilter: tal_filter
    private let stem: PackedLinear
    private let blocks: [PackedInvertedResidual]
    /// Blocks that pictures go through one by one.
    private let alone: Int
    private let head: PackedLinear
    private let pixels: Int
    private let channels: Int
    private let stemChannels: Int
    private let workspaces: WorkspacePool<Workspace>

    /// Pictures that go through the last blocks together.
    static let group = 4

    /// - Parameters:
    ///   - rows: height of the pictures.
    ///   - columns: width of the pictures.
    ///   - bandBytes: memory for the widened rows of a band.
    init(_ network: ConvolutionalNetwork, rows: Int, columns: Int, bandBytes: Int = 384 << 10) {
        (self.rows, self.columns) = (rows, columns)
        (channels, stemChannels) = (network.channels, network.stemChannels)
        let stemFilter = tal_filter(kernel: 3, stride: 2, rows: rows, columns: columns)
        stem = .widened(network.stem.weights)
        var size = (stemFilter.outRows, stemFilter.out_columns), inputs = network.stemChannels
        var packed: [PackedInvertedResidual] = []
        for block in network.blocks {
            packed.append(
                PackedInvertedResidual(block, inputs: inputs, rows: size.0, columns: size.1, bandBytes: bandBytes))
            (size, inputs) = ((packed.last?.outRows ?? 0, packed.last?.outColumns ?? 0), block.outputs)
        }
        self.stemFilter = stemFilter
        blocks = packed
        // Weights grow as pictures shrink.
        alone = max(1, packed.firstIndex(where: \.isSmall) ?? packed.count)
        head = .widened(network.head.weights)
        pixels = size.0 * size.1
        let sizes = Sizes(
            blocks: packed, alone: alone, head: (Self.group * size.0 * size.1, network.channels))
        workspaces = WorkspacePool { Workspace(sizes) }
    }

    /// The features of up to ``group`` pictures.
    ///
    /// - Parameters:
    ///   - pictures: `[rows, columns, 3]` each, normalised.
    ///   - observe: for comparing stages of a single picture.
    /// - Returns: `[picture, channels]`
    func callAsFunction(_ pictures: [Tensor], observe: ConvolutionalNetwork.Observer? = nil) -> Tensor {
        precondition(pictures.count <= Self.group && pictures.allSatisfy { $0.shape == [rows, columns, 3] })
        return workspaces.withWorkspace { space in
            for (index, picture) in pictures.enumerated() { begin(picture, index, space, observe) }
            let last = pass(alone..<blocks.count, space.group, count: pictures.count, space, observe)
            head(
                last, stride: blocks.last?.outputs ?? 0, rows: (pictures.count * pixels + 7) / 8 * 8,
                to: .init(kind: TAL_TO_RELU6, elements: space.head.pointer, stride: channels))
            if let observe {
                let values = UnsafeBufferPointer(start: space.head.floats, count: pixels * channels)
                let size = blocks.last.map { [$0.outRows, $0.outColumns] } ?? []
                observe("head", Tensor(Array(values), shape: size + [channels]))
            }
            let pooled = Tensor([pictures.count, channels]) { target in
                target.update(repeating: 0)
                guard let start = target.baseAddress else { return }
                for picture in 0..<pictures.count {
                    let sums = start + picture * channels
                    tal_sum_rows(sums, space.head.floats + picture * pixels * channels, pixels, channels)
                    tal_affine(sums, sums, 1 / Float(pixels), 0, channels)
                }
            }
            observe?("pooled", pooled.reshaped([pooled.count]))
            return pooled
        }
    }

    /// Takes one picture through the stem and the blocks that pictures go through alone.
    private func begin(_ picture: Tensor, _ index: Int, _ space: Workspace, _ observe: ConvolutionalNetwork.Observer?) {
        let whole = observe.map { _ in
            AlignedMemory(bytes: stemFilter.outRows * stemFilter.out_columns * stemChannels * 4)
        }
        let result = picture.withElements { pixels in
            pass(0..<alone, space.single, count: 1, space, observe) { rows, target, blockStride in
                self.fill(rows, of: pixels.baseAddress, to: target, blockStride, space, copy: whole)
            }
        }
        if let observe, let whole {
            let size = [stemFilter.outRows, stemFilter.out_columns, stemChannels]
            let values = Array(UnsafeBufferPointer(start: whole.floats, count: size.reduce(1, *)))
            observe("stem", Tensor(values, shape: size))
        }
        let block = blocks[alone - 1], count = block.outRows * block.outColumns * block.outputs
        (space.group.0.floats + index * count).update(from: result, count: count)
    }

    /// Computes rows of the stem.
    private func fill(
        _ rows: Range<Int>, of pixels: UnsafePointer<Float>?, to target: UnsafeMutablePointer<Float>,
        _ blockStride: Int, _ space: Workspace, copy: AlignedMemory?
    ) {
        let count = rows.count * stemFilter.out_columns
        tal_filter_rows(
            space.patches.floats, Workspace.patchStride, pixels, stemFilter, rows.lowerBound, rows.upperBound)
        stem(
            space.patches.pointer, stride: Workspace.patchStride, rows: (count + 7) / 8 * 8,
            to: .init(kind: TAL_TO_RELU6, elements: target, stride: 16, blocks: (16, blockStride)))
        guard let copy else { return }
        let start = copy.floats + rows.lowerBound * stemFilter.out_columns * stemChannels
        for pixel in 0..<count {
            for channel in 0..<stemChannels {
                start[pixel * stemChannels + channel] = target[channel / 16 * blockStride + pixel * 16 + channel % 16]
            }
        }
    }

    /// Takes pictures through some blocks, to and fro between two pieces of memory, and returns where they end.
    private func pass(
        _ range: Range<Int>, _ memory: (AlignedMemory, AlignedMemory), count: Int, _ space: Workspace,
        _ observe: ConvolutionalNetwork.Observer?, first: PackedInvertedResidual.Fill? = nil
    ) -> UnsafeMutablePointer<Float> {
        var (current, other) = (memory.0.floats, memory.1.floats)
        for index in range {
            let block = blocks[index]
            block(current, to: block.addsInput ? current : other, count: count, space, fill: index == 0 ? first : nil)
            if !block.addsInput { swap(&current, &other) }
            observe?("block_\(index)", block.result(current))
        }
        return current
    }
}

extension PackedLinear {
    /// A layer with outputs of zeros up to a multiple of 16.
    static func widened(_ layer: LinearWeights) -> PackedLinear {
        let missing = (16 - layer.weight.shape[0] % 16) % 16
        guard missing > 0 else { return PackedLinear(weight: layer.weight, bias: layer.bias, precision: .float32) }
        return PackedLinear(
            weight: layer.weight.padded(axis: 0, after: missing),
            bias: layer.bias?.padded(axis: 0, after: missing), precision: .float32)
    }
}
