internal import CKernels
import Inference
import Networks
import Tensors
import Threads

/// A grouping block with packed weights, always in float32: its products are few, and its choices are hard.
///
/// Two products over all tokens are saved, with the same result. The score of a token `t` and a group with query `q` is
/// `q · (K t + b) = (Kᵀ q) · t + q · b`; and since tokens are assigned whole, the sum of the values of a group's tokens is the
/// value of their sum.
struct PackedGrouping: Sendable {
    private let groupNorm: PackedNorm
    private let tokenNorm: PackedNorm
    private let query: PackedLinear
    /// The key layer turned around: from queries to what is multiplied with tokens.
    private let keyTransposed: PackedLinear
    private let keyBias: [Float]
    private let value: PackedLinear
    private let projection: PackedLinear
    private let feedForwardNorm: PackedNorm
    private let expand: PackedLinear
    private let contract: PackedLinear
    private let groups: Int
    private let width: Int

    /// What one clip needs while its tokens are grouped.
    final class Workspace: Sendable {
        let normalized: AlignedMemory
        let queries: AlignedMemory
        let turned: AlignedMemory
        let packed: AlignedMemory
        let bias: AlignedMemory
        let gathered: AlignedMemory
        let hidden: AlignedMemory
        /// Sums and numbers of the members of each group within each block of rows.
        let sums: AlignedMemory
        let members: AlignedMemory
        /// The group of each token.
        let assignment: AlignedMemory
        let scores: AlignedMemory

        init(groups: Int, width: Int, hidden: Int, rows: Int, blocks: Int) {
            let rounded = PackedGrouping.rounded(groups)
            func rowsOf(_ width: Int) -> AlignedMemory { AlignedMemory(bytes: rounded * width * 4) }
            normalized = rowsOf(width)
            queries = rowsOf(width)
            turned = rowsOf(width)
            packed = rowsOf(width)
            bias = AlignedMemory(bytes: rounded * 4)
            gathered = rowsOf(width)
            self.hidden = rowsOf(hidden)
            sums = AlignedMemory(bytes: blocks * groups * width * 4)
            members = AlignedMemory(bytes: blocks * groups * 4)
            assignment = AlignedMemory(bytes: rows * 4)
            scores = AlignedMemory(bytes: rows * rounded * 4)
        }
    }

    init(_ block: GroupingBlock, groups: Int) {
        func packed(_ linear: Linear) -> PackedLinear { PackedLinear(linear, precision: .float32) }
        groupNorm = PackedNorm(block.groupNorm)
        tokenNorm = PackedNorm(block.tokenNorm)
        query = packed(block.query)
        keyTransposed = PackedLinear(
            weight: block.key.weight.value.transposed([1, 0]), bias: nil, precision: .float32)
        width = block.query.weight.shape[0]
        keyBias = block.key.bias?.value.elements ?? [Float](repeating: 0, count: width)
        value = packed(block.value)
        projection = packed(block.projection)
        feedForwardNorm = PackedNorm(block.feedForwardNorm)
        expand = packed(block.feedForward.expand)
        contract = packed(block.feedForward.contract)
        self.groups = groups
    }

    /// Groups rounded up to whole tiles and vectors.
    private static func rounded(_ groups: Int) -> Int { (groups + 15) / 16 * 16 }

    /// Assigns the video tokens of a clip to its group tokens and moves the group tokens.
    func callAsFunction(
        _ clip: EncoderWorkspace, _ space: Workspace, blocks: [Range<Int>], scratch: WorkspacePool<RowScratch>
    ) {
        let rounded = Self.rounded(groups)
        let layout = clip.layout
        let groupTokens = clip.residual(layout.videoTokens)
        groupNorm(groupTokens, count: groups, to: space.normalized.pointer, stride: width, precision: .float32)
        query.spread(space.normalized, stride: width, rows: rounded, to: TAL_TO_OPERAND, space.queries, stride: width)
        keyTransposed.spread(
            space.queries, stride: width, rows: rounded, to: TAL_TO_OPERAND, space.turned, stride: width)
        for group in 0..<groups {
            space.bias.floats[group] = tal_dot(space.queries.floats + group * width, keyBias, width)
        }
        tal_pack_weights(TAL_FLOAT32, space.packed.pointer, space.turned.floats, width, rounded, width, 1)

        Parallel.forEach(blocks.count) { index in
            scratch.withWorkspace { assign(blocks[index], number: index, clip, space, using: $0) }
        }
        gather(space, blocks: blocks.count)
        value.spread(
            space.normalized, stride: width, rows: rounded, addsBias: false, to: TAL_TO_OPERAND, space.gathered,
            stride: width)
        addValueBias(space)
        move(groupTokens, space)
    }

