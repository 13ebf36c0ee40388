internal import CHDF5

/// A group: attributes, and links to groups and data sets.
///
/// Names are names of links, so they hold no `/`. All methods throw ``HDF5Failure``.
final class HDF5Group {
    private let handle: HDF5Handle

    init(_ handle: consuming HDF5Handle) {
        self.handle = handle
    }

    /// Whether a link of that name is there.
    func contains(_ name: String) throws -> Bool {
        try HDF5.locked { try HDF5.check(H5Lexists(handle.id, name, hid_t(H5P_DEFAULT))) > 0 }
    }

    /// The group that a hard link leads to.
    func group(_ name: String) throws -> HDF5Group {
        try requireHardLink(name)
        return try HDF5Group(
            HDF5.locked { try HDF5Handle(H5Gopen2(handle.id, name, hid_t(H5P_DEFAULT)), close: H5Gclose) })
    }

    func makeGroup(_ name: String) throws -> HDF5Group {
        try HDF5Group(
            HDF5.locked {
                let links = try HDF5Handle(H5Pcreate(h5PropertiesOfLinkCreation()), close: H5Pclose)
                try HDF5.check(H5Pset_char_encoding(links.id, H5T_CSET_UTF8))
                let properties = try HDF5.propertiesWithoutTimes(h5PropertiesOfGroupCreation())
                return try HDF5Handle(
                    H5Gcreate2(handle.id, name, links.id, properties.id, hid_t(H5P_DEFAULT)), close: H5Gclose)
            })
    }

    /// The data set that a hard link leads to; its elements must lie in the file itself.
    func dataset(_ name: String) throws -> HDF5Dataset {
        try requireHardLink(name)
        let dataset = try HDF5Dataset(
            HDF5.locked { try HDF5Handle(H5Dopen2(handle.id, name, hid_t(H5P_DEFAULT)), close: H5Dclose) })
        try dataset.requireOwnStorage()
        return dataset
    }

    /// What a link is of.
    enum Kind {
        case group
        case dataset
        /// A link that is not hard, or leads to something else.
        case other
    }

    func kind(of name: String) -> Kind {
        HDF5.locked {
            guard h5LinkType(handle.id, name) == 0 else { return .other }
            let object = H5Oopen(handle.id, name, hid_t(H5P_DEFAULT))
            guard object >= 0 else { return .other }
            defer { H5Oclose(object) }
            switch H5Iget_type(object) {
            case H5I_GROUP: return .group
            case H5I_DATASET: return .dataset
            default: return .other
            }
        }
    }

    /// What a link leads out of the file by, or to what else in it, is nobody's features.
    private func requireHardLink(_ name: String) throws {
        let kind: String
        switch HDF5.locked({ h5LinkType(handle.id, name) }) {
        case 0: return
        case 1: kind = "a soft link"
        case 64: kind = "an external link"
        case let other where other > 64: kind = "a user-defined link"
        default: throw HDF5Failure(reason: "it has no '\(name)'")
        }
        throw HDF5Failure(reason: "'\(name)' is \(kind), and only what lies in the file itself is read")
    }

    /// Makes an empty data set `[0, columns]` that grows along its first axis.
    ///
    /// - Parameter isUnicode: whether the link says that its name is UTF-8.
    func makeDataset(
        _ name: String, columns: Int, precision: FeaturePrecision, isUnicode: Bool = false
    ) throws -> HDF5Dataset {
        try HDF5Dataset(
            HDF5.locked {
                // Whole rows, at most 64 KiB: small enough to read a window of a long video, large enough for few chunks. A
                // chunk takes its full room however little of it is used, so narrow features get no more than 64 rows.
                let rows = min(64, max(1, (64 << 10) / (columns * precision.byteCount)))
                let type = try precision.makeFileType()
                let space = try HDF5Handle(
                    H5Screate_simple(2, [0, hsize_t(columns)], [h5Unlimited(), hsize_t(columns)]), close: H5Sclose)
                let properties = try HDF5.propertiesWithoutTimes(h5PropertiesOfDatasetCreation())
                try HDF5.check(H5Pset_chunk(properties.id, 2, [hsize_t(rows), hsize_t(columns)]))
                try HDF5.check(H5Pset_fletcher32(properties.id))
                let links = try HDF5Handle(H5Pcreate(h5PropertiesOfLinkCreation()), close: H5Pclose)
                if isUnicode { try HDF5.check(H5Pset_char_encoding(links.id, H5T_CSET_UTF8)) }
                return try HDF5Handle(
                    H5Dcreate2(handle.id, name, type.id, space.id, links.id, properties.id, hid_t(H5P_DEFAULT)),
                    close: H5Dclose)
            })
    }

