public import Features

/// What a head found in one video, before suppression: all that post-processing needs.
public struct RawProposals: Sendable, Equatable {
    public var video: String
    /// On the feature grid, window after window.
    public var proposals: Proposals
    /// How many of them are of each window in which the head saw the video.
    public var windowSizes: [Int]
    public var grid: SnippetGrid
    /// Length of the video in seconds, where known.
    public var durationSeconds: Double?

    public init(
        video: String, proposals: Proposals, windowSizes: [Int]? = nil, grid: SnippetGrid,
        durationSeconds: Double? = nil
    ) {
        precondition(windowSizes.map { $0.reduce(0, +) == proposals.count } ?? true, "windows of other proposals")
        self.video = video
        self.proposals = proposals
        self.windowSizes = windowSizes ?? [proposals.count]
        self.grid = grid
        self.durationSeconds = durationSeconds
    }

    /// The proposals that compete: all, or where the settings ask for it those that remain when the proposals of each window
    /// have competed by themselves.
    func competing(_ settings: PostProcessingSettings) -> Proposals {
        guard settings.suppressesWindows else { return proposals }
        var result = Proposals()
        for range in windows {
            result.append(
                contentsOf: NonMaximumSuppression(settings.suppression)(proposals.selecting(Array(range))))
        }
        return result
    }

    /// The proposals that also pass stricter bounds of score and length.
    func passing(_ settings: PostProcessingSettings) -> RawProposals {
        let limit = settings.lengthLimit ?? .infinity
        func passes(_ index: Int) -> Bool {
            let length = proposals.ends[index] - proposals.starts[index]
            return proposals.scores[index] > settings.scoreThreshold && length > settings.minimumLength
                && length < limit
        }
        let kept = windows.map { $0.filter(passes) }
        var result = self
        result.windowSizes = kept.map(\.count)
        if kept.reduce(0, { $0 + $1.count }) < proposals.count {
            result.proposals = proposals.selecting(kept.flatMap { $0 })
        }
        return result
    }

    private var windows: [Range<Int>] {
        var first = 0
        return windowSizes.map { size in
            defer { first += size }
            return first..<(first + size)
        }
    }
}
