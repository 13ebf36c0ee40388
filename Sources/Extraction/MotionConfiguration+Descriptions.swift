public import Configuration

extension MotionConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("kind", "Kind of encoder, for readers of the file: always motion."),
            .init("name", "Name stored with the features."),
            .init("image_size", "Height and width in pixels that whole frames are scaled to.", unit: "pixels"),
            .init("sampling", "Which frames of a video make a clip; all frames of each window are looked at."),
        ]
    }
}
