import Foundation
import Video

/// Video files whose frames say which they are: each is of one colour that spells its number with eight levels a channel.
enum SyntheticVideo {
    static func frame(_ number: Int, width: Int = 64, height: Int = 48) -> RGBImage {
        let level = { (digit: Int) in UInt8(16 + (digit & 7) * 32) }
        return RGBImage(
            width: width, height: height, red: level(number), green: level(number >> 3), blue: level(number >> 6))
    }

    static func number(of image: RGBImage) -> Int {
        let digits = image.meanColour.map { Int((($0 - 16) / 32).rounded()) }
        return digits[0] + digits[1] << 3 + digits[2] << 6
    }

    /// Writes `count` frames at a constant rate, or at the given times.
    static func write(
        to url: URL, count: Int, rate: FrameRate = FrameRate(30), times: [Double]? = nil,
        options: WriterOptions = WriterOptions()
    ) throws {
        let writer = try VideoWriter(path: url.path, width: 64, height: 48, frameRate: rate, options: options)
        for number in 0..<count {
            if let times {
                try writer.append(frame(number), at: times[number])
            } else {
                try writer.append(frame(number))
            }
        }
        try writer.finish()
    }

    /// Every frame of a file: its number and when it begins.
    static func read(_ url: URL) throws -> [(number: Int, start: Double)] {
        let decoder = try VideoDecoder(path: url.path)
        var frames: [(Int, Double)] = []
        repeat {
            frames.append((number(of: try decoder.image()), decoder.timing.start))
        } while decoder.advance()
        return frames
    }

    /// A WAV file with a second of silence.
    static func writeSound(to url: URL) throws {
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
