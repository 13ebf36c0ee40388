/// A convolution over time as matrix products. Every result is added to the target.
///
/// Each tap of the kernel is one matrix product over all positions, so nothing is unfolded in memory. Kernels of three taps
/// over long sequences use ``MinimalFiltering``.
struct ConvolutionGEMM: Sendable {
    let batch: Int
    /// Positions of the input and of the result.
    let length: Int, windows: Int
    let inputs: Int, outputs: Int, groups: Int
    let window: SlidingWindow
    let precision: ComputePrecision

    private var groupInputs: Int { inputs / groups }
    private var groupOutputs: Int { outputs / groups }

    /// The filtering of three taps, where there are enough positions for its many small matrix products to pay off.
    private func filtering(over positions: Int) -> MinimalFiltering? {
        let filtering = precision == .float32 ? MinimalFiltering.four : .two
        let pays =
            MatrixProduct.hasKernels && window.size == 3 && window.stride == 1 && groups == 1
            && min(inputs, outputs) >= 64 && batch * blocks(of: positions, filtering) >= 32
        return pays ? filtering : nil
    }

    /// The number of groups of positions that are computed together in a sequence.
    private func blocks(of length: Int, _ filtering: MinimalFiltering) -> Int {
        (length + filtering.results - 1) / filtering.results
    }

    // MARK: - Results and gradients

    /// `y[t] += Σ w[k] · x[t · stride + k - padding]`
    func addResult(
        to y: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, w: UnsafePointer<Float>
    ) {
        if let filtering = filtering(over: windows) {
            filter(
                by: filtering, x, length: length, channels: inputs, w, flips: false, transposes: true,
                padding: window.padding,
                into: y, length: windows, channels: outputs)
        } else if MatrixProduct.hasKernels {
            forEachTapAndGroup { tap, atX, atY, atW in
                MatrixProduct.gemm(
                    MatrixRows(y + atY, count: batch * windows, stride: outputs), inputRows(x + atX, tap: tap),
                    MatrixRows(w + atW, count: groupOutputs, stride: groupInputs), transposeB: true,
                    m: batch * windows, n: groupOutputs, k: groupInputs, beta: 1, precision: precision)
            }
        } else {
            forEachRange { atX, atY, atW, rows in
                MatrixProduct.gemm(
                    y + atY, ldc: outputs, x + atX, lda: window.stride * inputs, w + atW, ldb: groupInputs,
                    transposeB: true, m: rows, n: groupOutputs, k: groupInputs, beta: 1)
            }
        }
    }

    /// The gradient with respect to the input, from that of the result.
    func addInputGradient(
        to dx: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, w: UnsafePointer<Float>
    ) {
        if let filtering = filtering(over: length) {
            filter(
                by: filtering, gradient, length: windows, channels: outputs, w, flips: true, transposes: false,
                padding: window.size - 1 - window.padding, into: dx, length: length, channels: inputs)
        } else if MatrixProduct.hasKernels {
            forEachTapAndGroup { tap, atX, atY, atW in
                MatrixProduct.gemm(
                    inputRows(dx + atX, tap: tap),
                    MatrixRows(gradient + atY, count: batch * windows, stride: outputs),
                    MatrixRows(w + atW, count: groupOutputs, stride: groupInputs),
                    m: batch * windows, n: groupInputs, k: groupOutputs, beta: 1, precision: precision)
            }
        } else {
            forEachRange { atX, atY, atW, rows in
                MatrixProduct.gemm(
                    dx + atX, ldc: window.stride * inputs, gradient + atY, lda: outputs, w + atW, ldb: groupInputs,
                    m: rows, n: groupInputs, k: groupOutputs, beta: 1)
            }
        }
    }

    /// The gradient with respect to the weight, from that of the result.
    func addWeightGradient(
        to dw: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, x: UnsafePointer<Float>
    ) {
        if let filtering = filtering(over: windows) {
            filterWeightGradient(by: filtering, gradient, x, into: dw)
        } else if MatrixProduct.hasKernels {
            forEachTapAndGroup { tap, atX, atY, atW in
                MatrixProduct.gemm(
                    MatrixRows(dw + atW, count: groupOutputs, stride: groupInputs),
                    MatrixRows(gradient + atY, count: batch * windows, stride: outputs), transposeA: true,
                    inputRows(x + atX, tap: tap),
                    m: groupOutputs, n: groupInputs, k: batch * windows, beta: 1, precision: precision)
            }
        } else {
            forEachRange { atX, atY, atW, rows in
                MatrixProduct.gemm(
                    dw + atW, ldc: groupInputs, gradient + atY, lda: outputs, transposeA: true,
                    x + atX, ldb: window.stride * inputs, m: groupOutputs, n: groupInputs, k: rows, beta: 1)
            }
        }
    }

