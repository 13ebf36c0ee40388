public import Annotations
public import Features
public import Tensors
public import Threads

/// A trained head with its data preparation and post-processing: features of a video in, detections in seconds out.
public struct Detector: Sendable {
    /// The head, its settings and labels, and the features it takes.
    public let model: TrainedModel
    /// The video-level scores, for class-agnostic heads.
    public let videoScores: VideoClassScores?
    /// The data type of the head's matmuls; see ``computing(in:)``.
    public private(set) var precision = ComputePrecision.float32
    let preparation: SamplePreparation
    private let postProcessing: PostProcessing
    /// How videos are seen that are too long to be seen at once; nil where the head must see them whole.
    var longSequences: LongSequences?

    /// - Parameters:
    ///   - model: a trained head with its settings and labels.
    ///   - videoScores: scores of every video to detect in; without them the labels of the model are used.
    public init(_ model: TrainedModel, videoScores: VideoClassScores? = nil) {
        self.model = model
        self.videoScores = videoScores
        preparation = SamplePreparation(model.settings.window, maximumLength: model.head.maximumLength)
        postProcessing = PostProcessing(model.settings.postProcessing)
        longSequences = LongSequences(model)
    }

    /// The same detector with matmuls of another data type.
    ///
    /// - Throws: ``LocalizationError/precision(_:setting:)`` where the processor lacks it.
    public func computing(in precision: ComputePrecision) throws(LocalizationError) -> Detector {
        try LocalizationError.check(precision, setting: "the precision")
        var other = self
        other.precision = precision
        return other
    }

