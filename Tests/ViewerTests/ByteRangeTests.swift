import Testing

@testable import Viewer

struct ByteRangeTests {
    @Test(
        "a range of bytes, as RFC 9110 has it",
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=0-99", 0..<100), ("bytes=90-", 90..<100), ("bytes=90-1000", 90..<100),
            ("bytes=-10", 90..<100), ("bytes=-1000", 0..<100), ("bytes=99-99", 99..<100), ("Bytes = 5 - 6", 5..<7),
            ("bytes=0-99999999999999999999999", 0..<100),
        ] as [(String, Range<Int>)])
    func parts(header: String, range: Range<Int>) {
        #expect(ByteRange(header, size: 100) == .part(range))
    }

    @Test(
        "a range without a byte of the file cannot be satisfied",
        arguments: ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"])
    func unsatisfiable(header: String) {
        #expect(ByteRange(header, size: 100) == .unsatisfiable)
    }

    @Test("an empty file satisfies no range", arguments: ["bytes=0-", "bytes=-1", "bytes=0-0"])
    func empty(header: String) {
        #expect(ByteRange(header, size: 0) == .unsatisfiable)
    }

    @Test(
        "what is no single range is left aside",
        arguments: [
            nil, "", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-2,5-6", "lines=0-5", "bytes=+1-2",
            "bytes=0x1-2", "bytes=1--2", "bytes=1-2-3", "bytes=١-٢",
        ])
    func whole(header: String?) {
        #expect(ByteRange(header, size: 100) == .whole)
    }
}