    /// The names of all links, in the order of their bytes. A name that is not UTF-8 is repaired and so not found again.
    func names() throws -> [String] {
        final class Names {
            var all: [String] = []
        }
        let names = Names()
        try HDF5.locked {
            _ = try HDF5.check(
                h5VisitLinks(
                    handle.id,
                    { name, context in
                        guard let name, let context else { return }
                        Unmanaged<Names>.fromOpaque(context).takeUnretainedValue().all.append(String(cString: name))
                    }, Unmanaged.passUnretained(names).toOpaque()))
        }
        return names.all
    }

    func remove(_ name: String) throws {
        _ = try HDF5.locked { try HDF5.check(H5Ldelete(handle.id, name, hid_t(H5P_DEFAULT))) }
    }

    /// Copies what `name` leads to, with all below it, from another group. Names keep their encoding.
    func copy(_ name: String, from source: HDF5Group) throws {
        try HDF5.locked {
            let links = try HDF5Handle(H5Pcreate(h5PropertiesOfLinkCreation()), close: H5Pclose)
            try HDF5.check(H5Pset_char_encoding(links.id, H5T_CSET_UTF8))
            _ = try HDF5.check(H5Ocopy(source.handle.id, name, handle.id, name, hid_t(H5P_DEFAULT), links.id))
        }
    }

    /// Hands all that was written to the group's file to the operating system.
    func flush() throws {
        _ = try HDF5.locked { try HDF5.check(H5Fflush(handle.id, H5F_SCOPE_GLOBAL)) }
    }

    // MARK: - Attributes

    func hasAttribute(_ name: String) throws -> Bool {
        try HDF5.locked { try HDF5.check(H5Aexists(handle.id, name)) > 0 }
    }

    /// A single number; types are converted by the library.
    func integer(_ name: String) throws -> Int {
        var value: Int64 = 0
        try readNumber(name, h5NativeInt64(), into: &value)
        return Int(value)
    }

    /// A single number; types are converted by the library.
    func double(_ name: String) throws -> Double {
        var value = 0.0
        try readNumber(name, h5NativeDouble(), into: &value)
        return value
    }

    /// Texts are shorter than this, in bytes.
    static let longestText = 1 << 24

