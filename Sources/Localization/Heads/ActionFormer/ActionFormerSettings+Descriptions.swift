public import Configuration

extension ActionFormerSettings.Own: DescribedSettings {
    /// What the settings of this head mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("backbone", "What the feature pyramid is computed with.", called: "backbone_type"),
            .init("heads", "Attention heads.", called: "n_head"),
            .init(
                "windows", "Attention window of each level, odd, or one for all; 1 or less is global attention.",
                unit: "positions", called: "n_mha_win_size"),
            .init(
                "relative_positions",
                "Whether local attention learns a bias for each relative position; levels with global attention have none.",
                called: "use_rel_pe"),
            .init(
                "dropout", "Share of values dropped in the blocks while training.", unit: "share of 1",
                called: "dropout"),
            .init(
                "drop_path",
                "Chance that a residual branch is left out while training; with 0 the branches have no learned scale either.",
                unit: "share of 1", called: "droppath"),
        ]
    }
}
