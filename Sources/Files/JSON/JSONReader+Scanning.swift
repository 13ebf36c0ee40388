/// Strings and numbers, the parts of the text that take the time.
extension JSONReader {
    /// Scans a string whose opening quote is the current byte.
    package mutating func scanString() throws(FileError) {
        position += 1
        tokenStart = position
        tokenEnd = position
        while true {
            let byte = buffer[position]
            if byte == UInt8(ascii: "\"") {
                tokenEnd = position
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") { return try scanEscapedString() }
            if byte < 0x20 {
                if position == limit {
                    guard try refill() else { throw failure("the text ends inside a string") }
                    continue
                }
                throw failure("a control character inside a string")
            }
            position += 1
        }
    }

    /// Scans the rest of a string, writing the plain text over the escaped, which is never shorter.
    private mutating func scanEscapedString() throws(FileError) {
        var length = position - tokenStart
        while true {
            if limit - position < 12 { try refill() }
            let byte = buffer[position]
            if byte == UInt8(ascii: "\"") {
                tokenEnd = tokenStart + length
                position += 1
                return
            }
            if byte < 0x20 {
                throw failure(
                    position == limit ? "the text ends inside a string" : "a control character inside a string")
            }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                buffer[tokenStart + length] = byte
                length += 1
                continue
            }
            let escape = buffer[position]
            position += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): length += put(escape, at: length)
            case UInt8(ascii: "b"): length += put(0x08, at: length)
            case UInt8(ascii: "f"): length += put(0x0C, at: length)
            case UInt8(ascii: "n"): length += put(0x0A, at: length)
            case UInt8(ascii: "r"): length += put(0x0D, at: length)
            case UInt8(ascii: "t"): length += put(0x09, at: length)
            case UInt8(ascii: "u"):
                let scalar = try scanScalar()
                for unit in Character(scalar).utf8 { length += put(unit, at: length) }
            default: throw failure("an unknown escape in a string")
            }
        }
    }

    private func put(_ byte: UInt8, at length: Int) -> Int {
        buffer[tokenStart + length] = byte
        return 1
    }

    /// A scalar after `\u`; half of a surrogate pair alone becomes the replacement character.
    private mutating func scanScalar() throws(FileError) -> Unicode.Scalar {
        let first = try scanHex()
        if first >= 0xD800 && first < 0xDC00 && buffer[position] == UInt8(ascii: "\\")
            && buffer[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = try scanHex()
            if second >= 0xDC00 && second < 0xE000 {
                return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
            }
            return "\u{FFFD}"
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func scanHex() throws(FileError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = buffer[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw failure("an escape that is not four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    package mutating func scanNumber() throws(FileError) -> Double {
        var cursor = position
        let isNegative = buffer[cursor] == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        let integerStart = cursor
        var mantissa: UInt64 = 0
        var exponent = 0
        var digits = 0
        while let digit = Self.digit(buffer[cursor]) {
            mantissa = mantissa &* 10 &+ digit
            digits += digits > 0 || digit > 0 ? 1 : 0
            cursor += 1
        }
        if cursor == integerStart { return try scanSpecialNumber() }
        if cursor - integerStart > 1 && buffer[integerStart] == UInt8(ascii: "0") {
            throw failure("a number with a leading zero")
        }
        if buffer[cursor] == UInt8(ascii: ".") {
            cursor += 1
            let fractionStart = cursor
            while let digit = Self.digit(buffer[cursor]) {
                mantissa = mantissa &* 10 &+ digit
                digits += digits > 0 || digit > 0 ? 1 : 0
                cursor += 1
            }
            exponent = fractionStart - cursor
            if cursor == fractionStart && (cursor < limit || reachedEnd) {
                throw failure("a number without digits after the point")
            }
        }
        if buffer[cursor] | 0x20 == UInt8(ascii: "e") {
            cursor += 1
            let exponentIsNegative = buffer[cursor] == UInt8(ascii: "-")
            if exponentIsNegative || buffer[cursor] == UInt8(ascii: "+") { cursor += 1 }
            let exponentStart = cursor
            var value = 0
            while let digit = Self.digit(buffer[cursor]) {
                value = min(value * 10 + Int(digit), 1 << 20)
                cursor += 1
            }
            if cursor == exponentStart && (cursor < limit || reachedEnd) {
                throw failure("a number without digits in its exponent")
            }
            exponent += exponentIsNegative ? -value : value
        }
        if cursor >= limit && !reachedEnd {
            // Longer than the lookahead: read more and begin again.
            try refill()
            return try scanNumber()
        }
        let start = position
        position = cursor
        if digits <= 19, let value = DecimalNumber.double(mantissa: mantissa, exponent: exponent) {
            return isNegative ? -value : value
        }
        let text = String(decoding: UnsafeBufferPointer(start: buffer + start, count: cursor - start), as: UTF8.self)
        guard let value = Double(text) else { throw failure("a number that cannot be read") }
        return value
    }

    private mutating func scanSpecialNumber() throws(FileError) -> Double {
        if try accept("NaN") { return .nan }
        if try accept("Infinity") { return .infinity }
        if try accept("-Infinity") { return -.infinity }
        throw failure(position == limit ? "the text ends where a value is expected" : "expected a number")
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- 0x30
        return value < 10 ? UInt64(value) : nil
    }
}
