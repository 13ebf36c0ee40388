public import Configuration

extension CommonPyramidSettings: DescribedSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "input_channels",
                "Channels of each feature stream, side by side in the features; empty for one stream as wide as they are.",
                unit: "channels", called: "input_dim"),
            .init(
                "stream_channels",
                "Channels that each stream is projected to before they are joined; empty for no projection.",
                unit: "channels"),
            .init(
                "maximum_length", "Length of training sequences in feature vectors; a multiple of the coarsest stride.",
                unit: "feature vectors", called: "max_seq_len"),
            .init("channels", "Channels of the backbone.", unit: "channels", called: "embd_dim"),
            .init(
                "embedding_layers", "Convolutions before the first block.", unit: "layers", called: "backbone_arch[0]"),
            .init("stem_blocks", "Blocks at full resolution.", unit: "layers", called: "backbone_arch[1]"),
            .init(
                "branch_blocks", "Blocks that each lower the resolution.", unit: "layers", called: "backbone_arch[2]"),
            .init(
                "scale_factor", "By how much each of the branch blocks lowers the resolution.", called: "scale_factor"),
            .init(
                "embedding_kernel", "Size of the first convolutions; odd.", unit: "positions",
                called: "embd_kernel_size"),
            .init(
                "embedding_norm", "Whether the first convolutions are followed by layer normalisation.",
                called: "embd_with_ln"),
            .init(
                "absolute_positions", "Whether sinusoids of the position are added after the first convolutions.",
                called: "use_abs_pe"),
            .init("neck", "What lies between the backbone and the output layers.", called: "fpn_type"),
            .init(
                "neck_channels", "Channels of the neck; the identity neck needs those of the backbone.",
                unit: "channels", called: "fpn_dim"),
            .init("neck_norm", "Whether each level of the neck ends in a normalisation.", called: "fpn_with_ln"),
            .init(
                "neck_groups",
                "Groups of channels that are normalised over the real positions of a level, without learned factors; 0 for layer normalisation."
            ),
            .init("start_level", "The first level of the backbone that is used.", called: "fpn_start_level"),
            .init("head_channels", "Channels of the output layers.", unit: "channels", called: "head_dim"),
            .init(
                "head_layers", "Convolutions in each output branch, the last one included.", unit: "layers",
                called: "head_num_layers"),
            .init(
                "head_kernel", "Size of the convolutions of the output branches; odd.", unit: "positions",
                called: "head_kernel_size"),
            .init(
                "head_norm",
                "Whether all convolutions of the output branches but the last are followed by layer normalisation.",
                called: "head_with_ln"),
            .init(
                "regression_ranges",
                "The regression distances each level is responsible for, in units of the feature grid, both ends inclusive.",
                unit: "feature vectors", called: "regression_range"),
            .init(
                "center_radius",
                "Half-width, in strides, of the central part of a segment that is trained; null trains all of it.",
                unit: "strides of the level", called: "center_sample_radius"),
            .init(
                "loss_weight", "Weight of the regression loss; 0 or less balances it with the classification loss.",
                called: "loss_weight"),
            .init(
                "label_smoothing", "Share of a target that is spread over the classes.", unit: "share of 1",
                called: "label_smoothing"),
            .init(
                "initial_normalizer", "Where the running number of positives, by which losses are divided, begins.",
                unit: "segments", called: "init_loss_norm"),
            .init(
                "prior_probability", "Score of every class before training.", unit: "share of 1",
                called: "cls_prior_prob"),
            .init(
                "empty_classes", "Classes that no training video has; they begin with a score near 0.",
                called: "head_empty_cls"),
            .init("conventions", "Whose code is followed where implementations differ."),
        ]
    }
}
