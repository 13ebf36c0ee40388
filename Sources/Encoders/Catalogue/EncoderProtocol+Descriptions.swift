public import Configuration

extension EncoderProtocol {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("name", "Its name, which is stored with the features."),
            .init("about", "Where the rules come from."),
            .init("families", "The families of encoders it was made for; empty for any."),
            .init(
                "frame_rate", "Frames a second at which the video is read; 0 for its own.", unit: "frames per second"),
            .init("stride_frames", "Frames from one window to the next.", unit: "frames"),
            .init(
                "stride_seconds", "Seconds from one window to the next, instead of stride_frames; 0 for not.",
                unit: "seconds"),
            .init("window_frames", "Frames in a window.", unit: "frames"),
            .init("frames", "Frames taken from a window, evenly.", unit: "frames"),
            .init("last_window", "What becomes of a window that reaches beyond the end of the video."),
            .init("preprocessing", "From a frame to the numbers that the encoder takes."),
            .init("feature", "What is kept of an encoder's output: pooled, per_step, image_embeds or patch_mean."),
            .init("frame_pooling", "How the features of single frames become one of the window."),
            .init(
                "other_sizes",
                "What a fixed table of positions becomes for clips of another size than that of training: resized or rebuilt; what the encoder's authors do where null."
            ),
            .init(
                "checks_processor",
                "Whether preprocessing must agree with the preprocessor_config.json beside the weights, where there is one; false for protocols that prepare frames in their own way on purpose."
            ),
        ]
    }
}
