import CKernels

/// The arithmetic of a frozen encoder.
public enum ComputePrecision: String, Sendable, CaseIterable {
    /// 32-bit products and sums.
    case float32
    /// Products of 16-bit numbers with the range of `float32`, and 32-bit sums.
    case bfloat16

    /// Whether this processor has the instructions for ``InferenceEncoder`` with this arithmetic: AVX-512, and AVX512-BF16
    /// for `bfloat16`.
    public var isAvailable: Bool { tal_inference_available(kernel) }

    /// The name of the arithmetic for the kernels.
    var kernel: tal_precision { self == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16 }

    /// Bytes of one element of an operand.
    var elementBytes: Int { self == .float32 ? 4 : 2 }
}
