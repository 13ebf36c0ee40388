public import Configuration
public import Networks
public import SViLM

/// How an encoder is pre-trained. The defaults are those of the `tiny` model; `configs/pretrain` has the others.
public struct PretrainingConfiguration: Configurable {
    /// The encoder's configuration file, relative to this one.
    public var encoder = "../encoders/svilm-tiny.yaml"
    /// The text encoder.
    public var text = TextConfiguration()
    /// Vocabulary file, relative to this one; a vocabulary of the captions' words where empty.
    public var vocabulary = ""
    public var objectives = ObjectiveSettings()
    public var optimizer = OptimizerSettings(learningRate: 1e-3, beta2: 0.98)
    /// Steps in which the learning rate rises from 0.
    public var warmupSteps = 120
    /// Clips of a step.
    public var batchSize = 64
    /// Steps in all.
    public var steps = 2000
    /// Clips that go through the encoder together on one thread.
    public var chunkSize = 8
    /// Whether clips are encoded a second time for their gradients, which bounds memory to ``chunkSize`` clips a thread.
    public var recompute = false
    /// How gradients travel between the processes that train one model together.
    public var gradientCompression = GradientCompression.none
    /// Steps from one checkpoint to the next.
    public var checkpointSteps = 200
    /// Steps from one evaluation on held-out clips to the next.
    public var validationSteps = 200
    /// Held-out clips; for a manifest, lines taken from its end.
    public var validationClips = 200
    /// The generated world that stands in for a manifest.
    public var world = GeneratedWorldSettings()
    /// Parameters that stay as they are: names, or beginnings of names up to a dot, such as `video.blocks.0` or `text`.
    public var frozen: [String] = []
    /// Factor on the learning rate for each transformer layer of the video encoder further from its end; 1 for the same rate in all.
    public var layerDecay = 1.0
    /// Evaluations without a better L_t on the blended held-out clips after which training ends, and the weights of the best
    /// evaluation, the one before training included, are the model; 0 for training to the end and keeping the last weights.
    public var patience = 0

    public static var renamedKeys: [String: String] {
        ["optimizer.clip_norm": "optimizer.gradient_clip_norm", "optimizer.warmup_steps": "warmup_steps"]
    }

    public init() {}

    public func validate() throws {
        try require(batchSize >= 2 && batchSize <= 1 << 20, "batch_size", "must be at least 2")
        try require(steps >= 1, "steps", "must be at least 1")
        try require(chunkSize >= 1, "chunk_size", "must be at least 1")
        try require(checkpointSteps >= 1, "checkpoint_steps", "must be at least 1")
        try require(validationSteps >= 1, "validation_steps", "must be at least 1")
        try require(warmupSteps >= 0, "warmup_steps", "must not be negative")
        try require(validationClips >= 0, "validation_clips", "must not be negative")
        try require(layerDecay > 0 && layerDecay <= 1, "layer_decay", "must be above 0 and at most 1")
        try require(patience >= 0, "patience", "must not be negative")
        try text.validate()
        try objectives.validate()
        try optimizer.validate()
        try require(optimizer.learningRate > 0, "optimizer.learning_rate", "must be above 0")
        try world.validate()
    }
}

/// The objectives and their weights; all 1 in the paper.
public struct ObjectiveSettings: Configurable {
    /// Weight of the global contrastive loss L_c.
    public var contrastive = 1.0
    /// Weight of temporal grouping L_t.
    public var grouping = 1.0
    /// Weight of spatial grounding L_g.
    public var grounding = 1.0
    /// Initial temperature of both contrastive losses; learned.
    public var temperature = 0.07
    /// Temperature of temporal grouping.
    public var groupingTemperature = 0.1
    /// What the centres of temporal grouping are made of.
    public var groupingForm = TemporalGrouping.Form.paper
    /// How groups' similarities to a noun become one.
    public var groundingPooling = SpatialGrounding.Pooling.max
    /// Temperature of softmax pooling.
    public var poolingTemperature = 0.1
    /// Chance that the clips of a step are blended at all; 1 in the paper.
    public var pasteShare = 1.0
    /// Chance that the clips of a scene are blended among themselves.
    public var sameScenePaste = 0.5
    /// Most stretches that stay of a blended clip; 1 in the paper.
    public var pastePieces = 1
    /// Nouns drawn from a caption.
    public var nounsPerCaption = 2
    /// Texts around a noun; one is drawn for each step.
    public var nounTemplates = ["a video of a {noun}", "a picture of a {noun}", "there is a {noun} in the video"]

    public static var section: String { "objectives" }

    public init() {}

    public func validate() throws {
        for (key, weight) in [("contrastive", contrastive), ("grouping", grouping), ("grounding", grounding)] {
            try require(weight >= 0 && weight.isFinite, key, "must not be negative")
        }
        try require(contrastive + grouping + grounding > 0, "contrastive", "or another weight must be positive")
        for (key, value) in [
            ("temperature", temperature), ("grouping_temperature", groupingTemperature),
            ("pooling_temperature", poolingTemperature),
        ] { try require(value > 0 && value.isFinite, key, "must be positive") }
        try require((0...1).contains(pasteShare), "paste_share", "must be between 0 and 1")
        try require((0...1).contains(sameScenePaste), "same_scene_paste", "must be between 0 and 1")
        try require((1...64).contains(pastePieces), "paste_pieces", "must be between 1 and 64")
        try require(nounsPerCaption >= 1, "nouns_per_caption", "must be at least 1")
        try require(
            !nounTemplates.isEmpty && nounTemplates.allSatisfy { $0.contains("{noun}") }, "noun_templates",
            "must be texts with {noun} in them")
    }
}

/// The generated world of a pre-training without a manifest.
public struct GeneratedWorldSettings: Configurable {
    /// Difficulty of the world by name; see `tal generate`.
    public var difficulty = "default"
    /// Clips that show one scene and differ only in what happens.
    public var clipsPerScene = 8
    /// Difficulty of the first clips, from which motion is learned sooner.
    public var warmupDifficulty = "easy"
    /// How many clips are of the first difficulty.
    public var warmupClips = 0

    public static var section: String { "world" }

    public init() {}

    public func validate() throws {
        try require((1...64).contains(clipsPerScene), "clips_per_scene", "must be between 1 and 64")
        try require(warmupClips >= 0, "warmup_clips", "must not be negative")
    }
}
