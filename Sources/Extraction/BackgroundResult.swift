import Foundation
import Synchronization

/// A value that is computed on a thread of its own.
final class BackgroundResult<Value: Sendable>: Sendable {
    private let result = Mutex<Value?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ compute: @escaping @Sendable () -> Value) {
        Thread.detachNewThread { [self] in
            let value = compute()
            result.withLock { $0 = value }
            done.signal()
        }
    }

    /// The value, once it is there.
    var value: Value {
        done.wait()
        done.signal()
        guard let value = result.withLock({ $0 }) else { preconditionFailure("the value is set before the signal") }
        return value
    }
}
