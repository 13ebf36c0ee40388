package import CKernels
package import Tensors

extension ComputePrecision {
    /// The name of the arithmetic for the kernels.
    package var kernel: tal_precision { self == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16 }

    /// Bytes of one element of an operand.
    package var elementBytes: Int { self == .float32 ? 4 : 2 }
}
