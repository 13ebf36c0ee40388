import Foundation

/// A small, fast, seedable generator (xoshiro256**, seeded by SplitMix64) whose state can be saved.
///
/// The same seed gives the same numbers on every machine.
public struct RandomGenerator: RandomNumberGenerator, Codable, Hashable, Sendable {
    /// The four state words; never all zero.
    public private(set) var state: [UInt64]

    /// A generator whose state follows from `seed` alone.
    public init(seed: UInt64) {
        var mixer = SplitMix64(state: seed)
        state = (0..<4).map { _ in mixer.next() }
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = rotate(state[1] &* 5, 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotate(state[3], 45)
        return result
    }

    /// A generator for a part of the work, independent of this one and of other parts.
    public func split(_ index: Int) -> RandomGenerator {
        RandomGenerator(seed: state[0] ^ (UInt64(bitPattern: Int64(index)) &+ 0x9E37_79B9_7F4A_7C15))
    }

    /// A number in `[0, 1)`.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in `[low, high)`.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// An integer in `range`, every one equally likely.
    public mutating func integer(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A number from the standard normal distribution (Box–Muller).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { (value << count) | (value >> (64 - count)) }
}

private struct SplitMix64 {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
