/// How the id of a video becomes the name of a group in a store, and back.
///
/// Nearly every id is its own name. `/` parts the names in an HDF5 path, and a name cannot hold NUL or be `.`, so these are
/// written `%2F`, `%00` and `%2E`; a `%` that would read as one of these codes is written `%25`.
enum VideoName {
    private static let codes: [(character: UInt8, code: [UInt8])] = [
        (UInt8(ascii: "/"), Array("2F".utf8)), (0, Array("00".utf8)), (UInt8(ascii: "."), Array("2E".utf8)),
        (UInt8(ascii: "%"), Array("25".utf8)),
    ]
    private static let percent = UInt8(ascii: "%")

    /// The name of the group of a video.
    ///
    /// - Throws: ``FeatureError/invalidName(video:reason:)``.
    static func encode(_ video: String) throws -> String {
        let bytes = Array(video.utf8)
        guard !bytes.isEmpty else { throw FeatureError.invalidName(video: video, reason: "it is empty") }
        guard bytes.count <= 1024 else {
            throw FeatureError.invalidName(
                video: String(video.prefix(40)) + "…", reason: "it is longer than 1024 bytes")
        }
        var name: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isEscaped =
                switch byte {
                case UInt8(ascii: "/"), 0: true
                case UInt8(ascii: "."): bytes.count == 1
                case percent: code(at: index, in: bytes) != nil
                default: false
                }
            if isEscaped, let entry = codes.first(where: { $0.character == byte }) {
                name.append(percent)
                name += entry.code
            } else {
                name.append(byte)
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// The video whose group has this name.
    static func decode(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var video: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let character = code(at: index, in: bytes) {
                video.append(character)
                index += 3
            } else {
                video.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: video, as: UTF8.self)
    }

    /// The character that a code beginning at `index` stands for.
    private static func code(at index: Int, in bytes: [UInt8]) -> UInt8? {
        guard bytes[index] == percent, index + 2 < bytes.count else { return nil }
        let digits = bytes[(index + 1)...(index + 2)]
        return codes.first { digits.elementsEqual($0.code) }?.character
    }
}
