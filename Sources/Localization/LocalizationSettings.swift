public import Configuration
public import Tensors

/// The heads there are.
public enum HeadKind: String, Codable, Sendable, CaseIterable {
    case actionformer, tridet, temporalmaxer, gtad, bmn
}

/// The configuration of `tal train` and of a run folder.
public struct LocalizationSettings: Configurable {
    /// Which head; its settings are in the section of the same name.
    public var head = HeadKind.actionformer
    /// Whether all actions are one class, so that classes come from video-level scores.
    public var classAgnostic = false
    /// Settings of the ActionFormer head.
    public var actionformer = ActionFormerSettings()
    /// Settings of the TriDet head.
    public var tridet = TriDetSettings()
    /// Settings of the TemporalMaxer head.
    public var temporalmaxer = TemporalMaxerSettings()
    /// Settings of the G-TAD head.
    public var gtad = GTADSettings()
    /// Settings of the BMN head.
    public var bmn = BMNSettings()
    /// From features to samples.
    public var window = WindowSettings()
    /// From proposals to detections.
    public var postProcessing = PostProcessingSettings()
    /// How the head is trained.
    public var training = TrainingSettings()

    public init() {}

    public func validate() throws {
        switch head {
        case .actionformer: try actionformer.validate()
        case .tridet: try tridet.validate()
        case .temporalmaxer: try temporalmaxer.validate()
        case .gtad:
            try gtad.validate()
            try validateFixedLength()
        case .bmn:
            try bmn.validate()
            try validateFixedLength()
        }
        if postProcessing.fusion.scores != nil, !classAgnostic {
            throw ConfigurationError.invalidValue(
                file: "", key: "post_processing.fusion.scores",
                problem: "is for heads that do not tell classes apart; set class_agnostic: true or remove it")
        }
        if classAgnostic, training.sampling == .classBalanced || training.classWeights != .none {
            throw ConfigurationError.invalidValue(
                file: "", key: training.classWeights != .none ? "training.class_weights" : "training.sampling",
                problem: "needs a head that tells classes apart (class_agnostic: false)")
        }
        try window.validate()
        try postProcessing.validate()
        try training.validate()
    }

    /// Heads with a map of proposals take sequences of one length and do not tell classes apart.
    private func validateFixedLength() throws {
        if !classAgnostic {
            throw ConfigurationError.invalidValue(
                file: "", key: "class_agnostic", problem: "must be true for head \(head.rawValue)")
        }
        if window.policy == .crop {
            throw ConfigurationError.invalidValue(
                file: "", key: "window.policy", problem: "must be resample or sliding for head \(head.rawValue)")
        }
    }

    /// Length of the sequences that the chosen head is trained with.
    public var maximumLength: Int {
        switch head {
        case .actionformer: return actionformer.maximumLength
        case .tridet: return tridet.maximumLength
        case .temporalmaxer: return temporalmaxer.maximumLength
        case .gtad: return gtad.maximumLength
        case .bmn: return bmn.maximumLength
        }
    }

    /// The chosen head with fresh weights.
    ///
    /// - Parameters:
    ///   - featureChannels: channels of the features.
    ///   - classes: number of classes.
    /// - Throws: ``LocalizationError``
    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        switch head {
        case .actionformer:
            return try ActionFormer(
                actionformer, featureChannels: featureChannels, classes: classes, using: &generator)
        case .tridet:
            return try TriDet(tridet, featureChannels: featureChannels, classes: classes, using: &generator)
        case .temporalmaxer:
            return try TemporalMaxer(
                temporalmaxer, featureChannels: featureChannels, classes: classes, using: &generator)
        case .gtad:
            return try GTAD(gtad, featureChannels: featureChannels, using: &generator)
        case .bmn:
            return try BMN(bmn, featureChannels: featureChannels, using: &generator)
        }
    }
}
