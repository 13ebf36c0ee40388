public import Foundation
public import Synchronization

/// Makes elements ahead of their use on a separate thread, so that the consumer waits only when making is slower than using. The
/// content of an element does not depend on when it is made.
package final class Prefetcher<Element: Sendable>: Sendable {
    private let queue: BoundedQueue<Result<Element, any Error>>

    /// - Parameters:
    ///   - name: of the thread, for debuggers.
    ///   - ahead: how many elements may wait.
    ///   - make: makes the next element, or returns nil after the last; called in order on one thread.
    package init(name: String, ahead: Int = 2, make: @escaping @Sendable () throws -> Element?) {
        let queue = BoundedQueue<Result<Element, any Error>>(capacity: ahead)
        self.queue = queue
        let thread = Thread {
            var isRunning = true
            while isRunning {
                do {
                    guard let element = try make() else { break }
                    isRunning = queue.put(.success(element))
                } catch {
                    _ = queue.put(.failure(error))
                    isRunning = false
                }
            }
            queue.close()
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// The elements for the numbers below `count`, in order.
    package convenience init(
        name: String, count: Int, ahead: Int = 2, make: @escaping @Sendable (Int) throws -> Element
    ) {
        let numbers = Mutex(0..<count)
        self.init(name: name, ahead: ahead) { try numbers.withLock { $0.popFirst() }.map(make) }
    }

    deinit { queue.close() }

    /// Waits for the next element; `nil` after the last.
    ///
    /// - Throws: what `make` threw; nothing comes after it.
    package func next() throws -> Element? { try queue.take()?.get() }
}
