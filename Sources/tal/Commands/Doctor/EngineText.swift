import Tensors

/// Which implementation multiplies the matrices of encoders and heads on this machine in each precision, and why.
enum EngineText {
    /// What the processor must have for the program's own kernels.
    private static let vectors = ["avx512f", "avx512bw", "avx512dq", "avx512vl", "fma"]
    private static let halves = "avx512_bf16"

    /// A line for each precision.
    ///
    /// - Parameter facts: what the machine offers.
    static func lines(_ facts: SystemReport.Facts) -> [(precision: ComputePrecision, text: String)] {
        ComputePrecision.allCases.map { ($0, text($0, facts)) }
    }

    private static func text(_ precision: ComputePrecision, _ facts: SystemReport.Facts) -> String {
        let needed = precision == .float32 ? vectors : vectors + [halves]
        if facts.packedKernels.contains(precision) {
            return switch precision {
            case .float32: "the program's AVX-512 kernels, by default; the processor has \(list(needed))"
            case .bfloat16: "the program's AVX512-BF16 kernels, where asked for; the processor has \(halves) too"
            }
        }
        let missing = needed.filter { !facts.processor.features.contains($0) }
        let reason =
            !facts.isX86
            ? "the program's kernels are for x86-64 only"
            : missing.isEmpty
                ? "the system does not let the program use \(list(needed))" : "the processor has no \(list(missing))"
        return switch precision {
        case .float32: "OpenBLAS (\(facts.matrixKernel) kernels) and plain tensor operations; \(reason)"
        case .bfloat16: "not available; \(reason)"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names.suffix(1).joined()
    }
}
