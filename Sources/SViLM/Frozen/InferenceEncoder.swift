internal import CKernels
import Foundation
import Inference
import Networks
public import Tensors
import Threads

/// A frozen video encoder made ready to run fast: weights packed once, products, attention and everything around them in
/// vector instructions, memory reused from clip to clip.
///
/// It computes what ``VideoEncoder`` computes: in float32 up to rounding, in bfloat16 up to the rounding of the factors of
/// products (the cosine of features to those of float32 is at least 0.999). A layer takes two parallel regions. In one, each
/// piece of work is a head and some queries; in the other it is a block of rows, taken from the end of attention through
/// the feed-forward network to the queries, keys and values of the next layer.
public final class InferenceEncoder: Sendable {
    public let precision: ComputePrecision
    public let configuration: EncoderConfiguration
    /// What the features are made from.
    private let readout: FeatureReadout
    private let layout: EncoderLayout
    private let cutter: Tubelets
    private let embedding: [PackedLinear]
    /// What tokens begin as: position and bias for tubelets, the group tokens. `[paddedTokens, width]`
    private let beginning: AlignedMemory
    private let blocks: [PackedBlock]
    private let grouping: [PackedGrouping]
    private let norm: PackedNorm
    private let workspaces: WorkspacePool<EncoderWorkspace>
    private let groupings: WorkspacePool<PackedGrouping.Workspace>
    private let scratch: WorkspacePool<RowScratch>
    private let rowBlocks: [Range<Int>]

    /// Why an encoder cannot be made ready on this machine; nil where it can.
    public static func obstacle(_ configuration: EncoderConfiguration, precision: ComputePrecision) -> String? {
        guard precision.isAvailable else {
            let missing = ComputePrecision.float32.isAvailable ? "AVX512-BF16" : "AVX-512"
            return "this processor lacks the \(missing) instructions"
        }
        let multiple = precision == .float32 ? 16 : 32
        guard configuration.width / configuration.heads % multiple == 0, configuration.tubeletValues % 16 == 0 else {
            return "the channels of a head and the values of a tubelet must be multiples of \(multiple)"
        }
        return nil
    }

    /// Packs the weights of an encoder, which is not needed any more afterwards.
    ///
    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where there is an ``obstacle(_:precision:)``.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision) throws(SViLMError) {
        let configuration = encoder.configuration
        if let obstacle = Self.obstacle(configuration, precision: precision) {
            throw .unfit(
                setting: "precision \(precision.rawValue)", problem: "cannot be used here (\(obstacle)); take float32")
        }
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
        beginning = Self.beginning(encoder, layout)
        blocks = encoder.blocks.map { PackedBlock($0, heads: configuration.heads, precision: precision) }
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

    private static func beginning(_ encoder: VideoEncoder, _ layout: EncoderLayout) -> AlignedMemory {
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

    /// Whether a clip is work enough to be shared by all threads. Small clips are better given to one thread each.
    public var sharesClips: Bool { operationsPerClip > 8e9 * Double(Parallel.threads) }

    // MARK: - Encoding

    /// Features of one clip: `[1, featureChannels]`.
    ///
    /// - Parameter tubelets: `[times, places, values]` from ``Tubelets``, or the same with one more axis in front.
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
    /// - Parameter tubelets: `[times, places, values]` from ``Tubelets``, or the same with one more axis in front.
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

    /// Fills tokens with embedded tubelets, or with what they begin as.
    private func embed(
        _ rows: Range<Int>, of clip: EncoderWorkspace, using scratch: RowScratch,
        _ cut: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let (width, values) = (layout.width, layout.tubeletValues)
        let tokens = clip.residual(rows.lowerBound)
        tokens.update(from: beginning.floats + rows.lowerBound * width, count: rows.count * width)
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
        attend(clip)
        let next = index + 1 < blocks.count ? blocks[index + 1] : nil
        forEachRowBlock { rows, scratch in
            blocks[index].finish(rows, of: clip, using: scratch)
            next?.project(rows, of: clip, using: scratch)
        }
        guard let place = configuration.groupingLayers.firstIndex(of: index + 1) else { return }
        grouping[place](clip, groups, blocks: rowBlocks, scratch: scratch)
        // Only the group tokens have changed.
        guard let next else { return }
        let changed = stride(from: layout.videoTokens / 8 * 8, to: layout.rows, by: 16).map {
            $0..<min($0 + 16, layout.rows)
        }
        Parallel.forEach(changed.count) { part in
            scratch.withWorkspace { next.project(changed[part], of: clip, using: $0) }
        }
    }

    private func attend(_ clip: EncoderWorkspace) {
        let (layout, precision) = (layout, precision)
        let perBlock = Int(TAL_QUERIES)
        let queryBlocks = (layout.tokens + perBlock - 1) / perBlock
        Parallel.forEach(layout.heads * queryBlocks) { item in
            let head = item / queryBlocks, first = item % queryBlocks * perBlock
            let bytes = precision.elementBytes
            let start = head * layout.paddedTokens * layout.headWidth * bytes
            scratch.withWorkspace { scratch in
                tal_attend(
                    precision.kernel, clip.queries.pointer + start, clip.keys.pointer + start,
                    clip.values.pointer + start, layout.tokens, layout.headWidth, first,
                    min(perBlock, layout.tokens - first),
                    clip.attended.pointer + (first * layout.rowStride + head * layout.headWidth) * bytes,
                    layout.rowStride, scratch.attention.floats)
            }
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

    /// Floating-point operations in the matrix products of one clip as they are done here, fewer than those of
    /// ``EncoderConfiguration/operationsPerClip``.
    public var operationsPerClip: Double {
        let saved = 4 * Double(layout.videoTokens) * Double(layout.width * layout.width)
        return configuration.operationsPerClip - saved * Double(grouping.count)
    }
}
