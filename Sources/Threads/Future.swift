public import Foundation
public import Synchronization

/// A value that is computed on a separate thread.
package final class Future<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameter compute: called at once on a new thread.
    package init(_ compute: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [self] in
            let value = Result { try compute() }
            result.withLock { $0 = value }
            done.signal()
        }
    }

    /// Waits for the value.
    ///
    /// - Throws: what `compute` threw.
    package func get() throws -> Value {
        done.wait()
        // The next caller does not wait.
        done.signal()
        guard let value = result.withLock({ $0 }) else { preconditionFailure("the value is set before the signal") }
        return try value.get()
    }
}
