import CFFmpeg

/// The FFmpeg in use, for reports.
public enum FFmpegBuild {
    /// Its version, such as `5.1.6`.
    public static var version: String { FFmpeg.string(av_version_info()) }

    /// Which of these codecs it cannot decode; names are those of FFmpeg.
    public static func missingDecoders(among names: [String]) -> [String] {
        names.filter { avcodec_find_decoder_by_name($0) == nil }
    }

    /// Whether it can write H.264.
    public static var writesH264: Bool { avcodec_find_encoder_by_name("libx264") != nil }
}
