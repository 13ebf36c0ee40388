public import Foundation
public import Video

/// Small video files made for tests, 64 × 48 pixels unless another size is given.
public enum TestVideo {
    /// Writes `count` frames at a constant rate, or at the given times.
    ///
    /// - Parameter picture: the frame of a number; ``numbered(_:width:height:)`` unless given.
    public static func write(
        to url: URL, count: Int, width: Int = 64, height: Int = 48, rate: FrameRate = FrameRate(30),
        times: [Double]? = nil, options: WriterOptions = WriterOptions(), picture: ((Int) -> RGBImage)? = nil
    ) throws {
        let writer = try VideoWriter(
            path: url.path, width: width, height: height, frameRate: rate, options: options)
        for number in 0..<count {
            let image = picture?(number) ?? numbered(number, width: width, height: height)
            if let times {
                try writer.append(image, at: times[number])
            } else {
                try writer.append(image)
            }
        }
        try writer.finish()
    }

    /// A picture that says which it is: of one colour that spells its number with eight levels a channel.
    public static func numbered(_ number: Int, width: Int = 64, height: Int = 48) -> RGBImage {
        let level = { (digit: Int) in UInt8(16 + (digit & 7) * 32) }
        return RGBImage(
            width: width, height: height, red: level(number), green: level(number >> 3), blue: level(number >> 6))
    }

    /// The number that a picture says.
    public static func number(of image: RGBImage) -> Int {
        let digits = image.meanColour.map { Int((($0 - 16) / 32).rounded()) }
        return digits[0] + digits[1] << 3 + digits[2] << 6
    }

    /// Every frame of a file: its number and when it begins.
    public static func read(_ url: URL) throws -> [(number: Int, start: Double)] {
        let decoder = try VideoDecoder(path: url.path)
        var frames: [(Int, Double)] = []
        repeat {
            frames.append((number(of: try decoder.image()), decoder.timing.start))
        } while decoder.advance()
        return frames
    }

    /// Writes a video of a square that moves over a grey ground, at 10 frames per second.
    public static func writeMovingSquare(to url: URL, count: Int, speed: Int = 2, grey: UInt8 = 100) throws {
        try write(to: url, count: count, rate: FrameRate(10)) { frame in
            var image = RGBImage(width: 64, height: 48, red: grey, green: grey, blue: grey)
            let left = (frame * speed) % (64 - 12)
            for y in 12..<24 {
                for x in left..<left + 12 {
                    let index = (y * 64 + x) * 3
                    image.pixels[index] = 250
                    image.pixels[index + 1] = 40
                    image.pixels[index + 2] = 10
                }
            }
            return image
        }
    }

    /// Writes a WAV file with a second of silence.
    public static func writeSound(to url: URL) throws {
        var data = Data()
        let append = { (value: UInt32, bytes: Int) in
            data.append(contentsOf: (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) })
        }
        data.append(contentsOf: Array("RIFF".utf8))
        append(36 + 16_000, 4)
        data.append(contentsOf: Array("WAVEfmt ".utf8))
        append(16, 4)
        append(1, 2)
        append(1, 2)
        append(8000, 4)
        append(16_000, 4)
        append(2, 2)
        append(16, 2)
        data.append(contentsOf: Array("data".utf8))
        append(16_000, 4)
        data.append(Data(count: 16_000))
        try data.write(to: url)
    }
}

extension RGBImage {
    /// The mean of each channel: red, green, blue.
    public var meanColour: [Double] {
        var sums = [0, 0, 0]
        for (index, value) in pixels.enumerated() { sums[index % 3] += Int(value) }
        return sums.map { Double($0) / Double(max(width * height, 1)) }
    }
}
