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

    /// A picture made pixel by pixel.
    ///
    /// - Parameters:
    ///   - width: in pixels.
    ///   - height: in pixels.
    ///   - colour: red, green and blue at a column and a row.
    public init(width: Int, height: Int, colour: (_ x: Int, _ y: Int) -> [UInt8]) {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height { for x in 0..<width { pixels += colour(x, y) } }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// Copies another picture into this one, its upper left corner at a column and a row; it must fit.
    public mutating func place(_ other: RGBImage, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + other.width <= width && y + other.height <= height, "it does not fit")
        for row in 0..<other.height {
            let target = ((y + row) * width + x) * 3, source = row * other.width * 3
            pixels.replaceSubrange(
                target..<(target + other.width * 3), with: other.pixels[source..<(source + other.width * 3)])
        }
    }
}
