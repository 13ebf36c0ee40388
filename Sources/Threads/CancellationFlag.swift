import Synchronization

/// A wish to end long work early, in good order. Whoever has the wish sets it, from any thread or from the handler of a signal;
/// the loop that does the work asks between two steps, keeps what is done, and returns.
public final class CancellationFlag: Sendable {
    private let requested = Atomic<Bool>(false)

    public init() {}

    /// Whether the work is to end.
    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Asks for the end of the work.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// Leaves work from within, where nothing of it is worth keeping.
    ///
    /// - Throws: ``WorkInterrupted`` where the work is to end.
    public func check() throws(WorkInterrupted) {
        if isRequested { throw WorkInterrupted() }
    }
}

/// Work ended early because it was asked to.
public struct WorkInterrupted: Error, Equatable {
    public init() {}
}
