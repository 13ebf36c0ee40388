internal import CKernels
import Foundation
import Inference
import Tensors

/// An ``InvertedResidual`` with packed weights for pictures of one size, worked through by bands of rows.
struct PackedInvertedResidual: Sendable {
    /// Size of the input.
    let rows: Int
    let columns: Int
    /// Channels in memory.
    let inputs: Int
    let hidden: Int
    let outputs: Int
    let addsInput: Bool
    private let realOutputs: Int
    private let expand: PackedLinear?
    /// `[hidden / 16, kernel · kernel, 16]`
    private let taps: AlignedMemory
    private let bias: AlignedMemory
    private let project: PackedLinear
    private let filter: tal_filter
    /// Rows of the output that are computed at a time.
    private let band: Int

    /// Computes widened rows of the input, in blocks of 16 channels that lie `blockStride` values apart.
    typealias Fill = (_ rows: Range<Int>, _ target: UnsafeMutablePointer<Float>, _ blockStride: Int) -> Void

    init(_ block: InvertedResidual, inputs: Int, rows: Int, columns: Int, bandBytes: Int) {
        (self.rows, self.columns, hidden) = (rows, columns, block.hidden)
        (self.inputs, outputs) = ((inputs + 15) / 16 * 16, (block.outputs + 15) / 16 * 16)
        (addsInput, realOutputs) = (block.addsInput, block.outputs)
        filter = tal_filter(kernel: block.kernel, stride: block.stride, rows: rows, columns: columns)
        expand = block.expand.map { .widened($0.weights) }
        project = .widened(block.project.weights)
        bias = AlignedMemory(block.filter.bias?.elements ?? [Float](repeating: 0, count: block.hidden))
        let area = block.kernel * block.kernel, weights = block.filter.weight.elements
        taps = AlignedMemory(
            (0..<block.hidden * area).map { index in
                let (group, tap, channel) = (index / (16 * area), index / 16 % area, index % 16)
                return weights[(group * 16 + channel) * area + tap]
            })
        let rowBytes = columns * block.hidden * 4
        let fitting = (max(bandBytes / rowBytes, block.kernel) - block.kernel) / block.stride + 1
        // Bands of equal height; small pictures stay whole.
        let bands = rows * columns <= Self.smallPixels ? 1 : (filter.outRows + fitting - 1) / fitting
        band = (filter.outRows + bands - 1) / bands
    }

    /// Pixels of a picture that is never cut into bands, so that several may be computed together.
    private static let smallPixels = 100
    var isSmall: Bool { rows * columns <= Self.smallPixels }

    var outRows: Int { filter.outRows }
    var outColumns: Int { filter.out_columns }

    /// Pixels of the input that a band needs at most.
    private var heldPixels: Int { min(rows, (band - 1) * filter.stride + filter.kernel) * columns }
    /// From one block of 16 channels to the next; a matmul fills up to 7 pixels more than there are.
    private func blockStride(_ count: Int) -> Int { (heldPixels * count + 8) * 16 }

    /// Values of memory that `count` pictures need, rows of operands filled up.
    func hiddenCount(_ count: Int) -> Int { blockStride(count) * hidden / 16 }
    func filteredCount(_ count: Int) -> Int { (band * outColumns * count + 8) * hidden }
    func sumCount(_ count: Int) -> Int { (band * outColumns * count + 8) * outputs }
    func outputCount(_ count: Int) -> Int { (outRows * outColumns * count + 8) * outputs }
    var patchRows: Int { heldPixels + 8 }

    /// Computes the block.
    ///
    /// - Parameters:
    ///   - source: `[count, rows, columns, inputs]`, 8 more pixels readable.
    ///   - target: `[count, outRows, outColumns, outputs]`, 8 more pixels writable; the source where that is added.
    ///   - count: pictures; more than one only where a band is the whole picture.
    ///   - fill: widens rows where the block has no layer for that.
    func callAsFunction(
        _ source: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int,
        _ space: PackedConvolutions.Workspace, fill: Fill?
    ) {
        precondition(count == 1 || band == outRows)
        let (wide, filtered) = (space.hidden.floats, space.filtered.floats), blockStride = blockStride(count)
        var held = 0..<0
        for first in stride(from: 0, to: outRows, by: band) {
            let end = min(first + band, outRows), needed = filter.needed(for: first..<end)
            keep(held.clamped(to: needed), from: held.lowerBound, wide, blockStride)
            let new = max(held.upperBound, needed.lowerBound)..<needed.upperBound
            let start = wide + (new.lowerBound - needed.lowerBound) * columns * 16
            if let fill { fill(new, start, blockStride) } else { widen(new, source, count, start, blockStride) }
            held = needed
            let pixels = (end - first) * outColumns
            for picture in 0..<count {
                tal_depthwise_blocks(
                    filtered + picture * pixels * hidden, hidden, wide + picture * rows * columns * 16, blockStride,
                    held.lowerBound, taps.floats, bias.floats, hidden, filter, first, end)
            }
            narrow(pixels * count, target + first * outColumns * outputs, space)
        }
    }

