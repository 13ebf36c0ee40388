import Tensors

/// The order of a tensor's axes in letters: `N` clips (always 1), `C` channels, `T` frames or steps in time, `H` rows, `W` columns.
public struct AxisOrder: Sendable, Hashable {
    public let letters: [Character]

    /// - Parameters:
    ///   - text: such as `NCTHW`; each letter at most once.
    ///   - allowed: the letters that may occur.
    /// - Returns: nil where the text is no order.
    public init?(_ text: String, allowed: String) {
        letters = Array(text)
        guard !letters.isEmpty, Set(letters).count == letters.count, letters.allSatisfy(allowed.contains) else {
            return nil
        }
    }

    public func has(_ letter: Character) -> Bool { letters.contains(letter) }

    /// The tensor of a clip in this order.
    ///
    /// - Parameter pixels: `[frames, rows, columns, 3]`; one frame where the order has no `T`.
    func arrange(_ pixels: Tensor) -> Tensor {
        let place: [Character: Int] = ["T": 0, "H": 1, "W": 2, "C": 3]
        // Frames that the order does not name are one, and lie in front.
        let named = letters.compactMap { place[$0] }
        let order = (has("T") ? [] : [0]) + named
        return pixels.transposed(order).reshaped(shape(pixels.shape))
    }

    /// The shape of a clip in this order.
    ///
    /// - Parameter clip: frames, rows, columns and channels.
    func shape(_ clip: [Int]) -> [Int] {
        let lengths: [Character: Int] = ["T": clip[0], "H": clip[1], "W": clip[2], "C": clip[3]]
        return letters.map { lengths[$0] ?? 1 }
    }
}
