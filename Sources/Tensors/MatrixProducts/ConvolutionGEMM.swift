/// The matrix products of a convolution over time. All of them add to what is there.
///
/// Each tap of the kernel is a product over all positions, so nothing is unfolded in memory; kernels of three taps over long
/// sequences take ``MinimalFiltering``.
struct ConvolutionProducts: Sendable {
    let batch: Int
    /// Positions of the input and of the result.
    let length: Int, windows: Int
    let inputs: Int, outputs: Int, groups: Int
    let window: SlidingWindow
    let precision: ComputePrecision

    private var groupInputs: Int { inputs / groups }
    private var groupOutputs: Int { outputs / groups }

    /// The filtering of three taps where there are enough positions that its many small products pay.
    private func filtering(over positions: Int) -> MinimalFiltering? {
        let filtering = precision == .float32 ? MinimalFiltering.four : .two
        let pays =
            MatrixProduct.hasKernels && window.size == 3 && window.stride == 1 && groups == 1
            && min(inputs, outputs) >= 64 && batch * blocks(of: positions, filtering) >= 32
        return pays ? filtering : nil
    }

    /// Groups of positions of a sequence that are computed together.
    private func blocks(of length: Int, _ filtering: MinimalFiltering) -> Int {
        (length + filtering.results - 1) / filtering.results
    }

    // MARK: - Products

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
                MatrixProduct.add(
                    MatrixRows(y + atY, count: batch * windows, stride: outputs), inputRows(x + atX, tap: tap),
                    MatrixRows(w + atW, count: groupOutputs, stride: groupInputs), transposeB: true,
                    m: batch * windows, n: groupOutputs, k: groupInputs, precision: precision)
            }
        } else {
            forEachRange { atX, atY, atW, rows in
                MatrixProduct.add(
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
                MatrixProduct.add(
                    inputRows(dx + atX, tap: tap),
                    MatrixRows(gradient + atY, count: batch * windows, stride: outputs),
                    MatrixRows(w + atW, count: groupOutputs, stride: groupInputs),
                    m: batch * windows, n: groupInputs, k: groupOutputs, precision: precision)
            }
        } else {
            forEachRange { atX, atY, atW, rows in
                MatrixProduct.add(
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
                MatrixProduct.add(
                    MatrixRows(dw + atW, count: groupOutputs, stride: groupInputs),
                    MatrixRows(gradient + atY, count: batch * windows, stride: outputs), transposeA: true,
                    inputRows(x + atX, tap: tap),
                    m: groupOutputs, n: groupInputs, k: batch * windows, precision: precision)
            }
        } else {
            forEachRange { atX, atY, atW, rows in
                MatrixProduct.add(
                    dw + atW, ldc: groupInputs, gradient + atY, lda: outputs, transposeA: true,
                    x + atX, ldb: window.stride * inputs, m: groupOutputs, n: groupInputs, k: rows, beta: 1)
            }
        }
    }

    // MARK: - Tap by tap

    /// The positions of the input that a tap meets, window by window.
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

    /// Calls `body` for each batch item, tap and group with the offsets of the matrices involved and the windows for which
    /// the tap lies inside the sequence.
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

    /// The taps as one product sees them: rows of the weight of all three, added up.
    private func taps(_ w: UnsafePointer<Float>, factors: [Float], flips: Bool) -> MatrixRows {
        MatrixRows(
            w, stride: inputs, length: 3 * outputs, windows: outputs,
            terms: factors.enumerated().map { tap, factor in ((flips ? 2 - tap : tap) * outputs, factor) })
    }

    /// Filters sequences `[batch, length, channels]` by the taps.
    ///
    /// - Parameters:
    ///   - flips: whether the last tap meets the earliest position.
    ///   - transposes: whether the rows of the weight are channels of the result.
    private func filter(
        by filtering: MinimalFiltering, _ source: UnsafePointer<Float>, length sourceLength: Int,
        channels sourceChannels: Int,
        _ w: UnsafePointer<Float>, flips: Bool, transposes: Bool, padding: Int,
        into target: UnsafeMutablePointer<Float>, length targetLength: Int, channels targetChannels: Int
    ) {
        let blocks = self.blocks(of: targetLength, filtering)
        let products = (0..<filtering.products).map { product in
            let from = MatrixRows(
                source, stride: sourceChannels, length: sourceLength, windows: blocks, step: filtering.results,
                terms: filtering.input[product].enumerated().map { ($0 - padding, $1) })
            let to = MatrixRows(
                target, stride: targetChannels, length: targetLength, windows: blocks, step: filtering.results,
                terms: filtering.shares(ofProduct: product, count: filtering.results).enumerated()
                    .map { ($0, $1) })
            return MatrixProduct.Operands(
                c: to, a: from, b: taps(w, factors: filtering.taps[product], flips: flips))
        }
        MatrixProduct.add(
            products, transposeB: transposes, m: batch * blocks, n: targetChannels, k: sourceChannels,
            precision: precision)
    }

    private func filterWeightGradient(
        by filtering: MinimalFiltering, _ gradient: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>
    ) {
        let blocks = self.blocks(of: windows, filtering)
        let products = (0..<filtering.products).map { product in
            let from = MatrixRows(
                gradient, stride: outputs, length: windows, windows: blocks, step: filtering.results,
                terms: filtering.gradients[product].enumerated().map { ($0, $1) })
            let with = MatrixRows(
                x, stride: inputs, length: length, windows: blocks, step: filtering.results,
                terms: filtering.input[product].enumerated().map { ($0 - window.padding, $1) })
            return MatrixProduct.Operands(
                c: taps(dw, factors: filtering.shares(ofProduct: product, count: 3), flips: false), a: from, b: with)
        }
        MatrixProduct.add(
            products, transposeA: true, m: outputs, n: inputs, k: batch * blocks, precision: precision)
    }
}
