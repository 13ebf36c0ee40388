public import Dispatch
public import Foundation
public import Synchronization

/// The one place where work is spread over threads.
///
/// A region runs its items on up to ``threads`` threads; regions inside a region run in sequence. An item should be about a millisecond of work or more.
public enum Parallel {
    private static let configured = Atomic<Int>(ProcessInfo.processInfo.activeProcessorCount)

    /// How many threads a region uses; at first the number of processors.
    public static var threads: Int {
        get { configured.load(ordering: .relaxed) }
        set { configured.store(max(1, newValue), ordering: .relaxed) }
    }

    @TaskLocal private static var isInside = false

    /// How many threads a region that begins here would use.
    package static var available: Int { isInside ? 1 : threads }

    /// Calls `body` once for each index below `count`, in any order, on several threads.
    public static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let workers = min(threads, count)
        guard workers > 1, !isInside else {
            for index in 0..<count { body(index) }
            return
        }
        let next = Counter()
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            $isInside.withValue(true) {
                while true {
                    let index = next.take()
                    guard index < count else { return }
                    body(index)
                }
            }
        }
    }

    /// Calls `body` for pieces of several arrays, in any order, on several threads.
    ///
    /// - Parameters:
    ///   - counts: the lengths of the arrays.
    ///   - body: receives the number of an array and a range of its elements.
    public static func forEachPiece(of counts: [Int], _ body: @Sendable (_ array: Int, _ piece: Range<Int>) -> Void) {
        let pieces = counts.enumerated().flatMap { array, count in
            stride(from: 0, to: count, by: pieceSize).map { (array, $0..<min($0 + pieceSize, count)) }
        }
        // A fork costs more than it gains for less than about a million elements.
        guard counts.reduce(0, +) > 1_000_000 else {
            for (array, piece) in pieces { body(array, piece) }
            return
        }
        forEach(pieces.count) { body(pieces[$0].0, pieces[$0].1) }
    }

    /// Calls `body` for ranges of rows, on several threads where there are enough elements to be worth it.
    package static func forEachRange(ofRows rows: Int, columns: Int, _ body: @Sendable (Range<Int>) -> Void) {
        let threads = available
        guard threads > 1, rows * columns >= 2 * pieceSize else {
            body(0..<rows)
            return
        }
        let pieces = 2 * threads, size = (rows + pieces - 1) / pieces
        forEach((rows + size - 1) / size) { body($0 * size..<min(rows, ($0 + 1) * size)) }
    }

    /// Elements that one thread takes at a time: large enough to be worth it, small enough to share evenly.
    private static let pieceSize = 131_072

    /// The results of `body` for each index below `count`, in order.
    public static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        let results = Results<Result>(count)
        forEach(count) { index in results.store(body(index), at: index) }
        return results.all()
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }

    private final class Results<Result: Sendable>: Sendable {
        private let values: Mutex<[Result?]>
        init(_ count: Int) { values = Mutex(Array(repeating: nil, count: count)) }
        func store(_ result: Result, at index: Int) { values.withLock { $0[index] = result } }
        func all() -> [Result] { values.withLock { $0.compactMap { $0 } } }
    }
}
