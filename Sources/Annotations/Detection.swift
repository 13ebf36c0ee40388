/// One scored answer to "what happens when".
public struct Detection: Hashable, Sendable {
    /// The video it was found in.
    public var video: String
    /// The name of the action.
    public var label: String
    /// When, in seconds.
    public var segment: Segment
    /// Confidence; higher is better.
    public var score: Double

    public init(video: String, label: String, segment: Segment, score: Double) {
        self.video = video
        self.label = label
        self.segment = segment
        self.score = score
    }
}