    // MARK: - Tap by tap

    /// The input positions under a tap, window by window.
    private func inputRows(_ start: UnsafePointer<Float>, tap: Int) -> MatrixRows {
        MatrixRows(
            start, stride: inputs, length: length, windows: windows, step: window.stride,
            terms: [(tap - window.padding, 1)])
    }

    /// Calls `body` with the offsets of the matrices of each tap and group.
    private func forEachTapAndGroup(_ body: (_ tap: Int, _ x: Int, _ y: Int, _ w: Int) -> Void) {
        guard batch * windows > 0 else { return }
        for tap in 0..<window.size {
            for group in 0..<groups {
                body(
                    tap, group * groupInputs, group * groupOutputs,
                    (tap * outputs + group * groupOutputs) * groupInputs)
            }
        }
    }

    /// Calls `body` for each batch item, tap and group with the offsets of the matrices and the number of windows whose tap
    /// lies inside the sequence.
    private func forEachRange(_ body: (_ x: Int, _ y: Int, _ w: Int, _ rows: Int) -> Void) {
        for item in 0..<batch {
            for tap in 0..<window.size {
                let range = window.windows(inside: length, tap: tap)
                guard !range.isEmpty else { continue }
                let firstInput = range.lowerBound * window.stride + tap - window.padding
                for group in 0..<groups {
                    body(
                        (item * length + firstInput) * inputs + group * groupInputs,
                        (item * windows + range.lowerBound) * outputs + group * groupOutputs,
                        (tap * outputs + group * groupOutputs) * groupInputs, range.count)
                }
            }
        }
    }

    // MARK: - Minimal filtering

    /// The weights of one matrix product: a weighted sum of the three taps.
    private func taps(_ w: UnsafePointer<Float>, factors: [Float], flips: Bool) -> MatrixRows {
        MatrixRows(
            w, stride: inputs, length: 3 * outputs, windows: outputs,
            terms: factors.enumerated().map { tap, factor in ((flips ? 2 - tap : tap) * outputs, factor) })
    }

    /// Filters sequences `[batch, length, channels]` by the taps.
    ///
    /// - Parameters:
    ///   - flips: whether the last tap applies to the earliest position.
    ///   - transposes: whether rows of the weight are output channels.
    private func filter(
        by filtering: MinimalFiltering, _ source: UnsafePointer<Float>, length sourceLength: Int,
        channels sourceChannels: Int,
        _ w: UnsafePointer<Float>, flips: Bool, transposes: Bool, padding: Int,
        into target: UnsafeMutablePointer<Float>, length targetLength: Int, channels targetChannels: Int
    ) {
        let blocks = self.blocks(of: targetLength, filtering)
        let matmuls = (0..<filtering.matmuls).map { matmul in
            let from = MatrixRows(
                source, stride: sourceChannels, length: sourceLength, windows: blocks, step: filtering.results,
                terms: filtering.input[matmul].enumerated().map { ($0 - padding, $1) })
            let to = MatrixRows(
                target, stride: targetChannels, length: targetLength, windows: blocks, step: filtering.results,
                terms: filtering.outputFactors(ofMatmul: matmul, count: filtering.results).enumerated()
                    .map { ($0, $1) })
            return MatrixProduct.Operands(
                c: to, a: from, b: taps(w, factors: filtering.taps[matmul], flips: flips))
        }
        MatrixProduct.gemm(
            matmuls, transposeB: transposes, m: batch * blocks, n: targetChannels, k: sourceChannels,
            beta: 1, precision: precision)
    }

    private func filterWeightGradient(
        by filtering: MinimalFiltering, _ gradient: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>
    ) {
        let blocks = self.blocks(of: windows, filtering)
        let matmuls = (0..<filtering.matmuls).map { matmul in
            let from = MatrixRows(
                gradient, stride: outputs, length: windows, windows: blocks, step: filtering.results,
                terms: filtering.gradients[matmul].enumerated().map { ($0, $1) })
            let with = MatrixRows(
                x, stride: inputs, length: length, windows: blocks, step: filtering.results,
                terms: filtering.input[matmul].enumerated().map { ($0 - window.padding, $1) })
            return MatrixProduct.Operands(
                c: taps(dw, factors: filtering.outputFactors(ofMatmul: matmul, count: 3), flips: false), a: from,
                b: with)
        }
        MatrixProduct.gemm(
            matmuls, transposeA: true, m: outputs, n: inputs, k: batch * blocks, beta: 1,
            precision: precision)
    }
}
