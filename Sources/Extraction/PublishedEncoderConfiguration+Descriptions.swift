public import Configuration

extension PublishedEncoderConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("kind", "Kind of encoder, for readers of the file: always published."),
            .init("name", "The name of the encoder, as tal encoders lists it; empty for whatever the weights hold."),
        ]
    }
}
