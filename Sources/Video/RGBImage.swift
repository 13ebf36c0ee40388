/// A picture of 8-bit RGB pixels, `[height, width, 3]`, rows from top to bottom.
public struct RGBImage: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// `height * width * 3` values.
    public var pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3, "\(pixels.count) values do not fill \(width)x\(height) RGB")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) {
        self.init(
            width: width, height: height,
            pixels: [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
                for place in 0..<(width * height) {
                    target[place * 3] = red
                    target[place * 3 + 1] = green
                    target[place * 3 + 2] = blue
                }
                count = width * height * 3
            })
    }

    /// Mean of each channel, red, green, blue.
    public var meanColour: [Double] {
        var sums = [0, 0, 0]
        for place in stride(from: 0, to: pixels.count, by: 3) {
            for channel in 0..<3 { sums[channel] += Int(pixels[place + channel]) }
        }
        return sums.map { Double($0) / Double(max(width * height, 1)) }
    }
}
