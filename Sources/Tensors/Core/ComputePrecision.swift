internal import CKernels

/// The data type of the factors of matrix products; their sums are always float32.
public enum ComputePrecision: String, Codable, Sendable, CaseIterable {
    /// 32-bit factors and sums.
    case float32
    /// 16-bit factors with the exponent range of `float32`, and 32-bit sums.
    case bfloat16

    /// Whether this machine computes matrix products in this precision: always for `float32`, and for `bfloat16` where
    /// ``hasPackedKernels`` holds.
    public var isSupported: Bool { self == .float32 || hasPackedKernels }

    /// Whether this processor runs the toolkit's own kernels on packed matrices in this precision. They need AVX-512, and
    /// AVX512-BF16 for `bfloat16`. Without them `float32` falls back to the matrix library and to plain tensor operations.
    public var hasPackedKernels: Bool { tal_avx512_supports(self == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16) }
}
