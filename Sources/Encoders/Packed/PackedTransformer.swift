internal import CKernels
import Foundation
import Inference
import Synchronization
import Tensors
import Threads

/// A published encoder made ready to run fast: weights packed once, products, attention and everything around them in vector
/// instructions, memory reused from clip to clip. Small clips are worked through several at a time, so that all threads have
/// work and weights are read from memory once for many tokens.
///
/// It computes what ``VisionTransformer`` computes, in float32 up to rounding. Patches are filled up to whole vectors with zeros.
final class PackedTransformer: Sendable {
    let precision: ComputePrecision
    private let model: VisionTransformer
    private let blocks: [PackedBlock]
    private let embedding: Embedding
    /// Of single pictures, where they have one of their own.
    private let pictureEmbedding: Embedding?
    private let normBefore: PackedNorm?
    private let finalNorm: PackedNorm?
    private let plans = Mutex<[Form: Plan]>([:])

    /// Why an encoder cannot be packed on this machine; nil where it can.
    static func obstacle(_ settings: TransformerSettings, precision: ComputePrecision) -> String? {
        guard precision.hasPackedKernels else {
            let missing = ComputePrecision.float32.hasPackedKernels ? "AVX512-BF16" : "AVX-512"
            return "this processor lacks the \(missing) instructions"
        }
        if settings.isGated { return "its feed-forward network is gated" }
        guard settings.width % 16 == 0, settings.hidden % 16 == 0 else {
            return "its width (\(settings.width)) and hidden channels (\(settings.hidden)) are no multiples of 16"
        }
        return nil
    }

    /// - Parameter model: whose blocks are not needed any more afterwards.
    convenience init(_ model: VisionTransformer, precision: ComputePrecision) {
        let packer = BlockPacker(model.settings, precision: precision)
        for block in model.weights.blocks { packer.add(block) }
        self.init(model, blocks: packer.blocks, precision: precision)
    }

    /// - Parameters:
    ///   - model: what is beside its blocks.
    ///   - blocks: packed in this precision.
    init(_ model: VisionTransformer, blocks: [PackedBlock], precision: ComputePrecision) {
        let weights = model.weights
        self.precision = precision
        self.model = model.withoutBlocks
        self.blocks = blocks
        embedding = Embedding(weights.patch, tubelet: model.settings.tubelet, precision: precision)
        pictureEmbedding = weights.picturePatch.map { Embedding($0, tubelet: 1, precision: precision) }
        normBefore = weights.normBefore.map(PackedNorm.init)
        finalNorm = weights.finalNorm.map(PackedNorm.init)
    }

    /// The tokens of one clip.
    ///
    /// - Parameter pixels: `[frames, height, width, 3]`, of a size that the model takes.
    func callAsFunction(_ pixels: Tensor, observe: VisionTransformer.Observer?) -> EncodedTokens {
        run([pixels], observe: observe)[0]
    }

    /// The tokens of several clips of one size, in order.
    ///
    /// - Parameter clips: each `[frames, height, width, 3]`.
    func callAsFunction(_ clips: [Tensor]) -> [EncodedTokens] {
        guard let first = clips.first else { return [] }
        let together = plan(form(first)).layout.clips
        return stride(from: 0, to: clips.count, by: together).flatMap {
            run(Array(clips[$0..<min($0 + together, clips.count)]), observe: nil)
        }
    }

