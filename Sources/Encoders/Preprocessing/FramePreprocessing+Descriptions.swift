public import Configuration

extension FramePreprocessing {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("library", "Whose arithmetic the resize has."),
            .init("filter", "How the resize weighs pixels."),
            .init(
                "shorter_side",
                "What the shorter side becomes; the longer one keeps the shape of the frame. 0 for height and width.",
                unit: "pixels"),
            .init("longer_side", "How the length of the longer side becomes a whole number."),
            .init("height", "What frames are stretched to where shorter_side is 0.", unit: "pixels"),
            .init("width", "The width that belongs to height.", unit: "pixels"),
            .init("crop_size", "Side of the square that is cut out after the resize; 0 for none.", unit: "pixels"),
            .init("crop_offset", "How the position of the crop becomes a whole number."),
            .init(
                "first_height", "Frames are stretched to this first, by Pillow's bilinear; 0 for not.", unit: "pixels"),
            .init("first_width", "The width that belongs to first_height.", unit: "pixels"),
            .init(
                "first_crop",
                "The middle square of this fraction of the shorter side is cut out before the resize; 0 for none.",
                unit: "share of 1"),
            .init("mean", "Subtracted from red, green and blue in 0…1.", unit: "colour, 0 to 1"),
            .init("std", "Red, green and blue are divided by this.", unit: "colour, 0 to 1"),
        ]
    }
}
