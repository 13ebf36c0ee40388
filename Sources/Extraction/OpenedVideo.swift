import Features
import Foundation
import Synchronization
import Video

/// A video being opened on a thread of its own, so that the encoder need not wait when its turn comes.
final class OpenedVideo: Sendable {
    struct Content: Sendable {
        var stream: ClipStream
        var sourceSHA256: String?
    }

    /// What became of the opening.
    enum Outcome: Sendable {
        case opened(Content)
        /// The store has the video already.
        case alreadyDone
        case failed(any Error)
    }

    let input: VideoInput
    private let done = DispatchSemaphore(value: 0)
    private let result = Mutex<Outcome?>(nil)

    /// - Parameter open: called on another thread.
    init(_ input: VideoInput, open: @escaping @Sendable (VideoInput) throws -> Content?) {
        self.input = input
        Thread.detachNewThread { [self] in
            let outcome: Outcome
            do {
                outcome = try open(input).map(Outcome.opened) ?? .alreadyDone
            } catch {
                outcome = .failed(error)
            }
            result.withLock { $0 = outcome }
            done.signal()
        }
    }

    /// Waits for the opening; to be called once.
    func wait() -> Outcome {
        done.wait()
        return result.withLock { outcome in
            defer { outcome = nil }
            return outcome ?? .alreadyDone
        }
    }
}
