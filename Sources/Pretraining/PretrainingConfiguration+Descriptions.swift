public import Configuration

extension PretrainingConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("encoder", "The encoder's configuration file, relative to this one."),
            .init("text", "The text encoder."),
            .init(
                "vocabulary", "Vocabulary file, relative to this one; a vocabulary of the captions' words where empty."),
            .init("objectives", "What is learned, and how much each part counts."),
            .init("optimizer", "What changes the weights, and how fast."),
            .init("warmup_steps", "Steps in which the learning rate rises from 0.", unit: "steps"),
            .init("batch_size", "Clips of a step.", unit: "clips"),
            .init("steps", "Steps in all.", unit: "steps"),
            .init("chunk_size", "Clips that go through the encoder together on one thread.", unit: "clips"),
            .init(
                "recompute",
                "Whether clips are encoded a second time for their gradients, which bounds memory to chunk_size clips a thread."
            ),
            .init(
                "gradient_compression",
                "How gradients travel between the processes that train one model together: as they are, or rounded to bfloat16, which halves the bytes."
            ),
            .init("checkpoint_steps", "Steps from one checkpoint to the next.", unit: "steps"),
            .init("validation_steps", "Steps from one evaluation on held-out clips to the next.", unit: "steps"),
            .init("validation_clips", "Held-out clips; for a manifest, lines taken from its end.", unit: "clips"),
            .init("world", "The generated world that stands in for a manifest."),
            .init(
                "frozen",
                "Parameters that stay as they are: names, or beginnings of names up to a dot, such as video.blocks.0 or text."
            ),
            .init(
                "layer_decay",
                "Factor on the learning rate for each transformer layer of the video encoder further from its end; 1 for the same rate in all."
            ),
            .init(
                "patience",
                "Evaluations without a better L_t on the blended held-out clips after which training ends, and the weights of the best evaluation, the one before training included, are the model; 0 for training to the end and keeping the last weights.",
                unit: "evaluations"),
        ]
    }
}
