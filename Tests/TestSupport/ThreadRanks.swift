import Foundation
public import Networks
import Synchronization

/// Ranks that are threads of the test.
public final class ThreadRanks: Communicator {
    public let rank: Int
    public let count: Int
    private let table: Table

    private init(rank: Int, count: Int, table: Table) {
        self.rank = rank
        self.count = count
        self.table = table
    }

    /// Runs `body` on threads, one for each rank.
    ///
    /// - Returns: what it came to, by rank.
    public static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (any Communicator) throws -> Value
    ) throws -> [Value] {
        let table = Table(count), results = Mutex([Int: Result<Value, any Error>]()), group = DispatchGroup()
        for rank in 0..<count {
            group.enter()
            let thread = Thread {
                let result = Result { try body(ThreadRanks(rank: rank, count: count, table: table)) }
                results.withLock { $0[rank] = result }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        let all = results.withLock { $0 }
        return try (0..<count).compactMap { try all[$0]?.get() }
    }

    public func gather(_ bytes: [UInt8]) -> [[UInt8]] { table.put(bytes, rank: rank, lane: 0).wait() }
    public func broadcast(_ bytes: [UInt8]) -> [UInt8] { gather(bytes)[0] }

    public func startSum(of buffer: ExchangeBuffer, compression: GradientCompression) -> any PendingSum {
        let bytes = Array(UnsafeRawBufferPointer(buffer.numbers))
        return Sum(buffer: buffer, meeting: table.put(bytes, rank: rank, lane: 1))
    }

    private struct Sum: PendingSum {
        let buffer: ExchangeBuffer
        let meeting: Meeting

        func wait() {
            let all = meeting.wait()
            for index in buffer.numbers.indices {
                buffer.numbers[index] = all.reduce(0) { sum, bytes in
                    sum + bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4 * index, as: Float.self) }
                }
            }
        }
    }

    /// Where the ranks meet: the calls of a lane have numbers.
    private final class Table: Sendable {
        private let count: Int
        private let state: Mutex<(calls: [[Int]], meetings: [[Meeting]])>

        init(_ count: Int) {
            self.count = count
            state = Mutex((Array(repeating: [0, 0], count: count), [[], []]))
        }

        func put(_ bytes: [UInt8], rank: Int, lane: Int) -> Meeting {
            let meeting = state.withLock { state in
                let number = state.calls[rank][lane]
                state.calls[rank][lane] += 1
                if number == state.meetings[lane].count { state.meetings[lane].append(Meeting(count)) }
                return state.meetings[lane][number]
            }
            meeting.add(bytes, rank: rank)
            return meeting
        }
    }

    private final class Meeting: Sendable {
        private let parts: Mutex<[[UInt8]?]>
        private let done = DispatchGroup()

        init(_ count: Int) {
            parts = Mutex(Array(repeating: nil, count: count))
            for _ in 0..<count { done.enter() }
        }

        func add(_ bytes: [UInt8], rank: Int) {
            parts.withLock { $0[rank] = bytes }
            done.leave()
        }

        func wait() -> [[UInt8]] {
            done.wait()
            return parts.withLock { $0.compactMap(\.self) }
        }
    }
}
