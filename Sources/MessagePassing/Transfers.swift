internal import CKernels
internal import CMPI
import Dispatch
import Networks
import Synchronization

/// Something that the thread of MPI carries out, step by step.
class Transfer: PendingSum, @unchecked Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let problem = Mutex<MessagePassingError?>(nil)

    /// Begins; called in the order of the submissions.
    func begin(_ mpi: OpenMPI, scratch: Scratch) throws(MessagePassingError) {}

    /// Goes on as far as possible without waiting.
    ///
    /// - Parameters:
    ///   - isNext: whether all transfers before this one have begun their second half; only then it may begin its own, so that
    ///     all ranks begin in one order.
    /// - Returns: whether it has ended.
    func advance(_ mpi: OpenMPI, scratch: Scratch, isNext: Bool) throws(MessagePassingError) -> Bool { true }

    /// Whether the transfers behind it may begin their second half.
    var isInSecondHalf: Bool { true }

    func end(_ problem: MessagePassingError? = nil) {
        self.problem.withLock { $0 = problem }
        ended.signal()
    }

    func wait() throws {
        ended.wait()
        ended.signal()
        if let problem = problem.withLock({ $0 }) { throw problem }
    }
}

/// Memory that transfers use again and again.
final class Scratch {
    private var free: [Int: [UnsafeMutableRawPointer]] = [:]

    func take(_ bytes: Int) -> UnsafeMutableRawPointer {
        free[bytes]?.popLast() ?? .allocate(byteCount: bytes, alignment: 64)
    }

    func give(_ memory: UnsafeMutableRawPointer, _ bytes: Int) { free[bytes, default: []].append(memory) }

    deinit { for memory in free.values.joined() { memory.deallocate() } }
}

/// Sends bytes of one length to all ranks, or those of rank 0.
final class ControlTransfer: Transfer, @unchecked Sendable {
    private let bytes: [UInt8]
    private let ranks: Int
    private let isBroadcast: Bool
    private let sent: UnsafeMutableRawPointer
    private let received: UnsafeMutableRawPointer
    private var request: tal_mpi_request?

    /// - Parameters:
    ///   - ranks: how many send; 0 for a broadcast.
    init(_ bytes: [UInt8], ranks: Int) {
        self.bytes = bytes
        self.ranks = ranks
        isBroadcast = ranks == 0
        sent = .allocate(byteCount: max(1, bytes.count), alignment: 16)
        received = .allocate(byteCount: max(1, bytes.count * ranks), alignment: 16)
        super.init()
        bytes.withUnsafeBytes { if let start = $0.baseAddress { sent.copyMemory(from: start, byteCount: $0.count) } }
    }

    deinit {
        sent.deallocate()
        received.deallocate()
    }

    override func begin(_ mpi: OpenMPI, scratch: Scratch) throws(MessagePassingError) {
        request =
            isBroadcast
            ? try mpi.broadcast(sent, bytes: bytes.count)
            : try mpi.gather(sent, into: received, bytes: bytes.count, isControl: true)
    }

    override func advance(_ mpi: OpenMPI, scratch: Scratch, isNext: Bool) throws(MessagePassingError) -> Bool {
        try mpi.hasEnded(&request)
    }

    /// After the end: what rank 0 sent, or what all sent, one after the other.
    var result: [UInt8] {
        let start = isBroadcast ? sent : received
        return Array(UnsafeRawBufferPointer(start: start, count: bytes.count * (isBroadcast ? 1 : ranks)))
    }
}

/// A sum over ranks: each rank gets its part of everybody's numbers, adds them up in the order of the ranks, and sends the
/// result to all. That is as many bytes as the best algorithms move, and the order of the sum is always the same.
final class SumTransfer: Transfer, @unchecked Sendable {
    private let buffer: ExchangeBuffer
    private let isRounded: Bool
    private let ranks: Int
    private var request: tal_mpi_request?
    private var isCollecting = false
    /// Rounded numbers of this rank and later of the sum; everybody's numbers for the part of this rank.
    private var rounded: UnsafeMutableRawPointer?
    private var received: UnsafeMutableRawPointer?

    init(_ buffer: ExchangeBuffer, compression: GradientCompression, ranks: Int) {
        self.buffer = buffer
        self.ranks = ranks
        isRounded = compression == .bfloat16
    }

    private var count: Int { buffer.numbers.count }
    private var part: Int { count / ranks }
    private var size: Int { isRounded ? 2 : 4 }
    private var numbers: UnsafeMutablePointer<Float>? { buffer.numbers.baseAddress }

    override var isInSecondHalf: Bool { isCollecting }

    override func begin(_ mpi: OpenMPI, scratch: Scratch) throws(MessagePassingError) {
        let received = scratch.take(count * size)
        self.received = received
        guard let numbers else { return }
        if isRounded {
            let rounded = scratch.take(count * size)
            self.rounded = rounded
            tal_round_to_bfloat16(rounded.assumingMemoryBound(to: UInt16.self), numbers, count)
        }
        request = try mpi.exchange(rounded ?? UnsafeMutableRawPointer(numbers), into: received, bytes: part * size)
    }

    override func advance(
        _ mpi: OpenMPI, scratch: Scratch, isNext: Bool
    ) throws(MessagePassingError) -> Bool {
        guard let received, let numbers else { return true }
        if !isCollecting {
            guard try mpi.hasEnded(&request), isNext else { return false }
            add(received, numbers)
            isCollecting = true
            request = try mpi.gather(
                received, into: rounded ?? UnsafeMutableRawPointer(numbers), bytes: part * size, isControl: false)
        }
        guard try mpi.hasEnded(&request) else { return false }
        if let rounded {
            tal_widen_bfloat16(numbers, rounded.assumingMemoryBound(to: UInt16.self), count)
            scratch.give(rounded, count * size)
        }
        scratch.give(received, count * size)
        return true
    }

    /// Adds up the parts that were received; the sum takes the place of the first.
    private func add(_ received: UnsafeMutableRawPointer, _ sum: UnsafeMutablePointer<Float>) {
        guard isRounded else {
            let parts = received.assumingMemoryBound(to: Float.self)
            for rank in 1..<ranks { tal_add_in_place(parts, parts + rank * part, part) }
            return
        }
        // The buffer's own numbers have been sent, so it holds the sum on the way.
        let parts = received.assumingMemoryBound(to: UInt16.self)
        tal_widen_bfloat16(sum, parts, part)
        for rank in 1..<ranks { tal_add_bfloat16(sum, parts + rank * part, part) }
        tal_round_to_bfloat16(parts, sum, part)
    }
}
