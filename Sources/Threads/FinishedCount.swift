public import Synchronization

/// Counts what several threads finish, for progress.
package final class FinishedCount: Sendable {
    private let value = Atomic<Int>(0)

    package init() {}

    /// Adds one to the count.
    ///
    /// - Returns: how many are finished now.
    package func add() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
