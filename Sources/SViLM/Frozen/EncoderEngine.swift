public import Tensors

/// The implementation that runs a frozen encoder.
///
/// Both compute the same features up to rounding, but ``plain(reason:)`` is several times slower.
public enum EncoderEngine: Hashable, Sendable, CustomStringConvertible {
    /// ``InferenceEncoder``: packed weights and vector instructions.
    case packed(ComputePrecision)
    /// The tensor operations of ``VideoEncoder``, on any processor and for any shape; `reason` says why nothing faster runs.
    case plain(reason: String)

    /// The engine that runs an encoder of this shape in float32 on this machine.
    public init(_ configuration: EncoderConfiguration) {
        if let obstacle = InferenceEncoder.obstacle(configuration, precision: .float32) {
            self = .plain(reason: obstacle)
        } else {
            self = .packed(.float32)
        }
    }

    /// For reports, such as `packed AVX-512` or `plain (this processor has no AVX-512)`.
    public var description: String {
        switch self {
        case .packed(.float32): "packed AVX-512"
        case .packed(.bfloat16): "packed AVX512-BF16"
        case .plain(let reason): "plain (\(reason))"
        }
    }
}
