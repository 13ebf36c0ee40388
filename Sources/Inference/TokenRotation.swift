/// Sines and cosines that turn pairs of channels of queries and keys by the position of their token.
package struct TokenRotation: Sendable {
    /// `[tokens, headWidth]`
    private let cosines: AlignedMemory
    private let sines: AlignedMemory
    private let tokens: Int
    private let headWidth: Int

    /// - Parameters:
    ///   - cosines: `[tokens, headWidth]`
    ///   - sines: `[tokens, headWidth]`
    ///   - headWidth: channels of a head without those of zeros, an even number.
    package init(cosines: [Float], sines: [Float], headWidth: Int) {
        self.cosines = AlignedMemory(cosines)
        self.sines = AlignedMemory(sines)
        self.headWidth = headWidth
        tokens = cosines.count / max(1, headWidth)
    }

    /// Turns the heads of one token.
    ///
    /// - Parameters:
    ///   - values: `heads` times `stride` channels.
    ///   - token: its number in its clip; those beyond the table stay as they are.
    func callAsFunction(_ values: UnsafeMutablePointer<Float>, token: Int, heads: Int, stride: Int) {
        guard token < tokens else { return }
        let cosine = cosines.floats + token * headWidth, sine = sines.floats + token * headWidth
        for head in 0..<heads {
            let channels = values + head * stride
            for channel in Swift.stride(from: 0, to: headWidth - 1, by: 2) {
                let (first, second) = (channels[channel], channels[channel + 1])
                channels[channel] = first * cosine[channel] - second * sine[channel]
                channels[channel + 1] = second * cosine[channel + 1] + first * sine[channel + 1]
            }
        }
    }
}
