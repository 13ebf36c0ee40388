/// A stretch of a video with the name of what happens in it.
public struct LabelledSegment: Hashable, Sendable {
    /// When, in seconds.
    public var segment: Segment
    /// The name of the action.
    public var label: String
    /// How sure whoever named it is, where the file says so; predictions always have one.
    public var score: Double?
    /// The tier, track or subject that the segment stands in, where the format has such.
    public var tier: String?

    public init(segment: Segment, label: String, score: Double? = nil, tier: String? = nil) {
        self.segment = segment
        self.label = label
        self.score = score
        self.tier = tier
    }
}

/// One video of a data set and what is known to happen in it.
public struct AnnotatedVideo: Hashable, Sendable {
    public var id: String
    /// The subset as the file spells it; empty when the file names none.
    public var subset: String
    /// Length in seconds, when the file gives it.
    public var duration: Double?
    /// Frame rate, when the file gives it.
    public var framesPerSecond: Double?
    /// Number of frames, when the file gives it.
    public var frameCount: Int?
    /// The actions, in file order.
    public var segments: [LabelledSegment]
    /// What a column of groups says (a person, a camera, a day), by which videos are kept together when a set is split.
    public var group: String?

    public init(
        id: String, subset: String = "", duration: Double? = nil, framesPerSecond: Double? = nil,
        frameCount: Int? = nil,
        segments: [LabelledSegment] = [], group: String? = nil
    ) {
        self.id = id
        self.subset = subset
        self.duration = duration
        self.framesPerSecond = framesPerSecond
        self.frameCount = frameCount
        self.segments = segments
        self.group = group
    }
}
