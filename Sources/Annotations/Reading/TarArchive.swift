import Files

/// The regular files of a tar archive (POSIX.1-1988 ustar, and GNU's long names).
enum TarArchive {
    private static let block = 512

    static func isArchive(_ start: [UInt8]) -> Bool {
        start.count >= block && start[257...].starts(with: Array("ustar".utf8))
    }

    static func members(_ file: SourceFile) throws -> [(name: String, bytes: [UInt8])] {
        let bytes = try file.bytes()
        var members: [(name: String, bytes: [UInt8])] = [], position = 0, longName: String?
        while position + block <= bytes.count {
            let header = bytes[position..<(position + block)]
            if header.allSatisfy({ $0 == 0 }) { break }
            guard Array(header.dropFirst(257).prefix(5)) == Array("ustar".utf8),
                let size = octal(header.dropFirst(124).prefix(12)), size <= bytes.count - position - block
            else {
                throw FileError.malformed(
                    path: file.path, problem: "the archive is damaged or cut off at byte \(position)")
            }
            let content = bytes[(position + block)..<(position + block + size)]
            let name = longName ?? text(header.dropFirst(345).prefix(155), then: header.prefix(100))
            longName = nil
            switch header[position + 156] {
            case UInt8(ascii: "0"), 0: members.append((name, Array(content)))
            case UInt8(ascii: "L"): longName = text(content)
            default: break
            }
            position += block + (size + block - 1) / block * block
        }
        return members
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.filter { $0 != 0 && $0 != 0x20 }
        return digits.isEmpty
            ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func text(_ prefix: ArraySlice<UInt8>, then name: ArraySlice<UInt8>) -> String {
        let folder = text(prefix)
        return folder.isEmpty ? text(name) : folder + "/" + text(name)
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}
