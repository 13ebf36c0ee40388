import Dispatch
public import Foundation
public import Networks
import Synchronization

/// Ranks that talk over MPI.
///
/// One thread makes all calls of MPI and moves transfers on while other threads compute. It sleeps between two looks, since a
/// thread that waits in MPI would take a whole processor.
public final class MPICommunicator: Communicator {
    public let rank: Int
    public let count: Int
    /// Such as `Open MPI v4.1.4`.
    public let version: String
    private let inbox: Inbox

    /// Meets the other ranks that a launcher has started.
    ///
    /// - Parameters:
    ///   - launched: what the launcher says of this process.
    ///   - environment: may name the library.
    /// - Throws: ``MessagePassingError``
    public init(
        _ launched: LaunchedRank, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(MessagePassingError) {
        let inbox = Inbox()
        self.inbox = inbox
        let thread = Thread { Self.run(inbox, fact: launched.fact, environment: environment) }
        thread.name = "tal.mpi"
        thread.stackSize = 8 << 20
        thread.start()
        let met = try inbox.met()
        (rank, count, version) = (met.rank, met.count, met.version)
        if let expected = launched.count, expected != count {
            throw .otherCount(fact: launched.fact, found: count, version: version)
        }
    }

    /// Leaves the other ranks; every rank must, and nothing can be sent afterwards.
    ///
    /// - Throws: ``MessagePassingError``
    public func finish() throws {
        try barrier()
        inbox.submit(.finish)
        inbox.waitForEnd()
    }

    /// Ends all ranks, this one included.
    ///
    /// - Parameter status: the exit status of the program.
    public func abort(status: Int32) -> Never {
        inbox.submit(.abort(status))
        inbox.waitForEnd()
        exit(status)
    }

    public func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let lengths = try exchange(withUnsafeBytes(of: UInt64(bytes.count), Array.init)).map { length in
            length.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        }
        let longest = lengths.max() ?? 0
        var results = lengths.map { length -> [UInt8] in
            var result: [UInt8] = []
            result.reserveCapacity(length)
            return result
        }
        for first in stride(from: 0, to: longest, by: Self.piece) {
            let size = min(Self.piece, longest - first)
            let own = bytes[min(first, bytes.count)..<min(first + size, bytes.count)]
            let parts = try exchange(own + Array(repeating: 0, count: size - own.count))
            for (rank, part) in parts.enumerated() {
                results[rank] += part.prefix(max(0, min(size, lengths[rank] - first)))
            }
        }
        return results
    }

    public func broadcast(_ bytes: [UInt8]) throws -> [UInt8] {
        let length = try receive(withUnsafeBytes(of: UInt64(bytes.count), Array.init))
            .withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        var result: [UInt8] = []
        result.reserveCapacity(length)
        for first in stride(from: 0, to: length, by: Self.piece) {
            let size = min(Self.piece, length - first)
            result += try receive(rank == 0 ? Array(bytes[first..<first + size]) : Array(repeating: 0, count: size))
        }
        return result
    }

    public func startSum(of buffer: ExchangeBuffer, compression: GradientCompression) -> any PendingSum {
        precondition(buffer.numbers.count % count == 0, "\(buffer.numbers.count) numbers for \(count) ranks")
        let transfer = SumTransfer(buffer, compression: compression, ranks: count)
        inbox.submit(.transfer(transfer))
        return transfer
    }

    /// Bytes that a control message moves at once.
    private static let piece = 16 << 20

    /// What all ranks gave, as many bytes each.
    private func exchange(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let transfer = ControlTransfer(bytes, ranks: count)
        inbox.submit(.transfer(transfer))
        try transfer.wait()
        let result = transfer.result
        return (0..<count).map { Array(result[$0 * bytes.count..<($0 + 1) * bytes.count]) }
    }

    private func receive(_ bytes: [UInt8]) throws -> [UInt8] {
        let transfer = ControlTransfer(bytes, ranks: 0)
        inbox.submit(.transfer(transfer))
        try transfer.wait()
        return transfer.result
    }

    // MARK: - The thread of MPI

    private static func run(_ inbox: Inbox, fact: String, environment: [String: String]) {
        let mpi: OpenMPI
        do throws(MessagePassingError) {
            mpi = try OpenMPI(fact: fact, environment: environment)
            let (rank, count) = try mpi.start()
            inbox.meet(.success((rank, count, mpi.version)))
        } catch {
            inbox.meet(.failure(error))
            return
        }
        let scratch = Scratch()
        var active: [Transfer] = [], looks = 0
        var problem: MessagePassingError?
        while true {
            for message in inbox.take(waitingFor: active.isEmpty ? nil : Self.pause(after: looks)) {
                switch message {
                case .transfer(let transfer):
                    looks = 0
                    do throws(MessagePassingError) {
                        if let problem { throw problem }
                        try transfer.begin(mpi, scratch: scratch)
                        active.append(transfer)
                    } catch {
                        problem = problem ?? error
                        transfer.end(error)
                    }
                case .abort(let status):
                    mpi.abort(status: status)
                    return inbox.end()
                case .finish:
                    try? mpi.finish()
                    return inbox.end()
                }
            }
            looks += 1
            var isNext = true
            active.removeAll { transfer in
                do throws(MessagePassingError) {
                    guard try transfer.advance(mpi, scratch: scratch, isNext: isNext) else {
                        isNext = isNext && transfer.isInSecondHalf
                        return false
                    }
                    transfer.end()
                } catch {
                    problem = problem ?? error
                    transfer.end(error)
                }
                return true
            }
        }
    }

    /// How long to sleep before the next look, in microseconds: small messages arrive soon, large ones take longer.
    private static func pause(after looks: Int) -> Int { looks < 50 ? 20 : 100 }
}

/// What other threads want of the thread of MPI.
private final class Inbox: Sendable {
    enum Message {
        case transfer(Transfer)
        case abort(Int32)
        case finish
    }

    typealias Met = (rank: Int, count: Int, version: String)

    private let messages = Mutex<[Message]>([])
    private let arrived = DispatchSemaphore(value: 0)
    private let meeting = Mutex<Result<Met, MessagePassingError>?>(nil)
    private let hasMet = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    func submit(_ message: Message) {
        messages.withLock { $0.append(message) }
        arrived.signal()
    }

    /// The messages so far.
    ///
    /// - Parameter microseconds: how long to wait for one; without end where nil.
    func take(waitingFor microseconds: Int?) -> [Message] {
        if let microseconds {
            _ = arrived.wait(timeout: .now() + .microseconds(microseconds))
        } else {
            arrived.wait()
        }
        return messages.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }

    func meet(_ result: Result<Met, MessagePassingError>) {
        meeting.withLock { $0 = result }
        hasMet.signal()
    }

    func met() throws(MessagePassingError) -> Met {
        hasMet.wait()
        guard let result = meeting.withLock({ $0 }) else { preconditionFailure("the result is set before the signal") }
        return try result.get()
    }

    func end() { ended.signal() }
    func waitForEnd() { ended.wait() }
}
