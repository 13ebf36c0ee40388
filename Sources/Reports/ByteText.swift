/// Text that is built of many numbers, as UTF-8.
struct ByteText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(_ text: [UInt8]) { bytes += text }

    mutating func append(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits: (UInt64, Int) = (0, 0)
        // Twenty digits do not fit in eight bytes, so long numbers go the slow way.
        guard rest < 100_000_000 else { return bytes.append(contentsOf: String(rest).utf8) }
        repeat {
            digits.0 = digits.0 << 8 | UInt64(UInt8(ascii: "0")) + UInt64(rest % 10)
            digits.1 += 1
            rest /= 10
        } while rest > 0
        for _ in 0..<digits.1 {
            bytes.append(UInt8(truncatingIfNeeded: digits.0))
            digits.0 >>= 8
        }
    }

    mutating func append(list values: some Sequence<Int>) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A JSON string that may stand in a script element of a page: `<` and the separators that end a line are escaped.
    mutating func append(json text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "<", ">", "&", "\u{2028}", "\u{2029}": appendEscape(scalar)
            case _ where scalar.value < 0x20: appendEscape(scalar)
            default: append(String(scalar))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
