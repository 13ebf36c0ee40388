import Foundation
import Toolkit
import Video

/// Pictures of a video along its time, as many as fit side by side.
struct PictureStrip {
    struct Picture {
        /// When it is shown, in seconds.
        var seconds: Double
        var image: RGBImage
        var jpeg: [UInt8]
    }

    private(set) var pictures: [Picture] = []
    /// Width of a picture over its height.
    let shape: Double
    /// The length of the video in seconds, where it is known.
    let duration: Double?

    /// Pixels that a unit of a drawing has on paper, about.
    private static let pixels = 2.5

    /// - Parameters:
    ///   - span: the seconds that the strip covers; the whole video where nil.
    ///   - width: of the strip, in the units of a drawing.
    ///   - height: of a picture.
    /// - Throws: `VideoError` or `FileError`.
    init(of path: String, span: ClosedRange<Double>?, width: Double, height: Double) throws {
        let decoder = try VideoDecoder(path: path)
        duration = decoder.info.durationSeconds.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        shape = min(4, max(0.25, Double(decoder.info.width) / Double(max(1, decoder.info.height))))
        guard let first = span?.lowerBound ?? duration.map({ _ in 0 }), let last = span?.upperBound ?? duration,
            last > first
        else { return }
        let count = max(1, Int(width / (height * shape + 2)))
        for index in 0..<count {
            let seconds = first + (last - first) * (Double(index) + 0.5) / Double(count)
            decoder.seek(to: seconds)
            // A file that breaks off has no more pictures.
            guard decoder.timing.start.isFinite else { break }
            let image = try decoder.image()
            let jpeg = Array(try image.jpegData(height: Int(height * Self.pixels) / 2 * 2, quality: 3, of: path))
            var small = Raster(width: height * shape, height: height, scale: Self.pixels)
            small.picture(image, x: 0, y: 0, width: height * shape, height: height)
            pictures.append(Picture(seconds: seconds, image: small.image, jpeg: jpeg))
        }
    }
}