    /// - Parameter observe: told of the first clip.
    private func run(_ clips: [Tensor], observe: VisionTransformer.Observer?) -> [EncodedTokens] {
        let settings = model.settings, count = clips.count
        let plan = plan(form(clips[0]))
        let tubelet = plan.embedding.tubelet
        let clips = clips.map { pixels in
            pixels.shape[0] < tubelet
                ? Tensor.concatenated([Tensor](repeating: pixels, count: tubelet), axis: 0) : pixels
        }
        return plan.workspaces.withWorkspace { space in
            plan.forEachRowBlock(clips: count) { rows, scratch in embed(rows, clips, plan, space, scratch) }
            if let observe { observe("embed", tokens(plan, space, clip: 0)) }
            plan.forEachRowBlock(clips: count) { rows, scratch in
                if let normBefore {
                    let tokens = space.residual(rows.lowerBound)
                    normBefore(tokens, count: rows.count, to: tokens, stride: settings.width, precision: .float32)
                }
                blocks.first?.project(rows, of: space, using: scratch, rotation: plan.rotation)
            }
            if let observe, normBefore != nil { observe("pre_norm", tokens(plan, space, clip: 0)) }
            for (index, block) in blocks.enumerated() {
                PackedAttention.run(space, clips: count, scratch: plan.scratch, precision: precision)
                let next = index + 1 < blocks.count ? blocks[index + 1] : nil
                plan.forEachRowBlock(clips: count) { rows, scratch in
                    block.finish(rows, of: space, using: scratch)
                    next?.project(rows, of: space, using: scratch, rotation: plan.rotation)
                }
                if let observe { observe("block_\(index)", tokens(plan, space, clip: 0)) }
            }
            if let finalNorm {
                plan.forEachRowBlock(clips: count) { rows, _ in
                    let tokens = space.residual(rows.lowerBound)
                    finalNorm(tokens, count: rows.count, to: tokens, stride: settings.width, precision: .float32)
                }
                if let observe { observe("norm", tokens(plan, space, clip: 0)) }
            }
            return (0..<count).map {
                EncodedTokens(
                    tokens: tokens(plan, space, clip: $0), prefixTokens: settings.prefixTokens, grid: plan.grid)
            }
        }
    }

    /// The form of a clip: fewer frames than a tubelet count as one.
    private func form(_ pixels: Tensor) -> Form {
        let (frames, height, width) = (pixels.shape[0], pixels.shape[1], pixels.shape[2])
        var grid = model.settings.grid(frames: frames, height: height, width: width)
        let isPicture = frames == 1 && pictureEmbedding != nil
        if isPicture { grid.times = 1 }
        return Form(grid: grid, isPicture: isPicture)
    }

    private func plan(_ form: Form) -> Plan {
        plans.withLock { plans in
            if let plan = plans[form] { return plan }
            // A stream of videos has one size; several would each keep their memory.
            if plans.count >= 4 { plans.removeAll() }
            let embedding = form.isPicture ? pictureEmbedding ?? embedding : embedding
            let plan = Plan(
                model, form, embedding, normalizesQueries: blocks.contains(where: \.normalizesQueries),
                precision: precision)
            plans[form] = plan
            return plan
        }
    }

    private func tokens(_ plan: Plan, _ space: EncoderWorkspace, clip: Int) -> Tensor {
        let width = model.settings.width, count = plan.layout.tokens * width
        return Tensor([plan.layout.tokens, width]) { target in
            target.baseAddress?.update(from: space.residual(clip * plan.layout.clipRows), count: count)
        }
    }

    /// Fills rows with what tokens begin as, and adds the embedded patches.
    private func embed(
        _ rows: Range<Int>, _ clips: [Tensor], _ plan: Plan, _ space: EncoderWorkspace, _ scratch: RowScratch
    ) {
        let layout = plan.layout, width = layout.width, stride = layout.tubeletValues
        let prefix = model.settings.prefixTokens
        memset(scratch.tubelets.pointer, 0, rows.count * stride * 4)
        for (number, pixels) in clips.enumerated() {
            // Rows beyond the last clip are like those that fill up.
            let first = number * layout.clipRows
            let end = number + 1 == clips.count ? layout.paddedTokens : first + layout.clipRows
            let mine = rows.clamped(to: first..<end)
            for row in mine {
                let token = min(row - first, layout.clipRows - 1)
                space.residual(row).update(from: plan.beginning.floats + token * width, count: width)
            }
            let patches = mine.clamped(to: first + prefix..<first + layout.tokens)
            guard !patches.isEmpty else { continue }
            pixels.withElements { values in
                guard let start = values.baseAddress else { return }
                for row in patches {
                    PatchCutter.copy(
                        row - first - prefix, of: plan.grid, from: start, height: pixels.shape[1],
                        width: pixels.shape[2], tubelet: plan.embedding.tubelet, side: model.settings.patch,
                        to: scratch.tubelets.floats + (row - rows.lowerBound) * stride)
                }
            }
        }
        tal_to_operand(precision.kernel, scratch.rows.pointer, scratch.tubelets.floats, rows.count * stride)
        let tokens = space.residual(rows.lowerBound)
        for (index, part) in plan.embedding.parts.enumerated() {
            part(
                scratch.rows.pointer + index * PackedBlock.portion * precision.elementBytes, stride: stride,
                rows: rows.count, to: .init(kind: TAL_TO_RESIDUAL, elements: tokens, stride: width))
        }
    }
}
