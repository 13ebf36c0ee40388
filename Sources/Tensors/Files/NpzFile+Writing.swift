internal import CZlib
import Files
public import Foundation

extension NpzFile {
    /// The content of an archive of arrays, stored without compression as `numpy.savez` does. Equal arrays give equal bytes: no times
    /// are kept.
    ///
    /// - Parameters:
    ///   - arrays: names without `.npy`, and arrays.
    ///   - path: the file that errors name.
    /// - Throws: `FileError.unwritable` for more than 4 GiB, which need another kind of zip.
    public static func data(_ arrays: [(name: String, array: Tensor)], path: String) throws -> Data {
        var content = Data(), directory = Data()
        for (name, array) in arrays {
            let member = NpyFile.data(of: array), label = Data((name + suffix).utf8)
            guard content.count + member.count + directory.count < Int(UInt32.max) - (1 << 20) else {
                throw FileError.unwritable(path: path, reason: "an npz of more than 4 GiB")
            }
            let checksum = member.withUnsafeBytes { bytes in
                UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
            }
            // Version, flags (names are UTF-8), stored, no time (1980-01-01), checksum, sizes, length of the name.
            var common = Data()
            for value in [20, 0x0800, 0, 0, 0x21] as [UInt16] { common.append(little: value) }
            for value in [checksum, UInt32(member.count), UInt32(member.count)] { common.append(little: value) }
            common.append(little: UInt16(clamping: label.count))
            common.append(little: UInt16(0))
            let offset = UInt32(content.count)
            content.append(little: UInt32(0x0403_4B50))
            content += common + label + member
            directory.append(little: UInt32(0x0201_4B50))
            directory.append(little: UInt16(20))
            directory += common
            for _ in 0..<3 { directory.append(little: UInt16(0)) }
            directory.append(little: UInt32(0))
            directory.append(little: offset)
            directory += label
        }
        let start = UInt32(content.count)
        content += directory
        content.append(little: UInt32(0x0605_4B50))
        for value in [0, 0, UInt16(arrays.count), UInt16(arrays.count)] as [UInt16] { content.append(little: value) }
        content.append(little: UInt32(directory.count))
        content.append(little: start)
        content.append(little: UInt16(0))
        return content
    }
}

extension Data {
    fileprivate mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