    /// The detections of one video, best first.
    ///
    /// - Parameter features: checked against ``TrainedModel/features``.
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)`` or
    ///   ``LocalizationError/missingVideoScores(file:video:)``
    public func detections(in features: FeatureSequence) throws(LocalizationError) -> [Detection] {
        try detections(from: rawProposals(in: features))
    }

    /// What the head finds in one video, before suppression.
    ///
    /// - Parameter features: checked against ``TrainedModel/features``.
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func rawProposals(in features: FeatureSequence) throws(LocalizationError) -> RawProposals {
        try response(to: features, keepsCurves: false).raw
    }

    /// What the head finds in one video, before suppression, and how its scores run over the time.
    ///
    /// - Parameters:
    ///   - features: checked against ``TrainedModel/features``.
    ///   - keepsCurves: whether the scores over time are wanted.
    ///     A head then sees a long video at once.
    /// - Returns: the proposals, and `[time, classes]` with the grid that the head sees; nil where the video has no features or
    ///   nobody wants them.
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func response(
        to features: FeatureSequence, keepsCurves: Bool
    ) throws(LocalizationError) -> (raw: RawProposals, curves: FeatureSequence?) {
        if !keepsCurves, seesInWindows(length: features.length) {
            try model.features.check(features)
            let header = FeatureHeader(
                length: features.length, channels: features.channels, grid: features.grid,
                durationSeconds: features.durationSeconds)
            return (rawProposals(of: features.video, header) { SamplePreparation.rows($0, of: features.features) }, nil)
        }
        guard let sample = try sample(of: features) else {
            return (RawProposals(video: features.video, proposals: Proposals(), grid: features.grid), nil)
        }
        return response(to: sample, keepsCurves: keepsCurves)
    }

    /// The detections of proposals that were found before, best first.
    ///
    /// - Throws: ``LocalizationError/missingVideoScores(file:video:)``
    public func detections(from raw: RawProposals) throws(LocalizationError) -> [Detection] {
        try detections(from: raw, by: postProcessing)
    }

    func detections(from raw: RawProposals, by postProcessing: PostProcessing) throws(LocalizationError) -> [Detection]
    {
        postProcessing.detections(
            from: raw.competing(postProcessing.settings), video: raw.video, grid: raw.grid,
            durationSeconds: raw.durationSeconds,
            classes: videoScores?.classes ?? model.labels, videoScores: try classScores(of: raw.video))
    }

    /// The input of the head for a video; `nil` where the video has no features.
    func sample(of features: FeatureSequence) throws(LocalizationError) -> Sample? {
        try model.features.check(features)
        return features.length > 0 ? preparation.sample(of: features) : nil
    }

    /// The detections of a prepared sample, best first.
    ///
    /// - Throws: ``LocalizationError/missingVideoScores(file:video:)``
    func detections(in sample: Sample) throws(LocalizationError) -> [Detection] {
        try detections(from: rawProposals(in: sample))
    }

    private func rawProposals(in sample: Sample) -> RawProposals { response(to: sample, keepsCurves: false).raw }

    /// Where windows overlap, the higher score counts.
    private func response(to sample: Sample, keepsCurves: Bool) -> (raw: RawProposals, curves: FeatureSequence?) {
        var proposals = Proposals(), sizes: [Int] = [], scores: [Float] = []
        for window in preparation.windows(of: sample) {
            let (found, curves) = response(to: window.sample, by: model.head, keepsCurves: keepsCurves)
            proposals.append(contentsOf: found.shifted(by: Float(window.first)))
            sizes.append(found.count)
            guard let curves else { continue }
            let classes = curves.shape[1]
            if scores.isEmpty { scores = [Float](repeating: 0, count: sample.length * classes) }
            curves.withElements { values in
                for (index, value) in values.enumerated() {
                    let place = window.first * classes + index
                    scores[place] = max(scores[place], value)
                }
            }
        }
        let raw = RawProposals(
            video: sample.video, proposals: proposals, windowSizes: sizes, grid: sample.grid,
            durationSeconds: sample.durationSeconds)
        guard keepsCurves else { return (raw, nil) }
        return (
            raw,
            FeatureSequence(
                video: sample.video, features: Tensor(scores, shape: [sample.length, model.head.classes]),
                grid: sample.grid, durationSeconds: sample.durationSeconds)
        )
    }

    /// The head's proposals in a sample, before suppression, but for that of each window by itself where the settings ask for it.
    func proposals(in sample: Sample) -> Proposals {
        rawProposals(in: sample).competing(model.settings.postProcessing)
    }

    private func classScores(of video: String) throws(LocalizationError) -> [Double]? {
        guard let videoScores else { return nil }
        guard let scores = videoScores.scores(of: video) else {
            throw .missingVideoScores(file: videoScores.path, video: video)
        }
        return scores
    }

    private func response(
        to sample: Sample, by head: some LocalizationHead, keepsCurves: Bool
    ) -> (proposals: Proposals, curves: Tensor?) {
        let output = output(of: sample, padding: head.paddedLength(for: sample.length), by: head)
        return (
            head.proposals(output, settings: model.settings.postProcessing).first ?? Proposals(),
            keepsCurves ? head.scoreCurves(output, lengths: [sample.length]).first : nil
        )
    }

    func proposals(of sample: Sample, by head: some LocalizationHead) -> Proposals {
        response(to: sample, by: head, keepsCurves: false).proposals
    }

    /// What the head computes for one sample.
    func output<Head: LocalizationHead>(of sample: Sample, padding: PaddedLength, by head: Head) -> Head.Output {
        let tape = precision == .float32 ? nil : Tape(isTraining: false, precision: precision, records: false)
        return head.forward(SequenceBatch([sample], padding: padding), on: tape)
    }

    /// The detections of each video, or why there are none, computed on several threads.
    ///
    /// - Parameters:
    ///   - videos: ids in the source.
    ///   - source: where the features are.
    ///   - durations: seconds by video, used where the features do not know their own.
    ///   - naming: names segments instead of the head's classes.
    ///   - cancellation: asks the work to end; videos that were not begun have `WorkInterrupted` as their error.
    ///   - progress: called after each video, from several threads.
    public func detections(
        of videos: [String], in source: any FeatureSource, durations: [String: Double] = [:],
        naming: SegmentNaming? = nil, cancellation: CancellationFlag = CancellationFlag(),
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) -> [Result<[Detection], any Error>] {
        let finished = FinishedCount()
        return Parallel.map(videos.count) { index in
            let result = Result<[Detection], any Error> {
                try cancellation.check()
                guard let naming else { return try detections(of: videos[index], in: source, durations: durations) }
                return try detections(in: source.sequence(for: videos[index], durations: durations), naming: naming)
            }
            let completed = finished.add()
            progress?(completed, videos.count)
            return result
        }
    }
}
