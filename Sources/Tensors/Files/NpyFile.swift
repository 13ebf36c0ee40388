import Files
public import Foundation

/// Arrays in NumPy's `.npy` format (versions 1 to 3).
public enum NpyFile {
    /// How elements are written.
    public enum ElementType: String, Sendable, CaseIterable {
        case float16 = "f2"
        case float32 = "f4"
        case float64 = "f8"
    }

    /// What a file says about the array it holds.
    public struct Header: Equatable, Sendable {
        /// Length of each axis; `[]` is a scalar.
        public var shape: [Int]
        public var elementType: NumberType
        public var isBigEndian: Bool
        /// Whether the first axis, and not the last, is the one whose neighbours lie side by side.
        public var isColumnMajor: Bool
        /// Where the elements begin.
        var dataOffset: Int
    }

    /// Reads what the file holds without reading the elements.
    ///
    /// - Throws: `FileError`.
    public static func header(of path: String) throws -> Header {
        let handle = try open(path)
        defer { try? handle.close() }
        let start: Data
        let size: UInt64
        do {
            start = try handle.read(upToCount: longestHeader) ?? Data()
            size = try handle.seekToEnd()
        } catch {
            throw FileError.unreadable(path: path, reason: "reading failed")
        }
        return try parseHeader([UInt8](start), fileSize: Int(clamping: size), path: path)
    }

    /// Reads an array of numbers of any rank as `Float`, row-major.
    ///
    /// - Throws: `FileError`.
    public static func read(_ path: String) throws -> Tensor {
        try read(mapped(path), path: path)
    }

