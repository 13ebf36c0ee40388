internal import CKernels
internal import Threads

extension Tensor {
    /// `x · weightᵀ + bias` over the last axis.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`
    ///   - bias: `[out]`
    /// - Returns: `[…, out]` for `[…, in]`.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
        precondition(weight.rank == 2 && shape.last == weight.shape[1], "linear of \(shape) by \(weight.shape)")
        let inputs = weight.shape[1], outputs = weight.shape[0]
        let rows = inputs == 0 ? 0 : count / inputs
        let precision = matmulPrecision(with: weight)
        let result = Tensor(Array(shape.dropLast()) + [outputs]) { target in
            guard let y = target.baseAddress else { return }
            withExtendedLifetime((self, weight, bias)) {
                fillRows(y, with: bias, rows: rows, columns: outputs)
                MatrixProduct.gemm(
                    y, ldc: outputs, pointer, lda: inputs, weight.pointer, ldb: inputs, transposeB: true,
                    m: rows, n: outputs, k: inputs, beta: bias == nil ? 0 : 1, precision: precision)
            }
        }
        return result.recorded(on: [self, weight] + (bias.map { [$0] } ?? [])) {
            [x = detached, w = weight.detached, slotX = slot, slotW = weight.slot, slotB = bias?.slot ?? -1] in
            { gradient, gradients in
                gradient.withElements { g in
                    guard let g = g.baseAddress else { return }
                    gradients.accumulate(to: slotX, shape: x.shape) { dx, adding in
                        w.withElements { w in
                            guard let w = w.baseAddress else { return }
                            MatrixProduct.gemm(
                                dx, ldc: inputs, g, lda: outputs, w, ldb: inputs, m: rows, n: inputs, k: outputs,
                                beta: adding ? 1 : 0, precision: precision)
                        }
                    }
                    gradients.accumulate(to: slotW, shape: [outputs, inputs]) { dw, adding in
                        x.withElements { x in
                            guard let x = x.baseAddress else { return }
                            MatrixProduct.gemm(
                                dw, ldc: inputs, g, lda: outputs, transposeA: true, x, ldb: inputs,
                                m: outputs, n: inputs, k: rows, beta: adding ? 1 : 0, precision: precision)
                        }
                    }
                    gradients.addRowSum(of: g, rows: rows, columns: outputs, to: slotB)
                }
            }
        }
    }

    /// The matrix product over the last two axes.
    ///
    /// - Parameters:
    ///   - other: of the same leading axes, or of rank 2 and then used for every matrix of this tensor.
    ///   - transposed: whether the last two axes of `other` are swapped first.
    /// - Returns: `[…, m, n]` for `[…, m, k]` and `[…, k, n]` (`[…, n, k]` when transposed).
    public func matmul(_ other: Tensor, transposed: Bool = false) -> Tensor {
        precondition(rank >= 2 && other.rank >= 2, "matmul of \(shape) and \(other.shape)")
        let m = shape[rank - 2], k = shape[rank - 1]
        let n = transposed ? other.shape[other.rank - 2] : other.shape[other.rank - 1]
        let batch = shape.dropLast(2).reduce(1, *)
        let isShared = other.rank == 2
        precondition(
            k == (transposed ? other.shape[other.rank - 1] : other.shape[other.rank - 2])
                && (isShared || other.shape.dropLast(2) == shape.dropLast(2)),
            "matmul of \(shape) and \(other.shape)\(transposed ? " transposed" : "")")
        let ldb = transposed ? k : n
        let precision = matmulPrecision(with: other)
        let result = Tensor(Array(shape.dropLast()) + [n]) { target in
            guard let y = target.baseAddress else { return }
            withExtendedLifetime((self, other)) {
                for i in 0..<batch {
                    MatrixProduct.gemm(
                        y + i * m * n, ldc: n, pointer + i * m * k, lda: k,
                        other.pointer + (isShared ? 0 : i * k * n), ldb: ldb, transposeB: transposed,
                        m: m, n: n, k: k, beta: 0, precision: precision)
                }
            }
        }
        return result.recorded(on: self, other) {
            [a = detached, b = other.detached, slotA = slot, slotB = other.slot] in
            { gradient, gradients in
                let (shapeA, shapeB) = (a.shape, b.shape)
                withExtendedLifetime((a, b, gradient)) {
                    let (a, b, g) = (a.pointer, b.pointer, gradient.pointer)
                    gradients.accumulate(to: slotA, shape: shapeA) { da, adding in
                        for i in 0..<batch {
                            MatrixProduct.gemm(
                                da + i * m * k, ldc: k, g + i * m * n, lda: n, b + (isShared ? 0 : i * k * n), ldb: ldb,
                                transposeB: !transposed, m: m, n: k, k: n, beta: adding ? 1 : 0, precision: precision)
                        }
                    }
                    gradients.accumulate(to: slotB, shape: shapeB) { db, adding in
                        for i in 0..<batch {
                            let target = db + (isShared ? 0 : i * k * n)
                            let beta: Float = adding || (isShared && i > 0) ? 1 : 0
                            if transposed {
                                MatrixProduct.gemm(
                                    target, ldc: k, g + i * m * n, lda: n, transposeA: true, a + i * m * k, ldb: k,
                                    m: n, n: k, k: m, beta: beta, precision: precision)
                            } else {
                                MatrixProduct.gemm(
                                    target, ldc: n, a + i * m * k, lda: k, transposeA: true, g + i * m * n, ldb: n,
                                    m: k, n: n, k: m, beta: beta, precision: precision)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Tensor {
    /// The precision of a matrix product with another tensor: that of their tape.
    func matmulPrecision(with other: Tensor) -> ComputePrecision { (tape ?? other.tape)?.precision ?? .float32 }
}

/// Writes `bias`, if any, into every row of `y`.
func fillRows(_ y: UnsafeMutablePointer<Float>, with bias: Tensor?, rows: Int, columns: Int) {
    guard let bias else { return }
    let target = SharedPointer(y)
    Parallel.forEachRange(ofRows: rows, columns: columns) { range in
        withExtendedLifetime(bias) {
            for row in range { (target.pointer + row * columns).update(from: bias.pointer, count: columns) }
        }
    }
}

extension Gradients {
    /// Adds the sum of the rows of `g` `[rows, columns]` to a vector's gradient.
    func addRowSum(of g: UnsafePointer<Float>, rows: Int, columns: Int, to slot: Int) {
        accumulate(to: slot, shape: [columns]) { target, adding in
            if !adding { target.update(repeating: 0, count: columns) }
            tal_sum_rows(target, g, rows, columns)
        }
    }
}
