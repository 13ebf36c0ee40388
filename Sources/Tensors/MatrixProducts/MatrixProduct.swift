internal import CKernels
internal import COpenBLAS
public import Threads

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
        add(
            [Operands(c: c, a: a, b: b)], transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, beta: beta,
            precision: precision)
    }

    /// The matrices of one product.
    struct Operands: Sendable {
        var c: MatrixRows, a: MatrixRows, b: MatrixRows
    }

    /// Several products of the same size, computed together so that what they share of memory is read once.
    ///
    /// - Parameter beta: 1 where there is more than one.
    static func add(
        _ products: [Operands], transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
        beta: Float = 1, precision: ComputePrecision
    ) {
        let threads = Parallel.available
        guard threads > 1, products.count * m * n * k > 4_000_000 else {
            multiply(products, transposeA, transposeB, m: m, n: n, k: k, beta: beta, precision: precision)
            return
        }
        // The longer side is cut, so that what both threads pack is small.
        let (length, unit) = m >= n ? (m, 8) : (n, 48)
        let size = pieceSize(length, threads: threads, unit: unit)
        Parallel.forEach((length + size - 1) / size) { index in
            let first = index * size, count = min(size, length - first)
            let pieces = products.map { product in
                var piece = product
                if m >= n {
                    piece.c = product.c.from(row: first)
                    piece.a = transposeA ? product.a.from(column: first) : product.a.from(row: first)
                } else {
                    piece.c = product.c.from(column: first)
                    piece.b = transposeB ? product.b.from(row: first) : product.b.from(column: first)
                }
                return piece
            }
            multiply(
                pieces, transposeA, transposeB, m: m >= n ? count : m, n: m >= n ? n : count, k: k, beta: beta,
                precision: precision)
        }
    }

    /// Two pieces for each thread, so that none waits long for another, unless they would be too small.
    private static func pieceSize(_ count: Int, threads: Int, unit: Int) -> Int {
        let least = 192
        let pieces = max(threads, min(2 * threads, count / least))
        return ((count + pieces - 1) / pieces + unit - 1) / unit * unit
    }

    private static func multiply(
        _ products: [Operands], _ transposeA: Bool, _ transposeB: Bool, m: Int, n: Int, k: Int, beta: Float,
        precision: ComputePrecision
    ) {
        precondition(precision.isAvailable, "this processor has no kernels for \(precision.rawValue)")
        let operands = products.map { tal_gemm_operands(a: $0.a.layout, b: $0.b.layout, c: $0.c.layout) }
        precondition(operands.count <= TAL_MATMULS, "\(operands.count) products together")
        let hadMemory = tal_gemm(
            precision == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16, m, n, k, operands, operands.count, transposeA,
            transposeB, beta)
        precondition(hadMemory, "out of memory for the blocks of a matrix product")
    }
}
