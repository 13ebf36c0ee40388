internal import CKernels
internal import Threads

/// Which keys a query sees.
public enum AttentionSpan: Sendable {
    /// Every valid key. Padded keys are invisible.
    case global
    /// The keys at most `window / 2` positions away; `window` is odd. A padded key has its score lowered by 10⁴, and
    /// the result at padded queries is zero (the rules of the ActionFormer reference).
    case local(window: Int)
}

/// Scaled dot-product attention with several heads (Vaswani et al., 2017), computed by blocks of queries.
///
/// A block holds its scores for a moment only, forwards and backwards, so that memory grows with the sequence and not
/// with its square; with a local span the work grows with the window.
public struct Attention: Sendable {
    /// Number of heads; divides the channels. Head `h` owns the `h`-th block of channels.
    public var heads: Int
    /// Which keys a query sees.
    public var span: AttentionSpan

    public init(heads: Int, span: AttentionSpan = .global) {
        if case .local(let window) = span { precondition(window > 0 && window % 2 == 1, "window \(window) is not odd") }
        self.heads = heads
        self.span = span
    }

    /// Attends.
    ///
    /// - Parameters:
    ///   - queries: `[batch, queries, channels]`
    ///   - keys: `[batch, keys, channels]`
    ///   - values: `[batch, keys, channels]`
    ///   - mask: `[batch, keys]`, 1 where a key is valid and 0 where it is padding.
    ///   - relativeBias: `[heads, window]`, added to the scores by relative position; local spans only.
    /// - Returns: `[batch, queries, channels]`, the heads side by side.
    public func callAsFunction(
        queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor? = nil, relativeBias: Tensor? = nil
    ) -> Tensor {
        let layout = AttentionLayout(self, queries: queries, keys: keys, values: values)
        precondition(
            mask.map { $0.shape == [layout.batch, layout.keyCount] } ?? true, "mask for keys of shape \(keys.shape)")
        precondition(
            relativeBias.map { $0.shape == [heads, 2 * (layout.radius ?? -1) + 1] } ?? true, "relative bias")
        let inputs = AttentionInputs(
            queries: queries.detached, keys: keys.detached, values: values.detached, mask: mask?.detached,
            bias: relativeBias?.detached, layout: layout)
        let result = Tensor(queries.shape) { target in
            guard let start = target.baseAddress else { return }
            let out = SharedPointer(start)
            Parallel.forEach(layout.batch * heads) {
                inputs.attend(item: $0 / heads, head: $0 % heads, into: out.pointer)
            }
        }
        return result.recorded(on: [queries, keys, values] + (relativeBias.map { [$0] } ?? [])) {
            [slots = (queries.slot, keys.slot, values.slot, relativeBias?.slot ?? -1), heads] in
            { gradient, gradients in
                var dq = Tensor.zeros(inputs.queries.shape)
                var dk = Tensor.zeros(inputs.keys.shape)
                var dv = Tensor.zeros(inputs.values.shape)
                var db = Tensor.zeros([heads, 2 * (layout.radius ?? 0) + 1])
                dq.withMutableElements { dq in
                    dk.withMutableElements { dk in
                        dv.withMutableElements { dv in
                            db.withMutableElements { db in
                                guard let q = dq.baseAddress, let k = dk.baseAddress, let v = dv.baseAddress,
                                    let b = db.baseAddress
                                else { return }
                                let (q4, k4, v4, b4) = (
                                    SharedPointer(q), SharedPointer(k), SharedPointer(v), SharedPointer(b)
                                )
                                // One head of all items at a time, since the items share the gradient of the bias.
                                Parallel.forEach(heads) { head in
                                    for item in 0..<layout.batch {
                                        inputs.backward(
                                            item: item, head: head, gradient: gradient, dq: q4.pointer, dk: k4.pointer,
                                            dv: v4.pointer, dbias: b4.pointer + head * (2 * (layout.radius ?? 0) + 1))
                                    }
                                }
                            }
                        }
                    }
                }
                gradients.add(dq, to: slots.0)
                gradients.add(dk, to: slots.1)
                gradients.add(dv, to: slots.2)
                gradients.add(db, to: slots.3)
            }
        }
    }
}

/// The sizes of one attention.
private struct AttentionLayout: Sendable {
    let batch: Int, queryCount: Int, keyCount: Int, channels: Int, headChannels: Int
    /// Positions to each side that a query sees; `nil` for all.
    let radius: Int?
    /// Queries computed together.
    let block: Int

    init(_ attention: Attention, queries: Tensor, keys: Tensor, values: Tensor) {
        precondition(
            queries.rank == 3 && keys.rank == 3 && keys.shape == values.shape && queries.shape[0] == keys.shape[0]
                && queries.shape[2] == keys.shape[2] && queries.shape[2] % attention.heads == 0,
            "attention of \(queries.shape), \(keys.shape), \(values.shape) with \(attention.heads) heads")
        batch = queries.shape[0]
        queryCount = queries.shape[1]
        keyCount = keys.shape[1]
        channels = queries.shape[2]
        headChannels = channels / attention.heads
        switch attention.span {
        case .global:
            radius = nil
            block = 64
        case .local(let window):
            precondition(queryCount == keyCount, "local attention of \(queryCount) queries over \(keyCount) keys")
            radius = window / 2
            block = Swift.max(32, Swift.min(64, window))
        }
    }

    /// The keys that some query of a block sees.
    func keys(for queries: Range<Int>) -> Range<Int> {
        guard let radius else { return 0..<keyCount }
        return Swift.max(0, queries.lowerBound - radius)..<Swift.min(keyCount, queries.upperBound + radius)
    }

    var widestKeys: Int { radius.map { Swift.min(keyCount, block + 2 * $0) } ?? keyCount }

