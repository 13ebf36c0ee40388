public import Files

/// What a job says while it runs.
public enum JobEvent: Sendable {
    /// A stage has begun, or got further.
    case progress(JobProgress)
    /// A stage has ended.
    case finished(JobProgress)
    /// Something the user should hear that is no error.
    case notice(Notice)
    /// A line of information, such as the figures of an epoch.
    case message(String)
}

/// How far a stage of a job is.
public struct JobProgress: Sendable, Hashable {
    /// What is being done, such as `train`.
    public var stage: String
    /// What is counted, such as `steps`.
    public var unit: String
    /// How many are done, fractions of a unit included.
    public var completed: Double
    /// How many there are, where that is known.
    public var total: Double?
    /// How many were done before the stage began, which says nothing about its speed.
    public var startingPoint = 0.0
    /// What is being worked on, such as a video.
    public var detail: String?
}

/// Where a job sends its events.
///
/// The handler may be called from several threads.
public struct JobEvents: Sendable {
    private let handle: @Sendable (JobEvent) -> Void

    public init(_ handle: @escaping @Sendable (JobEvent) -> Void) { self.handle = handle }

    /// Nobody listens.
    public static let none = JobEvents { _ in }

    package func send(_ event: JobEvent) { handle(event) }

    package func notice(_ notice: Notice) { handle(.notice(notice)) }

    package func notice(_ kind: String, _ message: String) { handle(.notice(Notice(kind, message))) }

    package func message(_ text: String) { handle(.message(text)) }

    /// Runs a stage.
    ///
    /// - Parameter body: receives what reports progress; it may be called from several threads.
    package func stage<Result>(
        _ name: String, unit: String, total: Int? = nil, startingPoint: Int = 0,
        _ body: (StageProgress) throws -> Result
    ) rethrows -> Result {
        let stage = StageProgress(
            JobProgress(
                stage: name, unit: unit, completed: Double(startingPoint), total: total.map(Double.init),
                startingPoint: Double(startingPoint)),
            events: self)
        let result = try body(stage)
        stage.finish()
        return result
    }
}
