internal import Synchronization

/// Counts from 1, from several threads.
package final class ProgressCounter: Sendable {
    private let value = Atomic<Int>(0)

    package init() {}

    /// The next number.
    package func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
