internal import CHDF5

/// How feature values are kept in a file; in memory they are always `Float`.
public enum FeaturePrecision: String, CaseIterable, Codable, Sendable {
    case float16
    case float32

    var byteCount: Int {
        switch self {
        case .float16: 2
        case .float32: 4
        }
    }

    func makeFileType() throws -> HDF5Handle {
        switch self {
        case .float16: try HDF5Handle(h5MakeHalf(), close: H5Tclose)
        case .float32: try HDF5Handle(H5Tcopy(h5FileFloat()), close: H5Tclose)
        }
    }
}
