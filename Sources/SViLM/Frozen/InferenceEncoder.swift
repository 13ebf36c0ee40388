internal import CKernels
import Foundation
import Inference
import Networks
public import Tensors
import Threads

/// A frozen video encoder optimised for inference: weights are packed once, matrix products, attention and everything around
/// them run in vector instructions, and memory is reused from clip to clip.
///
/// It computes the same as ``VideoEncoder``: in float32 up to rounding, in bfloat16 up to the rounding of the factors of
/// matrix products (the cosine similarity to features in float32 is at least 0.999). A layer takes two parallel regions. One
/// is split into heads and blocks of queries. The other is split into blocks of rows; each goes from the end of attention
/// through the feed-forward network to the queries, keys and values of the next layer.
public final class InferenceEncoder: Sendable {
    /// The data type of the factors of matrix products.
    public let precision: ComputePrecision
    /// The shape of the encoder.
    public let configuration: EncoderConfiguration
    private let readout: FeatureReadout
    private let layout: EncoderLayout
    private let cutter: Tubelets
    private let embedding: [PackedLinear]
    /// Initial values of the tokens: position plus bias for tubelets, then the group tokens. `[paddedTokens, width]`
    private let initialTokens: AlignedMemory
    private let blocks: [PackedBlock]
    private let grouping: [PackedGrouping]
    private let norm: PackedNorm
    private let workspaces: WorkspacePool<EncoderWorkspace>
    private let groupings: WorkspacePool<PackedGrouping.Workspace>
    private let scratch: WorkspacePool<RowScratch>
    private let rowBlocks: [Range<Int>]

    /// Why this machine cannot run an encoder of this shape and precision; nil where it can.
    public static func obstacle(_ configuration: EncoderConfiguration, precision: ComputePrecision) -> String? {
        guard precision.hasPackedKernels else {
            return "this processor has no \(ComputePrecision.float32.hasPackedKernels ? "AVX512-BF16" : "AVX-512")"
        }
        let multiple = precision == .float32 ? 16 : 32
        let headWidth = configuration.width / configuration.heads
        guard headWidth % multiple == 0 else { return "head width \(headWidth) is not a multiple of \(multiple)" }
        guard configuration.tubeletValues % 16 == 0 else {
            return "tubelet size \(configuration.tubeletValues) is not a multiple of 16"
        }
        return nil
    }

    /// Packs the weights of an encoder, which is not needed afterwards.
    ///
    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where there is an ``obstacle(_:precision:)``.
    public convenience init(_ encoder: VideoEncoder, precision: ComputePrecision) throws(SViLMError) {
        if let obstacle = Self.obstacle(encoder.configuration, precision: precision) {
            throw .unfit(
                setting: "precision \(precision.rawValue)", problem: "cannot be used here (\(obstacle)); use float32")
        }
        self.init(packing: encoder, precision: precision)
    }

    /// - Precondition: there is no ``obstacle(_:precision:)``.
    init(packing encoder: VideoEncoder, precision: ComputePrecision) {
        let configuration = encoder.configuration
        self.precision = precision
        self.configuration = configuration
        readout = FeatureReadout(encoder)
        let layout = EncoderLayout(configuration)
        self.layout = layout
        cutter = Tubelets(configuration)
        let values = configuration.tubeletValues
        embedding = stride(from: 0, to: values, by: PackedBlock.portion).map {
            PackedLinear(
                weight: encoder.tubeletEmbedding.weight.value, bias: nil,
                inputs: $0..<min($0 + PackedBlock.portion, values), precision: precision)
        }
        initialTokens = Self.initialTokens(encoder, layout)
        let shape = BlockShape(width: configuration.width, heads: configuration.heads)
        blocks = encoder.blocks.map { PackedBlock(BlockParts($0), shape, precision: precision) }
        grouping = encoder.grouping.map { PackedGrouping($0, groups: configuration.groups) }
        norm = PackedNorm(encoder.norm)
        let rowBlocks = layout.rowBlocks(threads: Parallel.threads)
        self.rowBlocks = rowBlocks
        workspaces = WorkspacePool { EncoderWorkspace(layout, precision: precision) }
        scratch = WorkspacePool { RowScratch(layout) }
        let (width, groups) = (configuration.width, configuration.groups)
        let hidden = width * configuration.feedForwardRatio
        groupings = WorkspacePool {
            PackedGrouping.Workspace(
                groups: groups, width: width, hidden: hidden, rows: layout.rows, blocks: rowBlocks.count)
        }
    }

