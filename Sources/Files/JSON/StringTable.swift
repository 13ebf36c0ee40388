import Foundation

/// Numbers distinct strings in order of first appearance, without making a `String` for one seen before.
///
/// Strings are kept in composed Unicode (NFC), and those that are the same text in another form have the same number, as they are equal for
/// Swift.
package struct StringTable: Sendable {
    package private(set) var strings: [String] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    private var slots: [Int32] = Array(repeating: -1, count: 64)

    package init() {}

    package var count: Int { strings.count }

    /// The number of a UTF-8 string, new or known; nil when the bytes are not UTF-8.
    package mutating func index(of key: UnsafeBufferPointer<UInt8>) -> Int32? {
        let hash = Self.hash(key)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let candidate = Int(slots[slot])
            if hashes[candidate] == hash && matches(candidate, key) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard let string = String(validating: key, as: UTF8.self) else { return nil }
        if key.contains(where: { $0 >= 0x80 }) {
            let composed = string.precomposedStringWithCanonicalMapping
            if !composed.utf8.elementsEqual(key) { return self.index(of: composed) }
        }
        let index = Int32(strings.count)
        slots[slot] = index
        strings.append(string)
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        hashes.append(hash)
        if strings.count * 2 > slots.count { grow() }
        return index
    }

    /// The number of a string, new or known.
    package mutating func index(of string: String) -> Int32 {
        var copy = string
        // A Swift string is always UTF-8, so the table takes it.
        return copy.withUTF8 { index(of: $0) } ?? 0
    }

    private func matches(_ candidate: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let begin = candidate == 0 ? 0 : ends[candidate - 1]
        guard ends[candidate] - begin == key.count else { return false }
        for offset in 0..<key.count where bytes[begin + offset] != key[offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for index in hashes.indices {
            var slot = Int(truncatingIfNeeded: hashes[index]) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    /// FNV-1a with a final mix, so that the low bits used for the slot depend on every byte.
    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return value ^ (value >> 32)
    }
}
