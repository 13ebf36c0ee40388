internal import CFFmpeg

/// The FFmpeg in use, for reports.
public enum FFmpegBuild {
    /// Why it cannot be used; nil where it can.
    public static var problem: VideoError? {
        do throws(VideoError) {
            try FFmpeg.load()
            return nil
        } catch {
            return error
        }
    }

    /// Its version, such as `5.1.6`.
    public static var version: String { problem == nil ? FFmpeg.string(av_version_info()) : "missing" }

    /// Which of these codecs it cannot decode; names are those of FFmpeg.
    public static func missingDecoders(among names: [String]) -> [String] {
        names.filter { problem != nil || avcodec_find_decoder_by_name($0) == nil }
    }

    /// Whether it can write H.264.
    public static var writesH264: Bool { problem == nil && avcodec_find_encoder_by_name("libx264") != nil }
}
