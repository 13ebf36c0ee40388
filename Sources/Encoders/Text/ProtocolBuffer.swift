/// The wire format of protocol buffers, as far as SentencePiece's files need it:
/// https://protobuf.dev/programming-guides/encoding/
enum ProtocolBuffer {
    enum Value {
        case integer(UInt64)
        case bytes([UInt8])
        /// Four bytes, such as a float.
        case fixed(UInt32)
        /// Eight bytes, which no field that is read has.
        case other
    }

    /// The fields of a message in their order; nil where the bytes are none.
    static func fields(of bytes: [UInt8]) -> [(number: Int, value: Value)]? {
        var fields: [(number: Int, value: Value)] = [], place = 0
        func variable() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard place < bytes.count else { return nil }
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }
        while place < bytes.count {
            guard let tag = variable(), let number = Int(exactly: tag >> 3), number > 0 else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = variable() else { return nil }
                fields.append((number, .integer(value)))
            case 1:
                guard bytes.count - place >= 8 else { return nil }
                place += 8
                fields.append((number, .other))
            case 2:
                guard let length = variable(), length <= UInt64(bytes.count - place) else { return nil }
                fields.append((number, .bytes(Array(bytes[place..<place + Int(length)]))))
                place += Int(length)
            case 5:
                guard bytes.count - place >= 4 else { return nil }
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
                place += 4
                fields.append((number, .fixed(bits)))
            default:
                return nil
            }
        }
        return fields
    }
}
