import Foundation
import Tensors

/// Makes the batches of an epoch ahead of their use on a thread of its own, so that a step waits for reading only where
/// reading is slower than training. What a batch holds does not depend on when it is made.
final class SamplePrefetcher: Sendable {
    private let queue: BoundedQueue<Result<[Sample], any Error>>

    /// - Parameters:
    ///   - batches: how many batches to make.
    ///   - ahead: how many may wait.
    ///   - make: the samples of a batch, by its number; called in order.
    init(batches: Int, ahead: Int = 2, make: @escaping @Sendable (Int) throws -> [Sample]) {
        let queue = BoundedQueue<Result<[Sample], any Error>>(capacity: ahead)
        self.queue = queue
        let thread = Thread {
            for batch in 0..<batches {
                let samples = Result { try make(batch) }
                guard queue.put(samples), case .success = samples else { break }
            }
            queue.close()
        }
        thread.name = "tal.samples"
        thread.stackSize = 4 << 20
        thread.start()
    }

    deinit { queue.close() }

    /// Waits for the next batch; `nil` after the last.
    func next() throws -> [Sample]? { try queue.take()?.get() }
}
