public import Configuration

extension ONNXSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("kind", "Kind of encoder, for readers of the file: always onnx."),
            .init("name", "The name that is stored with features."),
            .init("input", "The name of the input that takes the pixels; the only one that the model may have."),
            .init(
                "layout",
                "The order of the input's axes: NCTHW, NTCHW, NTHWC for clips; NCHW, NHWC for a model of single frames, whose features are pooled as protocol.frame_pooling says. N may be missing."
            ),
            .init("output", "The name of the output that is kept."),
            .init(
                "output_layout",
                "The order of its axes, such as NC, NCTHW, or NTC for tokens. C are the values of a feature."
            ),
            .init("pooling", "How the axes of the output that are no channels become one feature."),
        ]
    }
}
