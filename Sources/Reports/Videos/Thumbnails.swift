import Video

/// Small pictures of videos along their time.
enum Thumbnails {
    /// How many pictures a video gets.
    static let count = 10
    /// Height in pixels; the width follows the shape of the video.
    static let height = 54

    /// Pictures at the middles of equal parts of a video, as JPEG files.
    ///
    /// - Returns: the pictures, and the length of the video in seconds; no pictures where that is unknown.
    /// - Throws: `VideoError` or `FileError`.
    static func pictures(
        of path: String, options: DecoderOptions = DecoderOptions()
    ) throws -> (files: [[UInt8]], duration: Double?) {
        let decoder = try VideoDecoder(path: path, options: options)
        guard let duration = decoder.info.durationSeconds, duration > 0, duration.isFinite else { return ([], nil) }
        let files = try (0..<count).compactMap { index -> [UInt8]? in
            decoder.seek(to: duration * (Double(index) + 0.5) / Double(count))
            guard decoder.timing.start.isFinite else { return nil }
            return Array(try decoder.image().jpegData(height: height, of: path))
        }
        // Where the file breaks off, the pictures that there are would stand at other times.
        return (files.count == count ? files : [], duration)
    }
}
