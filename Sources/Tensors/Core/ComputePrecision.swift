internal import CKernels

/// The arithmetic of matrix products.
public enum ComputePrecision: String, Codable, Sendable, CaseIterable {
    /// 32-bit products and sums.
    case float32
    /// Products of 16-bit numbers with the range of `float32`, and 32-bit sums.
    case bfloat16

    /// Whether this processor has the instructions of the kernels with this arithmetic: AVX-512, and AVX512-BF16 for
    /// `bfloat16`. Training works in `float32` without them, by the matrix library.
    public var isAvailable: Bool { tal_avx512_supports(self == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16) }
}
