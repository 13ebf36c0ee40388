public import Configuration

extension TrainingSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "patience",
                "Training ends when this many evaluations in a row were no better than the best before; 0 never.",
                unit: "evaluations"),
            .init("training_subset", "The subset of the annotations that is trained on.", called: "train_split"),
            .init("validation_subset", "The subset that is evaluated.", called: "val_split"),
            .init("ignored_labels", "Labels that are no actions and are left out."),
            .init("evaluation_protocol", "Name or file of the evaluation protocol."),
            .init("optimizer", "What changes the weights, and how fast."),
            .init("schedule", "How the learning rate goes on after it has risen.", called: "schedule_type"),
            .init(
                "milestones",
                "For steps: the epochs, warm-up included, after which the rate is multiplied by step_factor.",
                unit: "epochs", called: "schedule_steps"),
            .init(
                "step_factor", "For steps: the factor on the learning rate after each milestone.",
                called: "schedule_gamma"),
            .init("warmup_epochs", "Epochs in which the learning rate rises.", unit: "epochs", called: "warmup_epochs"),
            .init(
                "epochs", "Epochs after those in which the learning rate rises; the run has warmup_epochs + epochs.",
                unit: "epochs", called: "epochs"),
            .init(
                "batch_size",
                "Videos in a batch; a smaller rest at the end of an epoch is left out, unless it is all there is.",
                unit: "videos", called: "batch_size"),
            .init(
                "accumulation",
                "Batches of which one step is made. The step is that of one batch of all their videos, with the memory of one of them.",
                unit: "batches"),
            .init("sampling", "How the videos of an epoch are drawn."),
            .init("class_weights", "How much the classes count in the classification loss."),
            .init(
                "precision",
                "The data type of matmuls: bfloat16 trains faster on processors with AVX512-BF16. Weights, sums, activations and what the optimiser remembers are float32 either way, and so is every evaluation."
            ),
            .init(
                "gradient_compression",
                "How gradients travel between the processes that train one head together: as they are, or rounded to bfloat16, which halves the bytes."
            ),
            .init(
                "average_decay",
                "Share of the moving average of the weights that stays at each step; 0 uses the weights themselves.",
                unit: "share of 1", called: "ModelEma(decay)"),
            .init(
                "average_warmup",
                "Whether early steps use a smaller share, so that the initial weights are soon forgotten."),
            .init(
                "evaluation_interval",
                "Every how many epochs the validation subset is evaluated; the last epoch always is.", unit: "epochs"),
            .init("selection", "Which weights become the model of the run."),
            .init(
                "cache_mebibytes",
                "Features are kept in memory while they take no more than this many MiB, and read when needed beyond that.",
                unit: "MiB"),
            .init("seed", "Seed of everything random.", called: "init_rand_seed"),
        ]
    }
}
