import Testing
import Threads

@Suite struct PrefetcherTests {
    struct Failure: Error, Equatable {}

    @Test func elementsComeInOrderAndEnd() throws {
        let prefetcher = Prefetcher(name: "test", count: 5) { $0 * $0 }
        var seen: [Int] = []
        while let element = try prefetcher.next() { seen.append(element) }
        #expect(seen == [0, 1, 4, 9, 16])
    }

    @Test func anErrorIsTheLast() throws {
        let prefetcher = Prefetcher(name: "test", count: 5) { number in
            if number == 1 { throw Failure() }
            return number
        }
        #expect(try prefetcher.next() == 0)
        #expect(throws: Failure()) { try prefetcher.next() }
        #expect(try prefetcher.next() == nil)
    }

    @Test func aFutureIsComputedOnceAndMayBeAskedTwice() throws {
        let count = FinishedCount()
        let future = Future { count.add() }
        #expect(try future.get() == 1)
        #expect(try future.get() == 1)
    }

    @Test func aFutureThrowsWhatItsComputationThrew() {
        let future = Future<Int> { throw Failure() }
        #expect(throws: Failure()) { try future.get() }
    }
}
