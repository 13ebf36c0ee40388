import Foundation
import Synchronization

/// Opening a named pipe waits until somebody opens it for writing, which may never happen.
enum NamedPipe {
    /// How long a writer is waited for, in seconds.
    private static let patience = 5

    /// Opens a pipe for reading once it has a writer.
    ///
    /// - Returns: a descriptor, or -1 with `errno` where the system refuses.
    /// - Throws: ``FileError/unreadable(path:reason:)`` where nobody writes.
    static func open(_ path: String) throws(FileError) -> Int32 {
        let opening = Opening()
        Thread.detachNewThread { opening.finish(Foundation.open(path, O_RDONLY | O_CLOEXEC), errno) }
        if opening.wait(patience) == nil {
            // Being a writer for a moment ends the waiting of the other thread.
            let end = Foundation.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            let late = opening.wait(patience)
            if end >= 0 { close(end) }
            if let late, late.descriptor >= 0 { close(late.descriptor) }
            throw .unreadable(path: path, reason: "a pipe that nobody has opened for writing in \(patience) seconds")
        }
        guard let opened = opening.wait(0) else { return -1 }
        errno = opened.reason
        return opened.descriptor
    }

    /// What the thread that opens reports.
    private final class Opening: Sendable {
        struct Result { var descriptor: Int32, reason: Int32 }
        private let result = Mutex<Result?>(nil)
        private let done = DispatchSemaphore(value: 0)

        func finish(_ descriptor: Int32, _ reason: Int32) {
            result.withLock { $0 = Result(descriptor: descriptor, reason: reason) }
            done.signal()
        }

        /// The result, after at most some seconds; nil where there is none yet.
        func wait(_ seconds: Int) -> Result? {
            if let known = result.withLock({ $0 }) { return known }
            _ = done.wait(timeout: .now() + .seconds(seconds))
            return result.withLock { $0 }
        }
    }
}
