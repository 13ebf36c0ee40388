public import Foundation

/// The members of a zip archive that are stored without compression, as PyTorch writes all that holds data. The code in a
/// TorchScript archive is compressed; such a member has a name and no bytes.
struct StoredArchive {
    private let data: Data
    private let file: String
    /// Nil where a member is compressed.
    private let members: [String: Range<Int>?]

    /// Names of all members.
    var names: [String] { members.keys.sorted() }

    /// Reads the directory and checks that every member lies in the file.
    ///
    /// - Throws: ``TensorFileError/malformed(file:reason:)``
    init(_ data: Data, file: String) throws {
        self.data = data
        self.file = file
        var reader = Directory(data: data, file: file)
        members = try reader.members()
    }

    /// The bytes of a member.
    ///
    /// - Throws: ``TensorFileError/malformed(file:reason:)`` where there is none of this name.
    func bytes(of name: String) throws -> Data {
        guard let member = members[name] else {
            throw TensorFileError.malformed(file: file, reason: "the archive has no '\(name)'")
        }
        guard let range = member else {
            throw TensorFileError.malformed(
                file: file, reason: "its member '\(name)' is compressed, which PyTorch never does")
        }
        return data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)]
    }

    /// Reads the records at the end of the archive (PKWARE's APPNOTE, sections 4.3.6 to 4.3.16).
    private struct Directory {
        let data: Data
        let file: String

        mutating func members() throws -> [String: Range<Int>?] {
            let (count, start) = try location()
            var members: [String: Range<Int>?] = [:], position = start
            for _ in 0..<count {
                guard try number(position, 4) == 0x0201_4B50 else { throw damaged("its directory is damaged") }
                let method = try number(position + 10, 2)
                var (packed, size, local) = (
                    try number(position + 20, 4), try number(position + 24, 4), try number(position + 42, 4)
                )
                let nameLength = try number(position + 28, 2), extraLength = try number(position + 30, 2)
                let commentLength = try number(position + 32, 2)
                let name = String(decoding: try slice(position + 46, nameLength), as: UTF8.self)
                try readLargeSizes(
                    position + 46 + nameLength, extraLength, packed: &packed, size: &size, local: &local)
                defer { position += 46 + nameLength + extraLength + commentLength }
                guard method == 0, packed == size else {
                    members.updateValue(nil, forKey: name)
                    continue
                }
                // The name and extra field of the local header may differ in length from those of the directory.
                guard try number(local, 4) == 0x0403_4B50 else { throw damaged("its member '\(name)' is damaged") }
                let first = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
                _ = try slice(first, size)
                members[name] = first..<(first + size)
            }
            return members
        }

        /// The number of members and the start of their records.
        private func location() throws -> (count: Int, start: Int) {
            let shortest = 22, longestComment = 65_535
            var position = data.count - shortest
            while position >= max(0, data.count - shortest - longestComment) {
                if try number(position, 4) == 0x0605_4B50 { break }
                position -= 1
            }
            guard position >= 0, try number(position, 4) == 0x0605_4B50 else { throw damaged("it is no zip archive") }
            let count = try number(position + 10, 2), start = try number(position + 16, 4)
            guard count == 0xFFFF || start == 0xFFFF_FFFF else { return (count, start) }
            guard position >= 20, try number(position - 20, 4) == 0x0706_4B50 else { throw damaged("it is cut off") }
            let record = try number(position - 12, 8)
            guard try number(record, 4) == 0x0606_4B50 else { throw damaged("its directory is damaged") }
            return (try number(record + 32, 8), try number(record + 48, 8))
        }

        /// Replaces sizes that do not fit four bytes by those of the extra field.
        private func readLargeSizes(
            _ start: Int, _ length: Int, packed: inout Int, size: inout Int, local: inout Int
        ) throws {
            var position = start
            while position + 4 <= start + length {
                let kind = try number(position, 2), count = try number(position + 2, 2)
                if kind == 1 {
                    var place = position + 4
                    func next(_ value: inout Int) throws {
                        guard value == 0xFFFF_FFFF else { return }
                        value = try number(place, 8)
                        place += 8
                    }
                    try next(&size)
                    try next(&packed)
                    try next(&local)
                }
                position += 4 + count
            }
        }

        private func slice(_ start: Int, _ count: Int) throws -> Data {
            guard start >= 0, count >= 0, start <= data.count, count <= data.count - start else {
                throw damaged("it is cut off")
            }
            return data[(data.startIndex + start)..<(data.startIndex + start + count)]
        }

        private func number(_ start: Int, _ count: Int) throws -> Int {
            let value = try slice(start, count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let result = Int(exactly: value) else { throw damaged("a size of \(value) bytes") }
            return result
        }

        private func damaged(_ reason: String) -> TensorFileError { .malformed(file: file, reason: reason) }
    }
}
