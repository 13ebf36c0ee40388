import Synchronization

/// Counts what several threads finish.
final class FinishedCount: Sendable {
    private let value = Atomic<Int>(0)

    /// How many are finished now.
    func add() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
