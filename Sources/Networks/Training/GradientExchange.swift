internal import CKernels
import Synchronization
public import Tensors

/// Adds the gradients of a step up over the threads of this rank and over all ranks, while backward passes still run.
///
/// The parameters are divided into buckets of some megabytes, the last parameters first, because backward passes reach those
/// first. A bucket is sent as soon as all threads have its gradients and all buckets before it have been sent. Threads
/// are added up in their order and ranks in theirs, so the sum does not depend on time.
///
/// ```swift
/// exchange.begin(threads: 2)
/// // on each thread
/// let contribution = exchange.contribution(of: thread, earlier: sum)
/// tape.gradients(of: outputs) { contribution.complete($0, $1) }
/// contribution.end()
/// // and then
/// let gradients = try exchange.finish()
/// ```
public final class GradientExchange: @unchecked Sendable {
    private struct Bucket {
        /// Parameters in the bucket, and where their numbers begin. After all numbers comes one for each parameter: on how many ranks
        /// it has a gradient.
        var places: [Int] = []
        var offsets: [Int] = []
        var count = 0
    }

    private struct State {
        /// For each parameter the gradients of the threads, and how many threads are still to come.
        var parts: [[Tensor?]]
        var missing: [Int]
        /// For each bucket, how many parameters are still to come.
        var missingInBucket: [Int]
        var sums: [any PendingSum] = []
    }

    public let communicator: any Communicator
    private let parameters: [Parameter]
    private let places: [ObjectIdentifier: Int]
    private let compression: GradientCompression
    private let overlaps: Bool
    private let buckets: [Bucket]
    private let bucketOfPlace: [(bucket: Int, index: Int)]
    private let buffers: [ExchangeBuffer]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - parameters: whose gradients are added up; the same on all ranks.
    ///   - communicator: to the other ranks.
    ///   - compression: how gradients travel.
    ///   - bucketBytes: size of a bucket; a larger parameter is a bucket of its own.
    ///   - overlaps: whether buckets travel while backward passes still run; false to measure what that is worth.
    public init(
        of parameters: [Parameter], over communicator: any Communicator, compression: GradientCompression = .none,
        bucketBytes: Int = 4 << 20, overlaps: Bool = true
    ) {
        self.parameters = parameters
        self.communicator = communicator
        self.compression = compression
        self.overlaps = overlaps
        places = Dictionary(parameters.enumerated().map { (ObjectIdentifier($1), $0) }) { first, _ in first }
        var buckets: [Bucket] = [], bucketOfPlace = Array(repeating: (bucket: 0, index: 0), count: parameters.count)
        for place in parameters.indices.reversed() {
            let count = parameters[place].value.count
            if buckets.last.map({ ($0.count + count) * 4 > bucketBytes }) ?? true { buckets.append(Bucket()) }
            let last = buckets.count - 1
            bucketOfPlace[place] = (last, buckets[last].places.count)
            buckets[last].places.append(place)
            buckets[last].offsets.append(buckets[last].count)
            buckets[last].count += count
        }
        self.buckets = buckets
        self.bucketOfPlace = bucketOfPlace
        buffers = buckets.map { ExchangeBuffer(atLeast: $0.count + $0.places.count, ranks: communicator.count) }
        state = Mutex(State(parts: [], missing: [], missingInBucket: []))
    }

    /// Begins a step.
    ///
    /// - Parameter threads: how many threads of this rank contribute; 0 where the rank has no sample.
    public func begin(threads: Int) {
        state.withLock { state in
            state = State(
                parts: Array(repeating: Array(repeating: nil, count: threads), count: parameters.count),
                missing: Array(repeating: threads, count: parameters.count),
                missingInBucket: buckets.map(\.places.count))
        }
        guard threads == 0 else { return }
        for buffer in buffers { buffer.numbers.update(repeating: 0) }
        state.withLock { state in
            state.missingInBucket = buckets.map { _ in 0 }
            send(&state)
        }
    }

    /// What a thread contributes with its last backward pass.
    ///
    /// - Parameters:
    ///   - thread: below the number that ``begin(threads:)`` got.
    ///   - earlier: the sum of the thread's passes before the last.
    public func contribution(of thread: Int, earlier: GradientSum) -> GradientContribution {
        GradientContribution(self, thread: thread, earlier: earlier.gradients)
    }

