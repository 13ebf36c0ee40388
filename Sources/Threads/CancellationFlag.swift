import Synchronization

/// A request to stop long work early and cleanly. Any thread or signal handler can set it. The loop that does the work checks it
/// between two steps, keeps what is done, and returns.
public final class CancellationFlag: Sendable {
    private let requested = Atomic<Bool>(false)

    public init() {}

    /// Whether the work should stop.
    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Asks the work to stop.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// Stops work of which nothing is worth keeping.
    ///
    /// - Throws: ``WorkInterrupted`` if the work should stop.
    public func check() throws(WorkInterrupted) {
        if isRequested { throw WorkInterrupted() }
    }
}

/// Work stopped early because a ``CancellationFlag`` asked it to.
public struct WorkInterrupted: Error, Equatable {
    public init() {}
}
