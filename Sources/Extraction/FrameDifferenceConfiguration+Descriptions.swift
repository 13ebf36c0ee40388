public import Configuration

extension FrameDifferenceConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("kind", "Kind of encoder, for readers of the file: always frame-difference."),
            .init("name", "Name stored with the features."),
            .init("image_size", "Height and width of a frame in pixels.", unit: "pixels"),
            .init("sampling", "Which frames of a video make a clip; eight of each window are looked at."),
        ]
    }
}
