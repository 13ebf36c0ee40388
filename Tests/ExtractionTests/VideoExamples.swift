import Foundation
import Video

/// Small videos made for tests.
enum VideoExamples {
    /// Writes a video of a square that moves over a grey ground, 64 × 48 pixels at 10 frames per second.
    static func write(_ url: URL, frames: Int, speed: Int = 2, grey: UInt8 = 100) throws {
        let (width, height) = (64, 48)
        let writer = try VideoWriter(path: url.path, width: width, height: height, frameRate: FrameRate(10))
        for frame in 0..<frames {
            var image = RGBImage(width: width, height: height, red: grey, green: grey, blue: grey)
            let left = (frame * speed) % (width - 12)
            for y in 12..<24 {
                for x in left..<left + 12 {
                    let place = (y * width + x) * 3
                    image.pixels[place] = 250
                    image.pixels[place + 1] = 40
                    image.pixels[place + 2] = 10
                }
            }
            try writer.append(image)
        }
        try writer.finish()
    }
}
