internal import CKernels
internal import COpenBLAS
internal import Threads

/// General matrix products (GEMM), `c = alpha · op(a) · op(b) + beta · c`, in three forms.
///
/// `beta` follows BLAS: 0 overwrites `c`, which may hold anything before, and 1 adds to it. Large products run on the
/// toolkit's kernels where the processor has AVX-512; all others run on OpenBLAS.
enum MatrixProduct {
    /// Whether this processor runs the toolkit's kernels.
    static let hasKernels = ComputePrecision.float32.hasPackedKernels

    /// `c = alpha · op(a) · op(b) + beta · c` for matrices in memory.
    ///
    /// - Parameters:
    ///   - c: `[m, n]`, rows `ldc` elements apart.
    ///   - a: `[m, k]` after transposition where `transposeA` is set, rows `lda` elements apart.
    ///   - b: `[k, n]` after transposition where `transposeB` is set, rows `ldb` elements apart.
    ///   - alpha: factor of the product.
    ///   - beta: factor of the previous `c`; 0 overwrites it unread.
    ///   - precision: data type of the factors; it must be supported.
    static func gemm(
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
            libraryGEMM(
                c, ldc: ldc, a, lda: lda, transposeA, b, ldb: ldb, transposeB, m: m, n: n, k: k, alpha: alpha,
                beta: beta)
            return
        }
        gemm(
            MatrixRows(c, count: m, stride: ldc, factor: alpha),
            MatrixRows(a, count: transposeA ? k : m, stride: lda), transposeA: transposeA,
            MatrixRows(b, count: transposeB ? n : k, stride: ldb), transposeB: transposeB,
            m: m, n: n, k: k, beta: beta, precision: precision)
    }

    /// OpenBLAS computes each call on one thread: how it divides a product among its own changes the last digits, and their
    /// number is one for the whole process.
    private static let libraryUsesOneThread: Void = openblas_set_num_threads(1)

    /// The product by OpenBLAS. A large one is cut along its longer side into pieces that depend on the size of the product alone, so
    /// that the result is the same for any number of threads, inside and outside of parallel regions.
    private static func libraryGEMM(
        _ c: UnsafeMutablePointer<Float>, ldc: Int, _ a: UnsafePointer<Float>, lda: Int, _ transposeA: Bool,
        _ b: UnsafePointer<Float>, ldb: Int, _ transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float, beta: Float
    ) {
        _ = libraryUsesOneThread
        nonisolated(unsafe) let (a, b, c) = (a, b, c)
        let cutsRows = m >= n, length = max(m, n)
        let pieces = m * n * k > 4_000_000 ? (length + 255) / 256 : 1
        let size = ((length + pieces - 1) / pieces + 15) / 16 * 16
        Parallel.forEach((length + size - 1) / size) { index in
            let first = index * size, count = min(size, length - first)
            let (row, column) = cutsRows ? (first, 0) : (0, first)
            cblas_sgemm(
                CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
                Int32(cutsRows ? count : m), Int32(cutsRows ? n : count), Int32(k), alpha,
                a + (transposeA ? row : row * lda), Int32(lda), b + (transposeB ? column * ldb : column), Int32(ldb),
                beta,
                c + row * ldc + column, Int32(ldc))
        }
    }

    /// `c = op(a) · op(b) + beta · c` for matrices whose rows are sums of rows in memory, on the toolkit's kernels.
    ///
    /// Outside of parallel regions it uses several threads; the result does not depend on their number.
    /// - Parameters:
    ///   - c: each of its terms receives the product times its factor.
    ///   - beta: must be 1 where `c` has several terms.
    ///   - precision: data type of the factors; the processor must have kernels for it.
    static func gemm(
        _ c: MatrixRows, _ a: MatrixRows, transposeA: Bool = false, _ b: MatrixRows, transposeB: Bool = false,
        m: Int, n: Int, k: Int, beta: Float, precision: ComputePrecision
    ) {
        gemm(
            [Operands(c: c, a: a, b: b)], transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, beta: beta,
            precision: precision)
    }

    /// The matrices of one GEMM.
    struct Operands: Sendable {
        var c: MatrixRows, a: MatrixRows, b: MatrixRows
    }

    /// Several products of the same size, computed together so that rows they have in common are read from memory once.
    ///
    /// - Parameters:
    ///   - matmuls: the matrices, at most `TAL_MATMULS`.
    ///   - beta: must be 1 for more than one product.
    static func gemm(
        _ matmuls: [Operands], transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
        beta: Float, precision: ComputePrecision
    ) {
        let threads = Parallel.available
        guard threads > 1, matmuls.count * m * n * k > 4_000_000 else {
            run(matmuls, transposeA, transposeB, m: m, n: n, k: k, beta: beta, precision: precision)
            return
        }
        // Cutting the longer side keeps the data packed by every thread small.
        let (length, unit) = m >= n ? (m, 8) : (n, 48)
        let size = pieceSize(length, threads: threads, unit: unit)
        Parallel.forEach((length + size - 1) / size) { index in
            let first = index * size, count = min(size, length - first)
            let pieces = matmuls.map { matmul in
                var piece = matmul
                if m >= n {
                    piece.c = matmul.c.from(row: first)
                    piece.a = transposeA ? matmul.a.from(column: first) : matmul.a.from(row: first)
                } else {
                    piece.c = matmul.c.from(column: first)
                    piece.b = transposeB ? matmul.b.from(row: first) : matmul.b.from(column: first)
                }
                return piece
            }
            run(
                pieces, transposeA, transposeB, m: m >= n ? count : m, n: m >= n ? n : count, k: k, beta: beta,
                precision: precision)
        }
    }

    /// Two pieces for each thread balance the load; fewer where pieces would be too small.
    private static func pieceSize(_ count: Int, threads: Int, unit: Int) -> Int {
        let smallest = 192
        let pieces = max(threads, min(2 * threads, count / smallest))
        return ((count + pieces - 1) / pieces + unit - 1) / unit * unit
    }

    private static func run(
        _ matmuls: [Operands], _ transposeA: Bool, _ transposeB: Bool, m: Int, n: Int, k: Int, beta: Float,
        precision: ComputePrecision
    ) {
        precondition(precision.hasPackedKernels, "this processor has no kernels for \(precision.rawValue)")
        let operands = matmuls.map { tal_gemm_operands(a: $0.a.layout, b: $0.b.layout, c: $0.c.layout) }
        precondition(operands.count <= TAL_MATMULS, "\(operands.count) matrix products together")
        let hadMemory = tal_gemm(
            precision == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16, m, n, k, operands, operands.count, transposeA,
            transposeB, beta)
        precondition(hadMemory, "out of memory for the blocks of a matrix product")
    }
}
