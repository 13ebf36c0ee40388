internal import CKernels
import Foundation
import Inference
import Synchronization
import Tensors
import Threads

/// A published encoder made ready to run fast: weights packed once, products, attention and everything around them in vector
/// instructions, memory reused from clip to clip.
///
/// It computes what ``VisionTransformer`` computes, in float32 up to rounding. Heads whose width the kernels do not take are
/// widened by channels of zeros, patches likewise; layer scales are multiplied into the weights before them.
final class PackedTransformer: Sendable {
    let precision: ComputePrecision
    private let model: VisionTransformer
    private let blocks: [PackedTransformerBlock]
    private let patch: [PackedLinear]
    private let normBefore: PackedNorm?
    private let finalNorm: PackedNorm?
    private let plans = Mutex<[TokenGrid: Plan]>([:])

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
    init(_ model: VisionTransformer, precision: ComputePrecision) {
        let settings = model.settings, weights = model.weights
        self.precision = precision
        self.model = model.withoutBlocks
        let kind = PackedTransformerBlock.Kind(settings)
        blocks = weights.blocks.map { PackedTransformerBlock($0, kind, precision: precision) }
        patch = Self.patch(weights.patch, precision: precision)
        normBefore = weights.normBefore.map(PackedNorm.init)
        finalNorm = weights.finalNorm.map(PackedNorm.init)
    }

    /// The patch embedding by portions, its inputs filled up to whole vectors.
    private static func patch(_ linear: LinearWeights, precision: ComputePrecision) -> [PackedLinear] {
        let values = linear.weight.shape[1], padded = (values + 15) / 16 * 16
        let weight = padded == values ? linear.weight : linear.weight.padded(axis: 1, after: padded - values)
        return stride(from: 0, to: padded, by: PackedBlock.portion).map {
            PackedLinear(
                weight: weight, bias: nil, inputs: $0..<min($0 + PackedBlock.portion, padded), precision: precision)
        }
    }

    /// The tokens of one clip.
    ///
    /// - Parameter pixels: `[frames, height, width, 3]`, of a size that the model takes, and no single picture where those have an
    ///   embedding of their own.
    func callAsFunction(_ pixels: Tensor, observe: VisionTransformer.Observer?) -> EncodedTokens {
        let settings = model.settings
        let frames =
            pixels.shape[0] < settings.tubelet
            ? Tensor.concatenated([Tensor](repeating: pixels, count: settings.tubelet), axis: 0) : pixels
        let grid = settings.grid(frames: frames.shape[0], height: frames.shape[1], width: frames.shape[2])
        let plan = plan(grid)
        return plan.workspaces.withWorkspace { space in
            plan.forEachRowBlock { rows, scratch in embed(rows, frames, plan, space, scratch) }
            if let observe { tell("embed", plan, space, observe) }
            plan.forEachRowBlock { rows, scratch in
                if let normBefore {
                    let tokens = space.residual(rows.lowerBound)
                    normBefore(tokens, count: rows.count, to: tokens, stride: settings.width, precision: .float32)
                }
                blocks.first?.project(rows, plan, space, scratch)
            }
            if let observe, normBefore != nil { tell("pre_norm", plan, space, observe) }
            for (index, block) in blocks.enumerated() {
                attend(plan, space)
                let next = index + 1 < blocks.count ? blocks[index + 1] : nil
                plan.forEachRowBlock { rows, scratch in
                    block.finish(rows, plan, space, scratch)
                    next?.project(rows, plan, space, scratch)
                }
                if let observe { tell("block_\(index)", plan, space, observe) }
            }
            if let finalNorm {
                plan.forEachRowBlock { rows, _ in
                    let tokens = space.residual(rows.lowerBound)
                    finalNorm(tokens, count: rows.count, to: tokens, stride: settings.width, precision: .float32)
                }
                if let observe { tell("norm", plan, space, observe) }
            }
            return EncodedTokens(tokens: tokens(plan, space), prefixTokens: settings.prefixTokens, grid: grid)
        }
    }

    private func plan(_ grid: TokenGrid) -> Plan {
        plans.withLock { plans in
            if let plan = plans[grid] { return plan }
            // A stream of videos has one size; several would each keep their memory.
            if plans.count >= 4 { plans.removeAll() }
            let plan = Plan(model, grid: grid, precision: precision)
            plans[grid] = plan
            return plan
        }
    }

    private func tokens(_ plan: Plan, _ space: Workspace) -> Tensor {
        let width = model.settings.width
        return Tensor([plan.tokens, width]) { target in
            target.baseAddress?.update(from: space.tokens.floats, count: plan.tokens * width)
        }
    }

    private func tell(_ stage: String, _ plan: Plan, _ space: Workspace, _ observe: VisionTransformer.Observer) {
        observe(stage, tokens(plan, space))
    }

    /// Fills rows with what tokens begin as, and adds the embedded patches.
    private func embed(_ rows: Range<Int>, _ pixels: Tensor, _ plan: Plan, _ space: Workspace, _ scratch: Scratch) {
        let settings = model.settings, width = settings.width, prefix = settings.prefixTokens
        let tokens = space.residual(rows.lowerBound)
        tokens.update(from: plan.beginning.floats + rows.lowerBound * width, count: rows.count * width)
        let real = rows.clamped(to: prefix..<plan.tokens)
        guard !real.isEmpty else { return }
        let stride = plan.patchStride
        memset(scratch.patches.pointer, 0, rows.count * stride * 4)
        let pixelShape = pixels.shape
        pixels.withElements { pixels in
            guard let start = pixels.baseAddress else { return }
            for row in real {
                PatchCutter.copy(
                    row - prefix, of: plan.grid, from: start, height: pixelShape[1], width: pixelShape[2],
                    tubelet: settings.tubelet, side: settings.patch,
                    to: scratch.patches.floats + (row - rows.lowerBound) * stride)
            }
        }
        tal_to_operand(precision.kernel, scratch.rows.pointer, scratch.patches.floats, rows.count * stride)
        for (index, part) in patch.enumerated() {
            part(
                scratch.rows.pointer + index * PackedBlock.portion * precision.elementBytes, stride: stride,
                rows: rows.count, to: .init(kind: TAL_TO_RESIDUAL, elements: tokens, stride: width))
        }
    }

    private func attend(_ plan: Plan, _ space: Workspace) {
        let (precision, headWidth) = (precision, plan.headWidth)
        let perBlock = Int(TAL_QUERIES)
        let queryBlocks = (plan.tokens + perBlock - 1) / perBlock
        Parallel.forEach(plan.heads * queryBlocks) { item in
            let head = item / queryBlocks, first = item % queryBlocks * perBlock
            let bytes = precision.elementBytes
            let start = head * plan.paddedTokens * headWidth * bytes
            plan.scratch.withWorkspace { scratch in
                tal_attend(
                    precision.kernel, space.queries.pointer + start, space.keys.pointer + start,
                    space.values.pointer + start, plan.tokens, headWidth, first, min(perBlock, plan.tokens - first),
                    space.attended.pointer + (first * plan.attendedStride + head * headWidth) * bytes,
                    plan.attendedStride, scratch.attention.floats)
            }
        }
    }
}

extension PackedNorm {
    /// A norm of a published encoder.
    init(_ norm: NormWeights) {
        self.init(weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
    }
}
