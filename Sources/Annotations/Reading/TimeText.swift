import Files

/// Times as people and tools write them.
enum TimeText {
    /// Seconds of `12.5`, `12,5`, `mm:ss`, `mm:ss.f` or `hh:mm:ss.fff` (also with a decimal comma).
    static func seconds(_ text: some StringProtocol) -> Double? { quick(text.utf8) ?? careful(text) }

    /// Seconds of digits, colons and one decimal mark, which nearly all times are; nil for anything else.
    private static func quick(_ units: some Sequence<UInt8>) -> Double? {
        var before = 0.0, parts = 0, mantissa: UInt64 = 0, digits = 0, decimals: Int?
        for unit in units {
            switch unit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits < 18 else { return nil }
                mantissa = mantissa * 10 + UInt64(unit - UInt8(ascii: "0"))
                digits += 1
                if let known = decimals { decimals = known + 1 }
            case UInt8(ascii: ":"):
                guard decimals == nil, digits > 0, parts < 2 else { return nil }
                before = (before + Double(mantissa)) * 60
                (mantissa, digits, parts) = (0, 0, parts + 1)
            case UInt8(ascii: "."), UInt8(ascii: ","):
                guard decimals == nil, digits > 0 else { return nil }
                decimals = 0
            default: return nil
            }
        }
        guard digits > 0, decimals != 0,
            let value = DecimalNumber.double(mantissa: mantissa, exponent: -(decimals ?? 0)),
            parts == 0 || value < 60
        else { return nil }
        return before + value
    }

    private static func careful(_ text: some StringProtocol) -> Double? {
        var seconds = 0.0, parts = 0
        var rest = Substring(text)
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        while let colon = rest.firstIndex(of: ":") {
            guard let part = Int(rest[..<colon]), part >= 0, parts < 2 else { return nil }
            seconds = (seconds + Double(part)) * 60
            parts += 1
            rest = rest[rest.index(after: colon)...]
        }
        guard let value = number(rest), value >= 0 || value.isNaN || parts == 0 else { return nil }
        if parts > 0, !(value < 60) { return nil }
        return isNegative ? -(seconds + value) : seconds + value
    }

    /// Seconds of `hh:mm:ss:ff`, the time code of editing programs, in which `ff` counts frames; a semicolon before the frames
    /// says that two numbers are left out in most minutes, so that the code of 29.97 frames a second follows the clock.
    ///
    /// - Parameter rate: asked for only where the text is a time code.
    static func timeCode(_ text: some StringProtocol, rate: () throws -> Double) rethrows -> Double? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == ";" }
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(part) : nil }
        guard parts.count == 4, numbers.count == 4, numbers[0] < 1000, numbers[1] < 60, numbers[2] < 60 else {
            return nil
        }
        let rate = try rate()
        let nominal = rate.rounded()
        guard Double(numbers[3]) < nominal else { return nil }
        let minutes = numbers[0] * 60 + numbers[1]
        var frame = Double(minutes * 60 + numbers[2]) * nominal + Double(numbers[3])
        if text.contains(";") { frame -= Double(minutes - minutes / 10) * (nominal / 15).rounded() }
        return frame / rate
    }

    /// A number with a decimal point or comma; nil for anything else.
    static func number(_ text: some StringProtocol) -> Double? {
        guard let first = text.utf8.first, first != UInt8(ascii: "+") || text.utf8.count > 1 else { return nil }
        // Swift reads hexadecimal numbers, which nobody means here.
        guard !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return nil }
        if let value = Double(text) { return value }
        guard text.utf8.contains(UInt8(ascii: ",")), !text.utf8.contains(UInt8(ascii: ".")) else { return nil }
        return Double(String(text.map { $0 == "," ? "." : $0 }))
    }

    /// `hh:mm:ss.mmm` of a time, rounded to the millisecond; negative times are written as 0.
    static func clock(_ seconds: Double, decimalMark: String = ".") -> String {
        let total = Int((min(max(seconds, 0), 1e12) * 1000).rounded())
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(total / 3_600_000, 2)):\(padded(total / 60_000 % 60, 2)):\(padded(total / 1000 % 60, 2))"
            + decimalMark + padded(total % 1000, 3)
    }
}
