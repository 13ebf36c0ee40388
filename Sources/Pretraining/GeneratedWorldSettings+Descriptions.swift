public import Configuration

extension GeneratedWorldSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("difficulty", "Difficulty of the world by name; see tal generate."),
            .init("clips_per_scene", "Clips that show one scene and differ only in what happens.", unit: "clips"),
            .init("warmup_difficulty", "Difficulty of the first clips, from which motion is learned sooner."),
            .init("warmup_clips", "How many clips are of the first difficulty.", unit: "clips"),
        ]
    }
}
