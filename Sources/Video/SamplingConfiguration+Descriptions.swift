public import Configuration

extension SamplingConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "frame_rate_numerator", "Frames per second at which the video is read: the upper part of a fraction.",
                unit: "frames per second"),
            .init("frame_rate_denominator", "The lower part of that fraction.", unit: "frames per second"),
            .init("stride_frames", "Frames from one window to the next.", unit: "frames"),
            .init("window_frames", "Frames in a window.", unit: "frames"),
        ]
    }
}