    private static func initialTokens(_ encoder: VideoEncoder, _ layout: EncoderLayout) -> AlignedMemory {
        let configuration = encoder.configuration
        let (times, grid) = (configuration.clipLength, configuration.gridSize)
        let shape = [1, times, grid * grid, layout.width]
        let bias = encoder.tubeletEmbedding.bias?.value ?? .zeros([layout.width])
        let positions = encoder.position(
            bias.reshaped([1, 1, 1, layout.width]).broadcast(to: shape), rows: grid, columns: grid)
        let memory = AlignedMemory(bytes: layout.paddedTokens * layout.width * 4)
        for (tensor, row) in [(positions, 0), (encoder.groupTokens.value, layout.videoTokens)] {
            tensor.withElements { values in
                guard let start = values.baseAddress else { return }
                (memory.floats + row * layout.width).update(from: start, count: values.count)
            }
        }
        return memory
    }

    /// Whether one clip is enough work for all threads. Smaller clips run faster with one thread for each.
    public var sharesClips: Bool { operationsPerClip > 8e9 * Double(Parallel.threads) }

    // MARK: - Encoding

    /// Features of one clip: `[1, featureChannels]`.
    ///
    /// - Parameter tubelets: `[times, patches, values]` from ``Tubelets``, or the same with one more axis in front.
    public func features(of tubelets: Tensor) -> Tensor { readout.features(self(tubelets)) }

    /// Features of one clip: `[1, featureChannels]`.
    ///
    /// - Parameter pixels: RGB bytes `[frames, imageSize, imageSize, 3]`.
    public func features(ofPixels pixels: [UInt8]) -> Tensor { readout.features(self(pixels: pixels)) }

    /// Encodes one clip.
    ///
    /// - Parameter pixels: RGB bytes `[frames, imageSize, imageSize, 3]`.
    public func callAsFunction(pixels: [UInt8]) -> EncodedVideo {
        let (frames, size) = (configuration.frames, configuration.imageSize)
        return encode { [cutter] tubelets, target in
            cutter.cut(tubelets, from: pixels, frames: frames, height: size, width: size, to: target)
        }
    }

    /// Encodes one clip.
    ///
    /// - Parameter tubelets: `[times, patches, values]` from ``Tubelets``, or the same with one more axis in front.
    public func callAsFunction(_ tubelets: Tensor) -> EncodedVideo {
        precondition(
            tubelets.count == layout.videoTokens * layout.tubeletValues,
            "tubelets of shape \(tubelets.shape) for \(layout.videoTokens) of \(layout.tubeletValues) values")
        let values = layout.tubeletValues
        return encode { range, target in
            tubelets.withElements { elements in
                guard let start = elements.baseAddress else { return }
                target.update(from: start + range.lowerBound * values, count: range.count * values)
            }
        }
    }

    /// - Parameter cut: writes some of the tubelets; called from several threads.
    private func encode(_ cut: @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void) -> EncodedVideo {
        workspaces.withWorkspace { clip in
            groupings.withWorkspace { groups in
                forEachRowBlock { rows, scratch in
                    embed(rows, of: clip, using: scratch, cut)
                    blocks[0].project(rows, of: clip, using: scratch)
                }
                for index in blocks.indices { run(index, clip, groups) }
                return encodedVideo(clip, groups)
            }
        }
    }

    private func forEachRowBlock(_ body: @Sendable (Range<Int>, RowScratch) -> Void) {
        Parallel.forEach(rowBlocks.count) { index in
            scratch.withWorkspace { body(rowBlocks[index], $0) }
        }
    }

