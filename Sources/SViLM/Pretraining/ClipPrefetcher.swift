import Foundation
import Tensors
import Video

/// Makes batches ahead of their use on a thread of its own, so that training never waits for decoding unless decoding is
/// slower than training.
final class ClipPrefetcher: Sendable {
    private let queue: BoundedQueue<Result<ClipBatch, any Error>>

    /// - Parameters:
    ///   - position: where the first batch begins.
    ///   - batches: how many batches to make.
    ///   - ahead: how many may wait.
    init(_ source: any CaptionedClipSource, position: Int, batchSize: Int, batches: Int, ahead: Int = 2) {
        let queue = BoundedQueue<Result<ClipBatch, any Error>>(capacity: ahead)
        self.queue = queue
        let thread = Thread {
            var position = position
            for _ in 0..<batches {
                let batch = Result { try source.batch(at: position, count: batchSize) }
                guard queue.put(batch), case .success(let made) = batch else { break }
                position = made.nextPosition
            }
            queue.close()
        }
        thread.name = "tal.clips"
        thread.stackSize = 4 << 20
        thread.start()
    }

    deinit { queue.close() }

    /// Waits for the next batch; `nil` after the last.
    func next() throws -> ClipBatch? { try queue.take()?.get() }
}
