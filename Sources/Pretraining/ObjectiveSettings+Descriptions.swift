public import Configuration

extension ObjectiveSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("contrastive", "Weight of the global contrastive loss L_c.", called: "L_c"),
            .init("grouping", "Weight of temporal grouping L_t.", called: "L_t"),
            .init("grounding", "Weight of spatial grounding L_g.", called: "L_g"),
            .init("temperature", "Initial temperature of both contrastive losses; learned.", called: "τ"),
            .init("grouping_temperature", "Temperature of temporal grouping."),
            .init("grouping_form", "What the centres of temporal grouping are made of."),
            .init("grounding_pooling", "How groups' similarities to a noun become one."),
            .init("pooling_temperature", "Temperature of softmax pooling."),
            .init(
                "paste_share", "Chance that the clips of a step are blended at all; 1 in the paper.", unit: "share of 1"
            ),
            .init(
                "same_scene_paste", "Chance that the clips of a scene are blended among themselves.", unit: "share of 1"
            ),
            .init("paste_pieces", "Most stretches that stay of a blended clip; 1 in the paper.", unit: "stretches"),
            .init("nouns_per_caption", "Nouns drawn from a caption.", unit: "nouns", called: "K"),
            .init("noun_templates", "The sentences that nouns are put into, in the place of {noun}."),
        ]
    }
}
