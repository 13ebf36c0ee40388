internal import CFFmpeg

/// What the header of a video file says, with rotation applied.
public struct VideoInfo: Hashable, Sendable {
    public var path: String
    /// Short names of the container, as FFmpeg lists them.
    public var container: String
    /// Name of the codec, such as `h264`.
    public var codec: String
    /// Width as displayed, in pixels. Sample aspect ratios are ignored, as feature extractors commonly do.
    public var width: Int
    /// Height as displayed, in pixels.
    public var height: Int
    /// Clockwise turn already applied to frames, in degrees: 0, 90, 180 or 270.
    public var rotationDegrees: Int
    /// Average rate over the file; single frames may be shown for shorter or longer.
    public var averageFrameRate: FrameRate
    /// Length of the video stream, or of the file where the stream does not say; nil where neither is known.
    public var durationSeconds: Double?
    /// Number of frames by the header; nil where it does not say. Decoding may give another number.
    public var declaredFrameCount: Int?

    /// Opens a file, decodes its first frame to be sure that it can be used, and returns what it is.
    ///
    /// - Throws: ``VideoError`` or `FileError`.
    public static func read(_ path: String) throws -> VideoInfo { try VideoDecoder(path: path).info }

    /// What the header of a file or of pictures says, without decoding a frame: fast, but no proof that the video can be used.
    ///
    /// - Throws: ``VideoError`` or `FileError`.
    package static func header(of path: String, options: DecoderOptions = DecoderOptions()) throws -> VideoInfo {
        try FFmpeg.load()
        let origin: any FrameOrigin =
            if let pictures = try PictureSequence(path: path, options: options) { pictures } else {
                try ContainerFile(path: path, options: options)
            }
        let (track, parameters) = (origin.track, origin.parameters.pointee)
        let (width, height) = (Int(parameters.width), Int(parameters.height))
        let turns = track.orientation.transposes
        return VideoInfo(
            path: path, container: track.container, codec: FFmpeg.string(avcodec_get_name(parameters.codec_id)),
            width: turns ? height : width, height: turns ? width : height,
            rotationDegrees: track.orientation.clockwiseDegrees, averageFrameRate: track.averageFrameRate,
            durationSeconds: track.declaredDuration?.seconds, declaredFrameCount: track.declaredFrameCount)
    }

    /// Why no clip can be had from `seconds` on.
    package func missingClip(from seconds: Double) -> VideoError {
        if let durationSeconds, seconds > 0, seconds >= durationSeconds {
            return .beyondEnd(file: path, seconds: seconds, durationSeconds: durationSeconds)
        }
        return .noDecodableFrame(file: path)
    }
}
