import CRevision
import Features
import Tensors
import Toolkit

/// What `tal --version` prints: the version alone on the first line, then what the program was made of.
enum VersionText {
    static var text: String {
        ([ToolkitVersion.current] + details.map { "\($0): \($1)" }).joined(separator: "\n")
    }

    /// FFmpeg is loaded when a command needs it, which takes longer than all else here.
    private static var details: [(String, String)] {
        let packed = ComputePrecision.allCases.filter(\.hasPackedKernels).map(\.rawValue)
        return [
            ("commit", commit ?? "unknown"),
            ("OpenBLAS", MatrixLibrary.configuration),
            ("HDF5", FeatureSources.hdf5Version),
            ("FFmpeg", "loaded when it is used; 'tal doctor' says which"),
            (
                "kernels",
                "\(Processor.current().loopVariant)\(packed.isEmpty ? "" : ", packed \(packed.joined(separator: ", "))")"
            ),
        ]
    }

    /// The commit of the sources, where they were a checkout.
    static var commit: String? {
        let text = String(cString: tal_revision())
        return text.isEmpty ? nil : text
    }
}
