internal import CHDF5

/// An open HDF5 file.
final class HDF5File {
    private let handle: HDF5Handle

    enum Mode {
        case reading
        case changing
        /// Makes a new file, exclusively: nothing may have its name, and no link is followed.
        case creating
    }

    /// - Throws: ``HDF5Failure``.
    init(_ path: String, _ mode: Mode) throws {
        handle = try HDF5.locked {
            let access = try HDF5Handle(H5Pcreate(h5PropertiesOfFileAccess()), close: H5Pclose)
            try HDF5.check(h5DisableFileLocks(access.id))
            if mode != .reading { try HDF5.check(h5UseChecksummedFormat(access.id)) }
            switch mode {
            case .reading: return try HDF5Handle(H5Fopen(path, h5ReadOnly, access.id), close: H5Fclose)
            case .changing: return try HDF5Handle(H5Fopen(path, h5ReadWrite, access.id), close: H5Fclose)
            case .creating:
                let properties = try HDF5.propertiesWithoutTimes(h5PropertiesOfFileCreation())
                return try HDF5Handle(H5Fcreate(path, h5Exclusive, properties.id, access.id), close: H5Fclose)
            }
        }
    }

    /// The group at the root.
    func root() throws -> HDF5Group {
        try HDF5Group(HDF5.locked { try HDF5Handle(H5Gopen2(handle.id, "/", hid_t(H5P_DEFAULT)), close: H5Gclose) })
    }
}