    /// Sets tokens to their initial values and adds the embedded tubelets.
    private func embed(
        _ rows: Range<Int>, of clip: EncoderWorkspace, using scratch: RowScratch,
        _ cut: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let (width, values) = (layout.width, layout.tubeletValues)
        let tokens = clip.residual(rows.lowerBound)
        tokens.update(from: initialTokens.floats + rows.lowerBound * width, count: rows.count * width)
        let tubelets = rows.clamped(to: 0..<layout.videoTokens)
        guard !tubelets.isEmpty else { return }
        cut(tubelets, scratch.tubelets.floats)
        let count = tubelets.count * values
        // Tubelets fill whole tiles; group tokens among them get nothing added.
        memset(scratch.tubelets.pointer + count * 4, 0, (rows.count * values - count) * 4)
        tal_to_operand(precision.kernel, scratch.rows.pointer, scratch.tubelets.floats, rows.count * values)
        for (index, part) in embedding.enumerated() {
            part(
                scratch.rows.pointer + index * PackedBlock.portion * precision.elementBytes, stride: values,
                rows: rows.count, to: .init(kind: TAL_TO_RESIDUAL, elements: tokens, stride: width))
        }
    }

    /// One layer, up to the queries, keys and values of the next.
    private func run(_ index: Int, _ clip: EncoderWorkspace, _ groups: PackedGrouping.Workspace) {
        PackedAttention.run(clip, scratch: scratch, precision: precision)
        let next = index + 1 < blocks.count ? blocks[index + 1] : nil
        forEachRowBlock { rows, scratch in
            blocks[index].finish(rows, of: clip, using: scratch)
            next?.project(rows, of: clip, using: scratch)
        }
        guard let groupingIndex = configuration.groupingLayers.firstIndex(of: index + 1) else { return }
        grouping[groupingIndex](clip, groups, blocks: rowBlocks, scratch: scratch)
        // Only the group tokens have changed.
        guard let next else { return }
        let changed = stride(from: layout.videoTokens / 8 * 8, to: layout.rows, by: 16).map {
            $0..<min($0 + 16, layout.rows)
        }
        Parallel.forEach(changed.count) { part in
            scratch.withWorkspace { next.project(changed[part], of: clip, using: $0) }
        }
    }

    // MARK: - Results

    private func encodedVideo(_ clip: EncoderWorkspace, _ groups: PackedGrouping.Workspace) -> EncodedVideo {
        let layout = layout
        let (count, width, groupCount) = (layout.videoTokens, layout.width, configuration.groups)
        func normalized(_ rows: Range<Int>) -> Tensor {
            Tensor([1, rows.count, width]) { target in
                guard let start = target.baseAddress else { return }
                nonisolated(unsafe) let out = start
                let piece = 96
                Parallel.forEach((rows.count + piece - 1) / piece) { index in
                    let first = rows.lowerBound + index * piece
                    norm(
                        clip.residual(first), count: min(piece, rows.upperBound - first),
                        to: out + (first - rows.lowerBound) * width, stride: width, precision: .float32)
                }
            }
        }
        let video = normalized(0..<count), group = normalized(count..<layout.tokens)
        let assignment = Tensor([1, count, groupCount]) { target in
            target.update(repeating: 0)
            guard !grouping.isEmpty else { return }
            let chosen = groups.assignment.pointer.assumingMemoryBound(to: Int32.self)
            for token in 0..<count { target[token * groupCount + Int(chosen[token])] = 1 }
        }
        return EncodedVideo(
            videoTokens: video.reshaped([1, configuration.clipLength, count / configuration.clipLength, width]),
            groupTokens: group, assignment: assignment, global: readout.globalVector(video: video, groups: group))
    }

    /// Floating-point operations in the matrix products of one clip as done here, fewer than those of
    /// ``EncoderConfiguration/operationsPerClip``.
    public var operationsPerClip: Double {
        let saved = 4 * Double(layout.videoTokens) * Double(layout.width * layout.width)
        return configuration.operationsPerClip - saved * Double(grouping.count)
    }
}
