import Video

/// Small pictures of videos along their time.
enum Thumbnails {
    /// How many pictures a video gets.
    static let count = 10
    /// Height in pixels; the width follows the shape of the video.
    static let height = 54

    /// Pictures at the middles of equal parts of a video, as JPEG files.
    ///
    /// - Throws: `VideoError` or `FileError`.
    static func pictures(of path: String, options: DecoderOptions = DecoderOptions()) throws -> [[UInt8]] {
        let decoder = try VideoDecoder(path: path, options: options)
        guard let duration = decoder.info.durationSeconds, duration > 0, duration.isFinite else { return [] }
        return try (0..<count).map { index in
            decoder.seek(to: duration * (Double(index) + 0.5) / Double(count))
            guard decoder.timing.start.isFinite else { return [] }
            return Array(try decoder.image().jpegData(height: height, of: path))
        }
    }
}
