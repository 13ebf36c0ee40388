import Features

/// What a head found in one video, before suppression: all that post-processing needs.
public struct RawProposals: Sendable, Equatable {
    public var video: String
    /// On the feature grid.
    public var proposals: Proposals
    public var grid: SnippetGrid
    /// Length of the video in seconds, where known.
    public var durationSeconds: Double?

    public init(video: String, proposals: Proposals, grid: SnippetGrid, durationSeconds: Double? = nil) {
        self.video = video
        self.proposals = proposals
        self.grid = grid
        self.durationSeconds = durationSeconds
    }

    /// The proposals that also pass a higher score threshold and a greater minimum length.
    func passing(_ settings: PostProcessingSettings) -> RawProposals {
        var result = self
        let kept = (0..<proposals.count).filter { index in
            proposals.scores[index] > settings.scoreThreshold
                && proposals.ends[index] - proposals.starts[index] > settings.minimumLength
        }
        if kept.count < proposals.count { result.proposals = proposals.selecting(kept) }
        return result
    }
}