    /// Moves rows that the next band needs too to the front.
    private func keep(
        _ kept: Range<Int>, from lower: Int, _ wide: UnsafeMutablePointer<Float>, _ blockStride: Int
    ) {
        guard !kept.isEmpty, kept.lowerBound > lower else { return }
        let skipped = (kept.lowerBound - lower) * columns * 16, bytes = kept.count * columns * 16 * 4
        for block in 0..<hidden / 16 {
            let start = wide + block * blockStride
            memmove(start, start + skipped, bytes)
        }
    }

    private func widen(
        _ new: Range<Int>, _ source: UnsafeMutablePointer<Float>, _ count: Int, _ target: UnsafeMutablePointer<Float>,
        _ blockStride: Int
    ) {
        let pixels = new.count * columns * count
        expand?(
            source + new.lowerBound * columns * inputs, stride: inputs, rows: (pixels + 7) / 8 * 8,
            to: .init(kind: TAL_TO_RELU6, elements: target, stride: 16, blocks: (16, blockStride)))
    }

    private func narrow(_ pixels: Int, _ target: UnsafeMutablePointer<Float>, _ space: PackedConvolutions.Workspace) {
        // What is added may not spill over into pixels that are still to be read.
        let result = addsInput ? space.sums.floats : target
        project(
            space.filtered.pointer, stride: hidden, rows: (pixels + 7) / 8 * 8,
            to: .init(kind: TAL_TO_OPERAND, elements: result, stride: outputs))
        if addsInput { tal_add_in_place(target, result, pixels * outputs) }
    }

    /// The result for one picture as a tensor, for comparing stages.
    func result(_ values: UnsafeMutablePointer<Float>) -> Tensor {
        Tensor([outRows, outColumns, realOutputs]) { target in
            for pixel in 0..<outRows * outColumns {
                for channel in 0..<realOutputs {
                    target[pixel * realOutputs + channel] = values[pixel * outputs + channel]
                }
            }
        }
    }
}

extension PackedConvolutions {
    /// How much memory pictures of a size need.
    struct Sizes: Sendable {
        var hidden = 0, filtered = 0, sums = 0, single = 0, group = 0, patches = 0, head: Int

        init(
            blocks: [PackedInvertedResidual], alone: Int,
            head: (rows: Int, channels: Int)
        ) {
            self.head = (head.rows + 8) * head.channels
            patches = (blocks.first?.patchRows ?? 0) * Workspace.patchStride
            for (index, block) in blocks.enumerated() {
                let count = index < alone ? 1 : PackedConvolutions.group
                hidden = max(hidden, block.hiddenCount(count))
                filtered = max(filtered, block.filteredCount(count))
                sums = max(sums, block.sumCount(count))
                if index < alone { single = max(single, block.outputCount(1)) }
                if index >= alone - 1 { group = max(group, block.outputCount(PackedConvolutions.group)) }
            }
        }
    }

    /// What a thread needs for a group of pictures.
    final class Workspace: Sendable {
        /// Values from one row of stem patches to the next.
        static let patchStride = 32

        let patches: AlignedMemory
        let hidden: AlignedMemory
        let filtered: AlignedMemory
        let sums: AlignedMemory
        let single: (AlignedMemory, AlignedMemory)
        let group: (AlignedMemory, AlignedMemory)
        let head: AlignedMemory

        init(_ sizes: Sizes) {
            func make(_ values: Int) -> AlignedMemory { AlignedMemory(bytes: values * 4) }
            (patches, hidden, filtered, sums) =
                (make(sizes.patches), make(sizes.hidden), make(sizes.filtered), make(sizes.sums))
            single = (make(sizes.single), make(sizes.single))
            group = (make(sizes.group), make(sizes.group))
            head = make(sizes.head)
        }
    }
}
