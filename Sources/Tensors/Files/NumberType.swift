/// The types of numbers that files of arrays hold, named as NumPy names them; all become `Float`.
public enum NumberType: String, CaseIterable, Sendable {
    case bool = "b1"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case float16 = "f2"
    case bfloat16
    case float32 = "f4"
    case float64 = "f8"

    /// Bytes a number takes.
    public var byteCount: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// A type and byte order as in `<f4`; nil for what is no type of numbers, or none that is read.
    static func parse(_ code: String) -> (type: NumberType, isBigEndian: Bool)? {
        var name = code[...]
        let order = name.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        if order != nil { name = name.dropFirst() }
        guard let type = NumberType(rawValue: String(name)), type != .bfloat16 else { return nil }
        return (type, order == ">")
    }

    /// Reads numbers that lie one after the other.
    ///
    /// - Parameters:
    ///   - bytes: at least as many as `target` needs.
    ///   - target: what is filled.
    func decode(
        _ bytes: UnsafeRawBufferPointer, isBigEndian: Bool = false, into target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(bytes.count >= target.count * byteCount, "more numbers than bytes")
        if self == .float32, isBigEndian == (UInt16(1).bigEndian == 1) {
            UnsafeMutableRawBufferPointer(target).copyMemory(from: .init(rebasing: bytes.prefix(target.count * 4)))
            return
        }
        for index in target.indices { target[index] = value(bytes, at: index, isBigEndian: isBigEndian) }
    }

    /// The number at an index, which must lie in the bytes.
    func value(_ bytes: UnsafeRawBufferPointer, at index: Int, isBigEndian: Bool = false) -> Float {
        func bits<Bits: FixedWidthInteger & BitwiseCopyable>(_: Bits.Type) -> Bits {
            let stored = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
            return isBigEndian ? Bits(bigEndian: stored) : Bits(littleEndian: stored)
        }
        return switch self {
        case .bool: bits(UInt8.self) == 0 ? 0 : 1
        case .int8: Float(bits(Int8.self))
        case .int16: Float(bits(Int16.self))
        case .int32: Float(bits(Int32.self))
        case .int64: Float(bits(Int64.self))
        case .uint8: Float(bits(UInt8.self))
        case .uint16: Float(bits(UInt16.self))
        case .uint32: Float(bits(UInt32.self))
        case .uint64: Float(bits(UInt64.self))
        case .float16: HalfPrecision.float(bits(UInt16.self))
        case .bfloat16: Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
        case .float32: Float(bitPattern: bits(UInt32.self))
        case .float64: Float(Double(bitPattern: bits(UInt64.self)))
        }
    }
}
