public import Annotations
public import Features
package import Tensors

extension Detector {
    /// Whether a video with so many feature vectors is seen in windows, for which its features need not be in memory.
    package func seesInWindows(length: Int) -> Bool {
        longSequences.map { preparation.downsampledCount(length) > $0.longest } ?? false
    }

    /// What the head finds in one video of a source, before suppression. The features of a long video are read a part at a time where the
    /// source can do that and the head need not see them all at once.
    ///
    /// - Parameters:
    ///   - video: an id in the source.
    ///   - source: where the features are.
    ///   - durations: seconds by video, used where the features do not know their own.
    /// - Throws: `FeatureError`, or ``LocalizationError/otherFeatures(file:video:problem:)``
    public func rawProposals(
        of video: String, in source: any FeatureSource, durations: [String: Double] = [:]
    ) throws -> RawProposals {
        // What is read whole anyway is not asked for its length first.
        guard source.readsParts, longSequences != nil else {
            return try rawProposals(in: source.sequence(for: video, durations: durations))
        }
        var header = try source.header(for: video)
        guard seesInWindows(length: header.length) else {
            return try rawProposals(in: source.sequence(for: video, durations: durations))
        }
        try model.features.check(header, origin: source.origin, video: video, file: source.path)
        header.durationSeconds = header.durationSeconds ?? durations[video]
        return try rawProposals(of: video, header) { try source.part($0, of: video) }
    }

    /// The detections of one video of a source, best first.
    ///
    /// - Throws: as ``rawProposals(of:in:durations:)``, or ``LocalizationError/missingVideoScores(file:video:)``
    public func detections(
        of video: String, in source: any FeatureSource, durations: [String: Double] = [:]
    ) throws -> [Detection] {
        try detections(from: rawProposals(of: video, in: source, durations: durations))
    }

    /// What the head finds in one long video, window after window; see ``seesInWindows(length:)``.
    ///
    /// - Parameters:
    ///   - header: what is known of the video's features; checked already.
    ///   - rows: gives some of them, `[range, channels]`.
    package func rawProposals<Failure: Error>(
        of video: String, _ header: FeatureHeader, rows: (Range<Int>) throws(Failure) -> Tensor
    ) throws(Failure) -> RawProposals {
        var mean: FeatureMean?
        if preparation.settings.centering {
            var sum = FeatureMean(channels: header.channels)
            var first = 0
            while first < header.length {
                let range = first..<min(first + Self.rowsAtOnce * preparation.settings.downsampling, header.length)
                sum.add(preparation.downsampled(try rows(range)))
                first = range.upperBound
            }
            mean = sum
        }
        let step = preparation.settings.downsampling, length = preparation.downsampledCount(header.length)
        var grid = header.grid
        grid.strideFrames *= Double(step)
        func sample(_ range: Range<Int>) throws(Failure) -> Sample {
            var features = preparation.downsampled(
                try rows((range.lowerBound * step)..<min(range.upperBound * step, header.length)))
            if let mean { features = mean.centered(features) }
            return Sample(video: video, features: features, grid: grid, durationSeconds: header.durationSeconds)
        }
        var raw = RawProposals(
            video: video, proposals: Proposals(), grid: grid, durationSeconds: header.durationSeconds)
        switch longSequences?.method {
        case .exact(var windows):
            guard let head = model.head as? any PointHead else {
                preconditionFailure("exact windows are of heads with points")
            }
            var best: [Proposals] = []
            while let window = windows.next(of: length) {
                let padding = PaddedLength(computed: window.features.count, nominal: window.features.count)
                merge(candidates(in: try sample(window.features), of: window, padding: padding, by: head), into: &best)
            }
            if let window = windows.last(of: length) {
                // What lies behind the last feature is the same as at once.
                let whole = head.paddedLength(for: length), first = window.features.lowerBound
                let padding = PaddedLength(computed: whole.computed - first, nominal: whole.nominal)
                merge(candidates(in: try sample(window.features), of: window, padding: padding, by: head), into: &best)
            }
            raw.proposals = ProposalSelection(model.settings.postProcessing).passing(best)
            raw.windowSizes = [raw.proposals.count]
        case .sliding, nil:
            raw.windowSizes = []
            for first in preparation.windowStarts(length: length) {
                let range = first..<min(first + preparation.maximumLength, length)
                let found = proposals(of: try sample(range), by: model.head).shifted(by: Float(first))
                raw.proposals.append(contentsOf: found)
                raw.windowSizes.append(found.count)
            }
        }
        return raw
    }

    /// Feature vectors that are read together where they are only looked at.
    private static let rowsAtOnce = 1 << 12

    private func candidates(
        in sample: Sample, of window: SequenceWindows.Window, padding: PaddedLength, by head: some PointHead
    ) -> [Proposals] {
        let part = SequencePart(first: window.features.lowerBound, decided: window.part)
        return head.candidates(
            output(of: sample, padding: padding, by: head), item: 0, part: part, settings: model.settings.postProcessing
        )
    }

    private func merge(_ later: [Proposals], into best: inout [Proposals]) {
        guard !best.isEmpty else { return best = later }
        let selection = ProposalSelection(model.settings.postProcessing)
        best = zip(best, later).map { selection.best(of: $0, and: $1) }
    }
}
