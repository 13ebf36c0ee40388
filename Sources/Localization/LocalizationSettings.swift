public import Configuration
public import Tensors

/// The configuration of `tal train` and of a run folder.
///
/// A file says `head: NAME` and has a section of that name with the settings of this head, and no other.
public struct LocalizationSettings: Configurable {
    /// The settings of the head, which decide what kind of head it is.
    public var headSettings: any HeadSettings = ActionFormerSettings()
    /// Whether all actions are one class, so that classes come from video-level scores.
    public var classAgnostic = false
    /// From features to samples.
    public var window = WindowSettings()
    /// From proposals to detections.
    public var postProcessing = PostProcessingSettings()
    /// How the head is trained.
    public var training = TrainingSettings()

    public init() {}

    /// The kind of head. Another kind begins with its defaults.
    public var head: HeadKind {
        get { HeadKind(type(of: headSettings)) }
        set { if newValue != head { headSettings = newValue.settings.init() } }
    }

    /// The settings of a kind of head: those of the head, or the defaults where it is of another kind. Setting them
    /// chooses the kind.
    public subscript<Settings: HeadSettings>(_ type: Settings.Type) -> Settings {
        get { headSettings as? Settings ?? Settings() }
        set { headSettings = newValue }
    }

    public func validate() throws {
        try headSettings.validate()
        if headSettings.isProposalMap {
            try require(classAgnostic, "class_agnostic", "must be true for head \(head)")
            try require(window.policy != .crop, "window.policy", "must be resample or sliding for head \(head)")
        }
        try require(
            postProcessing.fusion.scores == nil || classAgnostic, "post_processing.fusion.scores",
            "is for class-agnostic heads; set class_agnostic: true or remove it")
        if classAgnostic, training.sampling == .classBalanced || training.classWeights != .none {
            throw invalid(
                training.classWeights != .none ? "training.class_weights" : "training.sampling",
                "needs a head with classes (class_agnostic: false)")
        }
        try window.validate()
        try postProcessing.validate()
        try training.validate()
    }

    /// Length of the sequences that the head is trained with.
    public var maximumLength: Int { headSettings.maximumLength }

    /// The head with fresh weights.
    ///
    /// - Parameters:
    ///   - featureChannels: channels of the features.
    ///   - classes: number of classes.
    ///   - generator: for the random weights.
    /// - Throws: ``LocalizationError``
    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try headSettings.makeHead(featureChannels: featureChannels, classes: classes, using: &generator)
    }

    public static func == (first: LocalizationSettings, second: LocalizationSettings) -> Bool {
        first.headSettings.isEqual(to: second.headSettings) && first.classAgnostic == second.classAgnostic
            && first.window == second.window && first.postProcessing == second.postProcessing
            && first.training == second.training
    }
}
