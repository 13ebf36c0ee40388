public import Configuration

extension TriDetSettings.Own: DescribedSettings {
    /// What the settings of this head mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "input_noise", "Deviation of the noise that is added to the features while training.",
                unit: "units of the features", called: "input_noise"),
            .init(
                "windows",
                "Kernel of the small convolutions of each level, odd, or one for all; blocks at full resolution use 1.",
                unit: "positions", called: "n_sgp_win_size"),
            .init(
                "large_kernel_factor", "The large kernel is this many times as wide as the small one and 1.",
                called: "k"),
            .init(
                "feed_forward_channels", "Hidden channels of the feed-forward part; null for four times the channels.",
                unit: "channels", called: "sgp_mlp_dim"),
            .init("downsampling", "How the resolution is lowered between levels.", called: "downsample_type"),
            .init(
                "drop_path", "Chance that a residual branch is left out while training, above full resolution.",
                unit: "share of 1", called: "droppath"),
            .init(
                "compatibility",
                "Whether two faults of the authors' code are kept. With official, means over time and group statistics run over the padded length, so that results depend on it, and the depthwise convolutions begin with zeros unless depthwise_deviation says otherwise; with zeros they receive no gradient and never train. Published weights were trained so. With fixed the statistics are those of the real positions, and the weights begin random."
            ),
            .init(
                "depthwise_deviation",
                "Deviation of the initial weights of the depthwise convolutions; null for 0.1, or 0 in compatibility official.",
                called: "init_conv_vars"),
            .init(
                "trident_head",
                "Whether distances are expectations over bins around the boundaries, instead of regressed numbers.",
                called: "use_trident_head"),
            .init("bins", "Bins beyond the first on each side of a point.", unit: "bins", called: "num_bins"),
            .init(
                "boundary_kernel", "Size of the convolutions that score boundaries; odd.", unit: "positions",
                called: "boundary_kernel_size"),
            .init(
                "overlap_power", "Power of the overlap by which the classification loss of positives is weighted.",
                called: "iou_weight_power"),
        ]
    }
}
