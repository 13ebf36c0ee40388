package import CKernels
package import Tensors

extension ComputePrecision {
    /// The data type as the kernels name it.
    package var kernel: tal_precision { self == .float32 ? TAL_FLOAT32 : TAL_BFLOAT16 }

    /// Bytes of one element of an operand.
    package var elementBytes: Int { self == .float32 ? 4 : 2 }
}
