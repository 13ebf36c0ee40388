import Synchronization

/// A wish to end long work early, in good order. Whoever has the wish sets it, from any thread or from the handler of a signal;
/// the loop that does the work asks between two steps, keeps what is done, and returns.
package final class CancellationFlag: Sendable {
    private let requested = Atomic<Bool>(false)

    package init() {}

    /// Whether the work is to end.
    package var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Asks for the end of the work.
    package func request() { requested.store(true, ordering: .relaxed) }
}
