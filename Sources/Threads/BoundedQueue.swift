public import Foundation

/// Hands values from one thread to another, at most `capacity` waiting at a time.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let capacity: Int
    private let condition = NSCondition()
    private var waiting: [Element] = []
    private var isClosed = false

    package init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Waits for room and adds a value.
    ///
    /// - Returns: false when the queue is closed, so that no thread will take the value.
    package func put(_ element: Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while waiting.count >= capacity, !isClosed { condition.wait() }
        guard !isClosed else { return false }
        waiting.append(element)
        condition.broadcast()
        return true
    }

    /// Waits for a value and takes it; nil once the queue is closed and empty.
    package func take() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isClosed { condition.wait() }
        guard !waiting.isEmpty else { return nil }
        let element = waiting.removeFirst()
        condition.broadcast()
        return element
    }

    /// Refuses further values and wakes all waiting threads.
    package func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
