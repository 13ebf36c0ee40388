public import Video

/// What an extraction did.
public struct ExtractionReport: Sendable {
    /// A video that gave no features, and why.
    public struct Failure: Sendable {
        public var video: VideoInput
        public var error: any Error
    }

    /// Videos whose features were computed.
    public var extracted: [String] = []
    /// Those of them whose features the store had before.
    public var replaced: [String] = []
    /// Videos that the store had already.
    public var alreadyDone: [String] = []
    public var failures: [Failure] = []
    /// What was wrong with videos that could be used all the same.
    public var warnings: [(video: VideoInput, warning: VideoWarning)] = []
    /// Whether the work ended early because it was asked to.
    public var wasInterrupted = false
    public var clipCount = 0
    public var timing = ExtractionTiming()
}

/// Where the time of an extraction went, in seconds. Decoding runs beside the encoder; only waiting for it counts.
public struct ExtractionTiming: Hashable, Sendable {
    public var waitingForClips = 0.0
    public var encoding = 0.0
    public var writing = 0.0
    /// What the decoding threads did beside the encoder.
    public var sampling = SamplingTiming()

    public var total: Double { waitingForClips + encoding + writing }

    /// Adds the time that `body` takes to one of the parts.
    mutating func measure<Result>(
        _ part: WritableKeyPath<ExtractionTiming, Double>, _ body: () throws -> Result
    ) rethrows -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        defer { self[keyPath: part] += (clock.now - start) / .seconds(1) }
        return try body()
    }
}
