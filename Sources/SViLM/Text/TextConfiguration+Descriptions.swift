public import Configuration

extension TextConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("width", "Channels of a token.", unit: "channels"),
            .init("depth", "Transformer layers.", unit: "layers"),
            .init("heads", "Attention heads; divides the width."),
            .init("feed_forward_ratio", "Hidden channels of the feed-forward networks, as a multiple of the width."),
            .init("maximum_length", "Pieces of a text, both ends included; longer ones are cut.", unit: "word pieces"),
        ]
    }
}