    /// A text of fixed or variable length.
    func string(_ name: String) throws -> String {
        try HDF5.locked {
            let attribute = try HDF5Handle(H5Aopen(handle.id, name, hid_t(H5P_DEFAULT)), close: H5Aclose)
            let type = try HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose)
            guard H5Tget_class(type.id) == H5T_STRING, try elementCount(of: attribute) == 1 else {
                throw HDF5Failure(reason: "attribute '\(name)' is not one text")
            }
            if try HDF5.check(H5Tis_variable_str(type.id)) > 0 {
                let memory = try Self.makeStringType()
                try HDF5.check(H5Tset_cset(memory.id, H5Tget_cset(type.id)))
                var text: UnsafeMutablePointer<CChar>?
                try HDF5.check(H5Aread(attribute.id, memory.id, &text))
                defer { H5free_memory(text) }
                return text.map { String(cString: $0) } ?? ""
            }
            let size = H5Tget_size(type.id)
            guard size > 0, size < Self.longestText else {
                throw HDF5Failure(reason: "attribute '\(name)' is too long")
            }
            var bytes = [UInt8](repeating: 0, count: size)
            try HDF5.check(H5Aread(attribute.id, type.id, &bytes))
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    func setInteger(_ name: String, _ value: Int) throws {
        try writeAttribute(name, fileType: h5FileInt64(), memoryType: h5NativeInt64(), Int64(value))
    }

    func setDouble(_ name: String, _ value: Double) throws {
        try writeAttribute(name, fileType: h5FileDouble(), memoryType: h5NativeDouble(), value)
    }

    /// Whether a text is of variable length: such texts lie in a heap without a checksum, and the library trusts its sizes.
    func isVariableText(_ name: String) throws -> Bool {
        try HDF5.locked {
            let attribute = try HDF5Handle(H5Aopen(handle.id, name, hid_t(H5P_DEFAULT)), close: H5Aclose)
            let type = try HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose)
            return H5Tget_class(type.id) == H5T_STRING && H5Tis_variable_str(type.id) > 0
        }
    }

    /// Writes a text of fixed length, which lies in the checksummed header of its group.
    func setString(_ name: String, _ value: String) throws {
        try HDF5.locked {
            // A type cannot be empty, so an empty text is one zero.
            let bytes = value.isEmpty ? [0] : Array(value.utf8)
            let type = try HDF5Handle(H5Tcopy(h5CString()), close: H5Tclose)
            try HDF5.check(H5Tset_size(type.id, bytes.count))
            try HDF5.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD))
            try HDF5.check(H5Tset_cset(type.id, H5T_CSET_UTF8))
            try bytes.withUnsafeBytes { try writeAttribute(name, fileType: type.id, memoryType: type.id, $0) }
        }
    }

    func removeAttribute(_ name: String) throws {
        _ = try HDF5.locked { try HDF5.check(H5Adelete(handle.id, name)) }
    }

    private static func makeStringType() throws -> HDF5Handle {
        let type = try HDF5Handle(H5Tcopy(h5CString()), close: H5Tclose)
        try HDF5.check(H5Tset_size(type.id, h5VariableLength()))
        return type
    }

    private func elementCount(of attribute: borrowing HDF5Handle) throws -> Int {
        let space = try HDF5Handle(H5Aget_space(attribute.id), close: H5Sclose)
        return try Int(HDF5.check(H5Sget_simple_extent_npoints(space.id)))
    }

    private func readNumber<Number: BitwiseCopyable>(_ name: String, _ memoryType: hid_t, into value: inout Number)
        throws
    {
        try HDF5.locked {
            let attribute = try HDF5Handle(H5Aopen(handle.id, name, hid_t(H5P_DEFAULT)), close: H5Aclose)
            guard try elementCount(of: attribute) == 1 else {
                throw HDF5Failure(reason: "attribute '\(name)' is not one number")
            }
            _ = try HDF5.check(H5Aread(attribute.id, memoryType, &value))
        }
    }

    private func writeAttribute<Value: BitwiseCopyable>(
        _ name: String, fileType: hid_t, memoryType: hid_t, _ value: Value
    ) throws {
        try withUnsafeBytes(of: value) { try writeAttribute(name, fileType: fileType, memoryType: memoryType, $0) }
    }

    private func writeAttribute(
        _ name: String, fileType: hid_t, memoryType: hid_t, _ bytes: UnsafeRawBufferPointer
    ) throws {
        try HDF5.locked {
            let space = try HDF5Handle(H5Screate(H5S_SCALAR), close: H5Sclose)
            let attribute = try HDF5Handle(
                H5Acreate2(handle.id, name, fileType, space.id, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)),
                close: H5Aclose)
            _ = try HDF5.check(H5Awrite(attribute.id, memoryType, bytes.baseAddress))
        }
    }
}
