/// Where the time of taking clips from a video went, in seconds.
public struct SamplingTiming: Hashable, Sendable {
    /// Reading and decoding frames.
    public var decoding = 0.0
    /// Resizing, cutting and converting them, and putting clips together.
    public var preprocessing = 0.0

    public init() {}

    public static func += (total: inout SamplingTiming, part: SamplingTiming) {
        total.decoding += part.decoding
        total.preprocessing += part.preprocessing
    }

    /// Adds the time that `body` takes to one of the parts.
    mutating func measure<Result>(_ part: WritableKeyPath<SamplingTiming, Double>, _ body: () -> Result) -> Result {
        let start = ContinuousClock.now
        defer { self[keyPath: part] += (ContinuousClock.now - start) / .seconds(1) }
        return body()
    }
}