    /// Waits for all sums.
    ///
    /// - Returns: the gradients of the parameters over all ranks; `nil` where there is none on any.
    /// - Throws: an error of the communicator.
    public func finish() throws -> [Tensor?] {
        let sums = state.withLock { state in
            if !overlaps { send(&state) }
            return state.sums
        }
        precondition(sums.count == buckets.count, "a thread did not end its contribution")
        var results = [Tensor?](repeating: nil, count: parameters.count)
        for (index, bucket) in buckets.enumerated() {
            try sums[index].wait()
            let numbers = buffers[index].numbers
            for (slot, place) in bucket.places.enumerated() where numbers[bucket.count + slot] > 0 {
                let shape = parameters[place].shape, count = parameters[place].value.count
                results[place] = Tensor(shape) { target in
                    guard let start = target.baseAddress, let source = numbers.baseAddress else { return }
                    start.update(from: source + bucket.offsets[slot], count: count)
                }
            }
        }
        return results
    }

    fileprivate func place(of parameter: Parameter) -> Int? { places[ObjectIdentifier(parameter)] }

    fileprivate func add(_ gradient: Tensor?, place: Int, thread: Int) {
        let parts = state.withLock { state -> [Tensor?]? in
            state.parts[place][thread] = gradient
            state.missing[place] -= 1
            guard state.missing[place] == 0 else { return nil }
            defer { state.parts[place] = [] }
            return state.parts[place]
        }
        guard let parts else { return }
        // The last thread adds up, without keeping the others from going on.
        let (bucket, index) = bucketOfPlace[place]
        fill(bucket, index, with: parts.compactMap(\.self), count: parameters[place].value.count)
        state.withLock { state in
            state.missingInBucket[bucket] -= 1
            if overlaps { send(&state) }
        }
    }

    private func fill(_ bucket: Int, _ index: Int, with parts: [Tensor], count: Int) {
        let numbers = buffers[bucket].numbers
        guard let start = numbers.baseAddress else { return }
        let target = start + buckets[bucket].offsets[index]
        numbers[buckets[bucket].count + index] = parts.isEmpty ? 0 : 1
        guard let first = parts.first else { return target.update(repeating: 0, count: count) }
        first.withElements { if let source = $0.baseAddress { target.update(from: source, count: count) } }
        for part in parts.dropFirst() {
            part.withElements { tal_add_in_place(target, $0.baseAddress, count) }
        }
    }

    /// Sends the buckets that are full, in their order.
    private func send(_ state: inout State) {
        while state.sums.count < buckets.count, state.missingInBucket[state.sums.count] == 0 {
            state.sums.append(communicator.startSum(of: buffers[state.sums.count], compression: compression))
        }
    }
}

/// The gradients that one thread contributes to a ``GradientExchange``.
public final class GradientContribution {
    private let exchange: GradientExchange
    private let thread: Int
    private var earlier: [Tensor?]
    private var isDone: [Bool]

    fileprivate init(_ exchange: GradientExchange, thread: Int, earlier: [Tensor?]) {
        self.exchange = exchange
        self.thread = thread
        self.earlier = earlier
        isDone = Array(repeating: false, count: earlier.count)
    }

    /// Takes the gradient of a parameter in the last pass. Parameters that are not trained are passed over.
    public func complete(_ parameter: Parameter, _ gradient: Tensor?) {
        guard let place = exchange.place(of: parameter), !isDone[place] else { return }
        isDone[place] = true
        var sum = earlier[place]
        earlier[place] = nil
        if let gradient {
            if sum == nil {
                sum = gradient
            } else {
                sum?.withMutableElements { target in
                    gradient.withElements { tal_add_in_place(target.baseAddress, $0.baseAddress, $0.count) }
                }
            }
        }
        exchange.add(sum, place: place, thread: thread)
    }

    /// Contributes what the last pass did not reach.
    public func end() {
        for place in isDone.indices where !isDone[place] {
            isDone[place] = true
            exchange.add(earlier[place], place: place, thread: thread)
        }
    }
}
