import CKernels
import COpenBLAS

/// Matrix products, by the kernels of this toolkit where the processor runs them and they are faster, by OpenBLAS elsewhere.
enum MatrixProduct {
    /// Whether this processor runs the kernels.
    static let hasKernels = ComputePrecision.float32.isAvailable

    /// `c = alpha · op(a) · op(b) + beta · c` with `op(a)` `[m, k]`, `op(b)` `[k, n]` and row strides `lda`, `ldb`, `ldc`.
    ///
    /// - Parameter precision: that of the factors; the processor must have it.
    static func add(
        _ c: UnsafeMutablePointer<Float>, ldc: Int,
        _ a: UnsafePointer<Float>, lda: Int, transposeA: Bool = false,
        _ b: UnsafePointer<Float>, ldb: Int, transposeB: Bool = false,
        m: Int, n: Int, k: Int, alpha: Float = 1, beta: Float, precision: ComputePrecision = .float32
    ) {
        guard m > 0, n > 0 else { return }
        guard k > 0 else {
            if beta == 0 { for row in 0..<m { (c + row * ldc).update(repeating: 0, count: n) } }
            return
        }
        // Packing pays only where a packed number is used often.
        let isLarge = hasKernels && min(m, n) >= 32 && m * n * k >= 1 << 20
        guard precision != .float32 || isLarge else {
            cblas_sgemm(
                CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
                Int32(m), Int32(n), Int32(k), alpha, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
            return
        }
        add(
            MatrixRows(c, count: m, stride: ldc, factor: alpha),
            MatrixRows(a, count: transposeA ? k : m, stride: lda), transposeA: transposeA,
            MatrixRows(b, count: transposeB ? n : k, stride: ldb), transposeB: transposeB,
            m: m, n: n, k: k, beta: beta, precision: precision)
    }

    /// The same for rows that are sums of rows in memory, by the kernels; on several threads outside of parallel regions.
    ///
    /// The result does not depend on the number of threads.
    /// - Parameters:
    ///   - c: each of its terms receives the product times its factor.
    ///   - beta: 1 where `c` has several terms.
    static func add(
        _ c: MatrixRows, _ a: MatrixRows, transposeA: Bool = false, _ b: MatrixRows, transposeB: Bool = false,
        m: Int, n: Int, k: Int, beta: Float = 1, precision: ComputePrecision
    ) {
        let threads = Parallel.available
        guard threads > 1, m * n * k > 4_000_000 else {
            multiply(c, a, transposeA, b, transposeB, m: m, n: n, k: k, beta: beta, precision: precision)
            return
        }
        // The longer side is cut, so that what both threads pack is small.
        if m >= n {
            let size = pieceSize(m, threads: threads, unit: 8)
            Parallel.forEach((m + size - 1) / size) { index in
                let first = index * size
                multiply(
                    c.from(row: first), transposeA ? a.from(column: first) : a.from(row: first), transposeA,
                    b, transposeB, m: min(size, m - first), n: n, k: k, beta: beta, precision: precision)
            }
        } else {
            let size = pieceSize(n, threads: threads, unit: 48)
            Parallel.forEach((n + size - 1) / size) { index in
                let first = index * size
                multiply(
                    c.from(column: first), a, transposeA,
                    transposeB ? b.from(row: first) : b.from(column: first), transposeB,
                    m: m, n: min(size, n - first), k: k, beta: beta, precision: precision)
            }
        }
    }

    /// Two pieces for each thread, so that none waits long for another, unless they would be too small.
    private static func pieceSize(_ count: Int, threads: Int, unit: Int) -> Int {
        let least = 192
        let pieces = max(threads, min(2 * threads, count / least))
        return ((count + pieces - 1) / pieces + unit - 1) / unit * unit
    }

    private static func multiply(
        _ c: MatrixRows, _ a: MatrixRows, _ transposeA: Bool, _ b: MatrixRows, _ transposeB: Bool,
        m: Int, n: Int, k: Int, beta: Float, precision: ComputePrecision
    ) {
        precondition(precision.isAvailable, "this processor has no kernels for \(precision.rawValue)")
        let hadMemory = tal_multiply(
            precision == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16, m, n, k, a.layout, transposeA, b.layout, transposeB,
            c.layout, beta)
        precondition(hadMemory, "out of memory for the blocks of a matrix product")
    }
}
