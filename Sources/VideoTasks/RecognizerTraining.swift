public import Annotations
public import Networks
public import SViLM
public import Tensors
public import Video

/// From labelled videos to a ``Recognizer``: a linear classifier is fitted to the features of the frozen encoder, and then both
/// may be trained together.
public struct RecognizerTraining: Sendable {
    public var probe = LinearProbe.Settings()
    /// How the encoder is trained further; it stays as it is where nil.
    public var fineTuning: FineTuningSettings?
    public var seed: UInt64 = 0
    /// How videos are opened.
    public var decoderOptions = DecoderOptions()

    public init() {}

    /// The share of each label's videos that is set aside to choose the epoch by.
    public static let heldShare = 0.1

    /// Sets videos aside to choose the epoch of fine-tuning by, where none are given.
    ///
    /// - Parameters:
    ///   - training: labelled videos.
    ///   - validation: videos for that; taken from `training` where nil.
    ///   - list: the name of the list of videos, for the error.
    /// - Returns: the videos to train on, and those to choose by: none without fine-tuning.
    /// - Throws: `SViLMError` where there are too few.
    public func parts(
        of training: [LabelledVideos.Item], validation: [LabelledVideos.Item]?, list: String
    ) throws(SViLMError) -> (training: [LabelledVideos.Item], validation: [LabelledVideos.Item]) {
        guard fineTuning != nil else { return (training, []) }
        var parts = (training: training, validation: validation ?? [])
        if validation == nil {
            var generator = RandomGenerator(seed: seed)
            (parts.training, parts.validation) = LabelledVideos(items: training).split(
                share: Self.heldShare, using: &generator)
        }
        guard !parts.validation.isEmpty else {
            throw .unfit(
                setting: list,
                problem: "has too few videos of each label to set some aside for validation; give a list for it")
        }
        return parts
    }

    /// Fits the classifier, and goes on with the encoder where that was asked for, which changes it in place.
    ///
    /// - Parameters:
    ///   - encoder: the encoder that made the features.
    ///   - videos: that could be read.
    ///   - features: theirs by the encoder, `[videos, featureChannels]`.
    ///   - validation: from ``parts(of:validation:list:)``.
    ///   - report: called after each epoch.
    /// - Throws: `NetworkError.diverged`
    public func train(
        _ encoder: VideoEncoder, on videos: [LabelledVideos.Item], features: Tensor,
        validation: [LabelledVideos.Item], report: (Recognizer.EpochReport) -> Void
    ) throws(NetworkError) -> Recognizer {
        var recognizer = Recognizer(
            encoder, probe: try LinearProbe(features: features, labels: videos.map(\.label), settings: probe))
        recognizer.decoderOptions = decoderOptions
        if let fineTuning {
            try recognizer.fineTune(
                on: videos, validation: validation, settings: fineTuning, seed: seed, report: report)
        }
        return recognizer
    }
}