    func blocks() -> [Range<Int>] {
        stride(from: 0, to: queryCount, by: block).map { $0..<Swift.min($0 + block, queryCount) }
    }
}

/// The inputs of one attention, and the work on one head of one item.
private struct AttentionInputs: Sendable {
    let queries: Tensor, keys: Tensor, values: Tensor
    let mask: Tensor?
    let bias: Tensor?
    let layout: AttentionLayout

    private var scale: Float { 1 / Float(layout.headChannels).squareRoot() }

    /// Added to the scores of each key: 0 for valid ones.
    private func keyPenalty(item: Int) -> [Float]? {
        guard let mask else { return nil }
        let penalty: Float = layout.radius == nil ? -.infinity : -1e4
        return mask.slice(axis: 0, item..<(item + 1)).withElements { $0.map { $0 > 0 ? 0 : penalty } }
    }

    /// Fills `probabilities` `[queries, keys]` of one block.
    private func probabilities(
        _ target: UnsafeMutablePointer<Float>, item: Int, head: Int, rows: Range<Int>, columns: Range<Int>,
        penalty: [Float]?
    ) {
        let channels = layout.channels
        let q = queries.pointer + (item * layout.queryCount + rows.lowerBound) * channels + head * layout.headChannels
        let k = keys.pointer + (item * layout.keyCount + columns.lowerBound) * channels + head * layout.headChannels
        MatrixProduct.gemm(
            target, ldc: columns.count, q, lda: channels, k, ldb: channels, transposeB: true,
            m: rows.count, n: columns.count, k: layout.headChannels, alpha: scale, beta: 0)
        // A global span is a band wide enough for everything.
        let radius = layout.radius ?? (layout.queryCount + layout.keyCount)
        if layout.radius != nil || penalty != nil {
            let biasRow = bias.map { $0.pointer + head * (2 * radius + 1) }
            if let penalty {
                penalty.withUnsafeBufferPointer { penalty in
                    tal_band_scores(
                        target, rows.count, columns.count, rows.lowerBound, columns.lowerBound, radius, biasRow,
                        penalty.baseAddress.map { $0 + columns.lowerBound })
                }
            } else {
                tal_band_scores(
                    target, rows.count, columns.count, rows.lowerBound, columns.lowerBound, radius, biasRow, nil)
            }
        }
        tal_softmax(target, target, rows.count, columns.count)
        if layout.radius != nil, let mask {
            tal_scale_rows(
                target, mask.pointer + item * layout.keyCount + rows.lowerBound, rows.count, columns.count)
        }
    }

    func attend(item: Int, head: Int, into out: UnsafeMutablePointer<Float>) {
        let channels = layout.channels, width = layout.headChannels
        let penalty = keyPenalty(item: item)
        let scratch = Buffer(count: layout.block * layout.widestKeys)
        withExtendedLifetime((self, scratch)) {
            for rows in layout.blocks() {
                let columns = layout.keys(for: rows)
                probabilities(
                    scratch.pointer, item: item, head: head, rows: rows, columns: columns, penalty: penalty)
                MatrixProduct.gemm(
                    out + (item * layout.queryCount + rows.lowerBound) * channels + head * width, ldc: channels,
                    scratch.pointer, lda: columns.count,
                    values.pointer + (item * layout.keyCount + columns.lowerBound) * channels + head * width,
                    ldb: channels, m: rows.count, n: width, k: columns.count, beta: 0)
            }
        }
    }

    /// Adds the gradients of one head of one item; the probabilities are computed again.
    func backward(
        item: Int, head: Int, gradient: Tensor, dq: UnsafeMutablePointer<Float>, dk: UnsafeMutablePointer<Float>,
        dv: UnsafeMutablePointer<Float>, dbias: UnsafeMutablePointer<Float>
    ) {
        let channels = layout.channels, width = layout.headChannels
        let penalty = keyPenalty(item: item)
        let scratch = Buffer(count: 2 * layout.block * layout.widestKeys)
        withExtendedLifetime((self, scratch, gradient)) {
            let p = scratch.pointer, ds = scratch.pointer + layout.block * layout.widestKeys
            for rows in layout.blocks() {
                let columns = layout.keys(for: rows)
                let atQuery = (item * layout.queryCount + rows.lowerBound) * channels + head * width
                let atKey = (item * layout.keyCount + columns.lowerBound) * channels + head * width
                let g = gradient.pointer + atQuery
                probabilities(p, item: item, head: head, rows: rows, columns: columns, penalty: penalty)
                MatrixProduct.gemm(
                    dv + atKey, ldc: channels, p, lda: columns.count, transposeA: true, g, ldb: channels,
                    m: columns.count, n: width, k: rows.count, beta: 1)
                MatrixProduct.gemm(
                    ds, ldc: columns.count, g, lda: channels, values.pointer + atKey, ldb: channels, transposeB: true,
                    m: rows.count, n: columns.count, k: width, beta: 0)
                // Rows of padded queries are zero in `p`, which makes their gradient zero as well.
                tal_softmax_backward(ds, p, ds, rows.count, columns.count)
                if bias != nil, let radius = layout.radius {
                    tal_band_bias_backward(
                        dbias, ds, rows.count, columns.count, rows.lowerBound, columns.lowerBound, radius)
                }
                MatrixProduct.gemm(
                    dq + atQuery, ldc: channels, ds, lda: columns.count, keys.pointer + atKey, ldb: channels,
                    m: rows.count, n: width, k: columns.count, alpha: scale, beta: 1)
                MatrixProduct.gemm(
                    dk + atKey, ldc: channels, ds, lda: columns.count, transposeA: true, queries.pointer + atQuery,
                    ldb: channels, m: columns.count, n: width, k: rows.count, alpha: scale, beta: 1)
            }
        }
    }
}