    /// Assigns the video tokens among some rows, and sums up the members of each group.
    private func assign(
        _ rows: Range<Int>, number: Int, _ clip: EncoderWorkspace, _ space: Workspace, using scratch: RowScratch
    ) {
        let rounded = Self.rounded(groups), stride = clip.layout.rowStride
        let tokens = scratch.rows.floats
        tokenNorm(
            clip.residual(rows.lowerBound), count: rows.count, to: scratch.rows.pointer, stride: stride,
            precision: .float32)
        let scores = space.scores.floats + rows.lowerBound * rounded
        tal_matmul(
            TAL_FLOAT32, rows.count, rounded, width, tokens, stride, space.packed.pointer,
            tal_matmul_target(
                target: TAL_TO_OPERAND, elements: scores, stride: rounded, block: 0, block_stride: 0,
                bias: space.bias.floats))
        let sums = space.sums.floats + number * groups * width
        let members = space.members.floats + number * groups
        sums.update(repeating: 0, count: groups * width)
        members.update(repeating: 0, count: groups)
        let assignment = space.assignment.pointer.assumingMemoryBound(to: Int32.self)
        for row in 0..<max(0, min(rows.count, clip.layout.videoTokens - rows.lowerBound)) {
            let line = scores + row * rounded
            var best = 0
            for group in 1..<max(groups, 1) where line[group] > line[best] { best = group }
            assignment[rows.lowerBound + row] = Int32(best)
            members[best] += 1
            tal_add_in_place(sums + best * width, tokens + row * stride, width)
        }
    }

    /// Leaves `Σ t / (members + 1)` of each group in `normalized`, and the numbers of members in the first block's place.
    private func gather(_ space: Workspace, blocks: Int) {
        let sums = space.sums.floats, members = space.members.floats
        for block in 1..<max(blocks, 1) {
            tal_add_in_place(sums, sums + block * groups * width, groups * width)
            tal_add_in_place(members, members + block * groups, groups)
        }
        for group in 0..<groups {
            tal_affine(
                space.normalized.floats + group * width, sums + group * width, 1 / (members[group] + 1), 0, width)
        }
    }

    /// The bias of the value layer counts once for each member.
    private func addValueBias(_ space: Workspace) {
        guard let bias = value.biasValues else { return }
        for group in 0..<groups {
            let members = space.members.floats[group]
            tal_axpy(space.gathered.floats + group * width, bias, members / (members + 1), width)
        }
    }

    /// Adds what was gathered to the group tokens, then the feed-forward network.
    private func move(_ groupTokens: UnsafeMutablePointer<Float>, _ space: Workspace) {
        let rounded = Self.rounded(groups), hidden = expand.outputs
        // Sums are made in `turned`, since rows beyond the group tokens belong to others.
        space.turned.floats.update(from: groupTokens, count: groups * width)
        projection.spread(
            space.gathered, stride: width, rows: rounded, to: TAL_TO_RESIDUAL, space.turned, stride: width)
        feedForwardNorm(
            space.turned.floats, count: groups, to: space.normalized.pointer, stride: width, precision: .float32)
        expand.spread(space.normalized, stride: width, rows: rounded, to: TAL_TO_GELU, space.hidden, stride: hidden)
        contract.spread(space.hidden, stride: hidden, rows: rounded, to: TAL_TO_RESIDUAL, space.turned, stride: width)
        groupTokens.update(from: space.turned.floats, count: groups * width)
    }
}
