package import CKernels
package import Networks
package import Tensors
import Threads

/// A linear layer, or a rectangle cut out of one, with its weights packed for products with rows of operands.
package struct PackedLinear: Sendable {
    package let inputs: Int
    package let outputs: Int
    private let precision: ComputePrecision
    private let weights: AlignedMemory
    private let bias: AlignedMemory?

    /// Where a product goes.
    package struct Target {
        package var kind: tal_target
        package var elements: UnsafeMutableRawPointer
        /// Elements from one row to the next.
        package var stride: Int
        /// Columns of a block and elements from one block to the next, where columns are stored in blocks.
        package var blocks: (columns: Int, stride: Int)?

        package init(
            kind: tal_target, elements: UnsafeMutableRawPointer, stride: Int,
            blocks: (columns: Int, stride: Int)? = nil
        ) {
            self.kind = kind
            self.elements = elements
            self.stride = stride
            self.blocks = blocks
        }
    }

    /// - Parameters:
    ///   - weight: `[out, in]`
    ///   - bias: `[out]`; left out of all cuts but one along the inputs.
    ///   - outputs: the outputs kept, a multiple of 16 in number; all where nil.
    ///   - inputs: the inputs kept, a multiple of 16 in number; all where nil.
    ///   - scale: a factor on weights and bias.
    package init(
        weight: Tensor, bias: Tensor?, outputs: Range<Int>? = nil, inputs: Range<Int>? = nil, scale: Float = 1,
        precision: ComputePrecision
    ) {
        let rows = outputs ?? 0..<weight.shape[0], columns = inputs ?? 0..<weight.shape[1]
        self.outputs = rows.count
        self.inputs = columns.count
        self.precision = precision
        let (inputCount, outputCount, stride) = (columns.count, rows.count, weight.shape[1])
        let packed = AlignedMemory(bytes: tal_packed_bytes(precision.kernel, outputCount, inputCount))
        weights = packed
        self.bias = bias.map { AlignedMemory($0.elements[rows].map { $0 * scale }) }
        weight.withElements { values in
            guard let start = values.baseAddress else { return }
            nonisolated(unsafe) let first = start + rows.lowerBound * stride + columns.lowerBound
            let piece = 4 * Self.panel
            Parallel.forEach((outputCount + piece - 1) / piece) { index in
                let begin = index * piece
                tal_pack_weights(
                    precision.kernel, packed.pointer + begin * inputCount * precision.elementBytes,
                    first + begin * stride, stride, min(piece, outputCount - begin), inputCount, scale)
            }
        }
    }

    package init(_ linear: Linear, scale: Float = 1, precision: ComputePrecision) {
        self.init(weight: linear.weight.value, bias: linear.bias?.value, scale: scale, precision: precision)
    }

    /// Multiplies rows with the weights and adds the bias.
    ///
    /// - Parameters:
    ///   - rows: a multiple of 8.
    ///   - columns: the outputs to compute, beginning at a multiple of ``panel``; all where nil. Not with blocks.
    ///   - addsBias: whether the bias is added.
    package func callAsFunction(
        _ operand: UnsafeRawPointer, stride: Int, rows: Int, columns: Range<Int>? = nil, addsBias: Bool = true,
        to target: Target
    ) {
        let columns = columns ?? 0..<outputs
        let bytes = target.kind == TAL_TO_RESIDUAL ? 4 : precision.elementBytes
        tal_matmul(
            precision.kernel, rows, columns.count, inputs, operand, stride,
            weights.pointer + columns.lowerBound * inputs * precision.elementBytes,
            tal_matmul_target(
                target: target.kind, elements: target.elements + columns.lowerBound * bytes, stride: target.stride,
                block: target.blocks?.columns ?? 0, block_stride: target.blocks?.stride ?? 0,
                bias: addsBias ? bias.map { UnsafePointer($0.floats + columns.lowerBound) } : nil))
    }

    /// The same for a few rows, with the outputs spread over the threads.
    package func spread(
        _ operand: AlignedMemory, stride: Int, rows: Int, addsBias: Bool = true, to kind: tal_target,
        _ elements: AlignedMemory, stride targetStride: Int
    ) {
        let piece = 4 * Self.panel
        Parallel.forEach((outputs + piece - 1) / piece) { index in
            let columns = (index * piece)..<min(outputs, (index + 1) * piece)
            self(
                operand.pointer, stride: stride, rows: rows, columns: columns, addsBias: addsBias,
                to: Target(kind: kind, elements: elements.pointer, stride: targetStride))
        }
    }

    /// The bias, if there is one.
    package var biasValues: UnsafePointer<Float>? { bias.map { UnsafePointer($0.floats) } }

    /// Outputs that are packed together.
    package static let panel = 48
}

/// Layer normalisation of rows into operands, or normalisation by the root mean square.
package struct PackedNorm: Sendable {
    private let weight: AlignedMemory
    private let bias: AlignedMemory
    private let epsilon: Float
    private let channels: Int
    /// Whether the mean is taken off.
    private let centers: Bool

    package init(_ norm: LayerNorm) {
        self.init(weight: norm.weight.value, bias: norm.bias.value, epsilon: norm.epsilon)
    }

    package init(_ norm: BlockParts.Norm) {
        self.init(weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
    }

    /// - Parameters:
    ///   - weight: `[channels]`
    ///   - bias: `[channels]`; nil for the root mean square.
    package init(weight: Tensor, bias: Tensor?, epsilon: Float) {
        self.weight = AlignedMemory(weight.elements)
        self.bias = AlignedMemory(bias?.elements ?? [Float](repeating: 0, count: weight.count))
        self.epsilon = epsilon
        channels = weight.count
        centers = bias != nil
    }

    /// - Parameters:
    ///   - rows: dense rows of float32.
    ///   - stride: elements from one row of operands to the next.
    package func callAsFunction(
        _ rows: UnsafePointer<Float>, count: Int, to operands: UnsafeMutableRawPointer, stride: Int,
        precision: ComputePrecision
    ) {
        tal_normalize_rows(
            precision.kernel, operands, stride, rows, channels, weight.floats, bias.floats, epsilon, centers, count,
            channels)
    }
}
