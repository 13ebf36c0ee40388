/// Conversion between `Float` and the 16 bits of an IEEE 754 half-precision number.
public enum HalfPrecision {
    /// The value of a half-precision number; exact.
    public static func float(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF) << 13
        // Exponent 31 is infinity or not-a-number. Everything else only needs its exponent moved by 112, which a product
        // with a power of two does for subnormal numbers too.
        if bits & 0x7C00 == 0x7C00 { return Float(bitPattern: sign | magnitude | 0x7F80_0000) }
        return Float(bitPattern: sign | (Float(bitPattern: magnitude) * 0x1p112).bitPattern)
    }

    /// The nearest half-precision number, ties to even; infinity where the value is too large.
    public static func bits(_ value: Float) -> UInt16 {
        let sign = UInt16((value.bitPattern & 0x8000_0000) >> 16)
        let magnitude = Float(bitPattern: value.bitPattern & 0x7FFF_FFFF)
        if magnitude.isNaN { return sign | 0x7E00 }
        // 65520 is half a step above the largest finite value.
        if magnitude >= 65520 { return sign | 0x7C00 }
        if magnitude < 0x1p-14 {
            // The unit in the last place of 0.5 is 2⁻²⁴, as of subnormal numbers here: the sum is rounded by the hardware.
            return sign | UInt16(truncatingIfNeeded: (magnitude + 0.5).bitPattern &- Float(0.5).bitPattern)
        }
        let pattern = magnitude.bitPattern
        let rounded = pattern &+ 0xFFF &+ ((pattern >> 13) & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded &- (112 << 23)) >> 13)
    }
}
