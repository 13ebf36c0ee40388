/// Decimal to binary conversion, correctly rounded.
package enum DecimalNumber {
    private static let powersOfFive: [UInt64] = (0..<28).reduce(into: []) { powers, _ in
        powers.append(powers.last.map { $0 * 5 } ?? 1)
    }
    private static let powersOfTen: [Double] = (0..<23).reduce(into: []) { powers, _ in
        powers.append(powers.last.map { $0 * 10 } ?? 1)
    }

    /// `mantissa · 10^exponent` rounded to nearest even, or nil where only a general algorithm is exact.
    ///
    /// Covers every number of at most 19 digits with at most 27 decimals: `10^27 = 2^27 · 5^27` and `5^27 < 2^63`, so one
    /// 128 by 64 bit division gives all significant bits, and its remainder says whether anything was cut off.
    package static func double(mantissa: UInt64, exponent: Int) -> Double? {
        if mantissa == 0 { return 0 }
        if mantissa < 1 << 53 && exponent >= -22 && exponent <= 22 {
            // Both operands are exact, so one rounding remains (Clinger 1990).
            return exponent < 0
                ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
        }
        guard exponent < 0 && exponent >= -27 else { return nil }
        let divisor = powersOfFive[-exponent]
        let mantissaShift = mantissa.leadingZeroBitCount, divisorShift = divisor.leadingZeroBitCount
        let dividend = mantissa << UInt64(mantissaShift)
        let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth((dividend >> 1, dividend << 63))
        return rounded(
            quotient, inexact: remainder != 0, exponent: divisorShift - mantissaShift - 63 + exponent)
    }

    /// `bits · 2^exponent`, a little more when `inexact`, rounded to nearest even.
    private static func rounded(_ bits: UInt64, inexact: Bool, exponent: Int) -> Double {
        let shift = bits.leadingZeroBitCount
        let normal = bits << UInt64(shift)
        var kept = normal >> 11
        let rest = normal & 0x7FF
        if rest > 0x400 || (rest == 0x400 && (inexact || kept & 1 == 1)) { kept += 1 }
        let scale = Double(bitPattern: UInt64(exponent - shift + 11 + 1023) << 52)
        return Double(kept) * scale
    }
}