    /// Reads some elements of an array, counted in row-major order, as `Float`. No more of the file is read where it is stored so.
    ///
    /// - Parameter range: within the number of elements.
    /// - Returns: `[range.count]`
    /// - Throws: `FileError`.
    package static func read(_ path: String, elements range: Range<Int>) throws -> Tensor {
        let data = try mapped(path)
        let header = try parseHeader([UInt8](data.prefix(longestHeader)), fileSize: data.count, path: path)
        let count = header.shape.reduce(1, *)
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw FileError.malformed(
                path: path,
                problem: "it has \(count) elements and not \(range.upperBound); it was changed while it was read")
        }
        guard !header.isColumnMajor || header.shape.count < 2 else {
            return try read(data, path: path).reshaped([count]).slice(axis: 0, range)
        }
        let size = header.elementType.byteCount, start = header.dataOffset + range.lowerBound * size
        return data.withUnsafeBytes { bytes in
            Tensor([range.count]) { target in
                header.elementType.decode(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + range.count * size]),
                    isBigEndian: header.isBigEndian, into: target)
            }
        }
    }

    private static func mapped(_ path: String) throws -> Data {
        let handle = try open(path)
        try? handle.close()
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw FileError.unreadable(path: path, reason: "reading failed")
        }
    }

    /// Writes a tensor, row-major and little-endian; see `AtomicFile`.
    ///
    /// - Throws: `FileError.unwritable`.
    public static func write(_ tensor: Tensor, to path: String, as elementType: ElementType = .float32) throws {
        try AtomicFile.write(data(of: tensor, as: elementType), to: path)
    }

    /// The content of a file with a tensor, row-major and little-endian.
    public static func data(of tensor: Tensor, as elementType: ElementType = .float32) -> Data {
        let sizes = tensor.shape.map(String.init).joined(separator: ", ")
        let shape = tensor.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
        var text = "{'descr': '<\(elementType.rawValue)', 'fortran_order': False, 'shape': \(shape), }"
        // The elements begin at a multiple of 64 bytes, after a header that ends in a line feed.
        text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
        var data = Data(magic + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)])
        data.append(contentsOf: text.utf8)
        tensor.withElements { elements in
            switch elementType {
            case .float16: append(elements.map { HalfPrecision.bits($0).littleEndian }, to: &data)
            case .float32: append(elements.map { $0.bitPattern.littleEndian }, to: &data)
            case .float64: append(elements.map { Double($0).bitPattern.littleEndian }, to: &data)
            }
        }
        return data
    }

    // MARK: - Reading

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// A header of version 1 ends within 64 KiB; longer ones describe structured types, which are refused.
    static let longestHeader = 1 << 17

    private static func open(_ path: String) throws -> FileHandle {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError.missing(path: path)
        }
        guard !isFolder.boolValue else { throw FileError.unreadable(path: path, reason: "it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw FileError.unreadable(path: path, reason: "permission denied")
        }
        return handle
    }

    /// Reads the header of an array.
    ///
    /// - Parameters:
    ///   - bytes: the beginning of the file, ``longestHeader`` bytes of it or all.
    ///   - fileSize: of all of it.
    ///   - path: for errors.
    static func parseHeader(_ bytes: [UInt8], fileSize: Int, path: String) throws -> Header {
        func malformed(_ reason: String) -> FileError {
            .malformed(path: path, problem: "not a usable npy array: \(reason)")
        }
        guard bytes.count >= 12, Array(bytes.prefix(6)) == magic else { throw malformed("it does not begin as one") }
        let version = bytes[6]
        let textStart = version == 1 ? 10 : 12
        let textCount: Int
        switch version {
        case 1: textCount = Int(bytes[8]) | Int(bytes[9]) << 8
        case 2, 3: textCount = (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        default: throw malformed("version \(version) is unknown")
        }
        guard textStart + textCount <= bytes.count else { throw malformed("its header is cut off or overlong") }
        let text = String(decoding: bytes[textStart..<textStart + textCount], as: UTF8.self)
        guard let description = NpyHeaderText(text) else { throw malformed("its header cannot be understood") }

        let code = description.elementType
        guard code != "|O" else {
            throw malformed("its elements are Python objects; save the array of numbers in it by itself")
        }
        guard let (type, isBigEndian) = NumberType.parse(code) else {
            throw malformed("its elements are of type '\(code)'; integers, float16, float32 and float64 can be read")
        }
        var count = 1
        for length in description.shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            guard !overflows else { throw malformed("shape \(description.shape) is too large") }
            count = product
        }
        let (byteCount, overflows) = count.multipliedReportingOverflow(by: type.byteCount)
        guard !overflows, byteCount <= fileSize - textStart - textCount else {
            throw malformed("shape \(description.shape) needs more bytes than the file has; it may be cut off")
        }
        let rest = fileSize - textStart - textCount - byteCount
        guard rest == 0 else {
            throw malformed(
                "the file has \(rest) bytes more than shape \(description.shape) needs; keep one array in a file, without "
                    + "anything after it")
        }
        return Header(
            shape: description.shape, elementType: type, isBigEndian: isBigEndian,
            isColumnMajor: description.isColumnMajor, dataOffset: textStart + textCount)
    }

    /// Reads the content of a file.
    ///
    /// - Parameter path: for errors.
    package static func read(_ data: Data, path: String) throws -> Tensor {
        let header = try parseHeader([UInt8](data.prefix(longestHeader)), fileSize: data.count, path: path)
        let stored = data.withUnsafeBytes { bytes in
            Tensor(header.shape) { target in
                header.elementType.decode(
                    UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...]), isBigEndian: header.isBigEndian,
                    into: target)
            }
        }
        return header.isColumnMajor && header.shape.count > 1 ? rowMajor(stored, shape: header.shape) : stored
    }

    /// Reorders elements that were stored with the first axis running fastest.
    static func rowMajor(_ stored: Tensor, shape: [Int]) -> Tensor {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
        return stored.withElements { source in
            Tensor(shape) { target in
                var indices = [Int](repeating: 0, count: shape.count)
                var sourceIndex = 0
                for position in target.indices {
                    target[position] = source[sourceIndex]
                    var axis = shape.count - 1
                    while axis >= 0 {
                        indices[axis] += 1
                        sourceIndex += strides[axis]
                        if indices[axis] < shape[axis] { break }
                        sourceIndex -= strides[axis] * shape[axis]
                        indices[axis] = 0
                        axis -= 1
                    }
                }
            }
        }
    }

    private static func append<Element>(_ values: [Element], to data: inout Data) {
        values.withUnsafeBytes { data.append(contentsOf: $0) }
    }
}
