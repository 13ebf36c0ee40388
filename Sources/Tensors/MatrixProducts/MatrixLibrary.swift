internal import COpenBLAS

/// The matrix library in use, for reports.
public enum MatrixLibrary {
    /// Its name, version and build options.
    public static var configuration: String { openblas_get_config().map { String(cString: $0) } ?? "unknown" }

    /// The kernels it chose for this processor, such as `Cooperlake`. It chooses once, when the program is loaded.
    public static var kernel: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

    /// The kernel that computes large matrix products: one of this toolkit where the processor supports it, otherwise the
    /// library's.
    public static func matmulKernel(_ precision: ComputePrecision) -> String {
        guard precision.hasPackedKernels else { return kernel }
        return precision == .float32 ? "AVX-512" : "AVX512-BF16"
    }
}
