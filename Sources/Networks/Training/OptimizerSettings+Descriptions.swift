public import Configuration

extension OptimizerSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("kind", "How a step is made of a gradient.", called: "opt.type"),
            .init("learning_rate", "The highest learning rate.", called: "opt.learning_rate"),
            .init(
                "final_learning_rate", "The learning rate at the end of a schedule that falls along a cosine.",
                called: "eta_min"),
            .init(
                "weight_decay", "The share, times the learning rate, by which weights shrink at each step.",
                called: "opt.weight_decay"),
            .init("momentum", "The fraction of the last step that SGD repeats.", called: "opt.momentum"),
            .init("beta1", "Decay of the first moment of Adam and AdamW."),
            .init("beta2", "Decay of their second moment."),
            .init(
                "gradient_clip_norm",
                "Longer gradients are scaled down to this norm; 0 or less leaves them as they are.",
                called: "train_cfg.clip_grad_l2norm"),
        ]
    }
}
