import Foundation
import TestSupport
import Testing

@testable import Files

struct JSONReaderTests {
    /// A tree built from the pull parser, in the shape that `JSONSerialization` gives.
    private func tree(_ json: inout JSONReader) throws -> Any {
        switch try json.peek() {
        case .object:
            var object: [String: Any] = [:]
            try json.beginObject()
            while try json.nextKey() {
                let key = try json.tokenText()
                object[key] = try tree(&json)
            }
            return object
        case .array:
            var list: [Any] = []
            try json.beginArray()
            while try json.nextElement() { list.append(try tree(&json)) }
            return list
        case .string:
            try json.readString()
            return try json.tokenText()
        case .number: return try json.readNumber()
        case .boolean, .null:
            try json.readWord()
            return NSNull()
        case .end: throw json.failure("empty")
        }
    }

    private func parse(_ text: Data) throws -> Any {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("text.json")
            try text.write(to: file)
            var json = try JSONReader(path: file.path)
            let value = try tree(&json)
            try json.finish()
            return value
        }
    }

    private func randomText(_ generator: inout SplitMix, depth: Int = 0) -> String {
        switch UInt64.random(in: 0..<(depth > 4 ? 3 : 5), using: &generator) {
        case 0:
            let choices = [
                "0", "-1", "3.25", "1e3", "-2.5E-4", "17976931348623157e292", "123456789012345678901234567890", "0.1",
                "94.52138901727746", "4.9e-324", "-0.0", "1e400",
            ]
            return choices.randomElement(using: &generator) ?? "0"
        case 1: return String(Double(bitPattern: .random(in: 0..<0x7FE0_0000_0000_0000, using: &generator)))
        case 2:
            let choices = ["\"\"", "\"plain\"", "\"\\u00e9\\n\\\"\\\\\"", "\"\\ud83d\\ude00 é 漢\"", "\"\\ud800x\""]
            return choices.randomElement(using: &generator) ?? "\"\""
        case 3:
            let items = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                randomText(&generator, depth: depth + 1)
            }
            return "[" + items.joined(separator: " ,\n") + " ]"
        default:
            let items = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                "\"k\(index)\" : " + randomText(&generator, depth: depth + 1)
            }
            return "{ " + items.joined(separator: ",") + "}"
        }
    }

    private func isSame(_ first: Any, _ second: Any) -> Bool {
        switch (first, second) {
        case let (first as [String: Any], second as [String: Any]):
            return first.count == second.count
                && first.allSatisfy { key, value in second[key].map { isSame(value, $0) } ?? false }
        case let (first as [Any], second as [Any]):
            return first.count == second.count && zip(first, second).allSatisfy { isSame($0, $1) }
        case let (first as String, second as String): return first == second
        case let (first as Double, second as Double): return first == second
        default: return false
        }
    }

    @Test("random documents read back as they were written, also when skipped over")
    func readsRandomDocuments() throws {
        var generator = SplitMix(state: 7)
        for _ in 0..<200 {
            let text = "[" + randomText(&generator) + "]"
            let value = try parse(Data(text.utf8))
            let again = try parse(Data("{\"skip\":\(text),\"keep\":\(text)}".utf8))
            #expect(isSame(value, (again as? [String: Any])?["keep"] ?? 0), "\(text)")
            try TemporaryFolder.with { folder in
                let file = folder.appendingPathComponent("t.json")
                try Data("[\(text), 5]".utf8).write(to: file)
                var json = try JSONReader(path: file.path)
                try json.beginArray()
                #expect(try json.nextElement())
                try json.skipValue()
                #expect(try json.nextElement())
                #expect(try json.readNumber() == 5)
                #expect(try !json.nextElement())
                try json.finish()
            }
        }
    }

    @Test("strings and nesting agree with Foundation")
    func agreesWithFoundation() throws {
        let text = #"{"a":["é\u00e9\t\"\\\/",{"b":[[],{}]}],"c":[1,-2.5e3,0.1]}"#
        let ours = try parse(Data(text.utf8))
        let theirs = try JSONSerialization.jsonObject(with: Data(text.utf8))
        #expect(NSDictionary(dictionary: ours as? [String: Any] ?? [:]) == theirs as? NSDictionary)
    }

    @Test("damaged documents give an error and never a crash")
    func survivesDamage() throws {
        var generator = SplitMix(state: 11)
        var refused = 0
        for _ in 0..<600 {
            var bytes = Array(("{\"results\": " + randomText(&generator) + "}").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[position] = .random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: position)
                default: bytes.removeSubrange(position...)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            do { _ = try parse(Data(bytes)) } catch is FileError { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test(
        "text that is not JSON is refused",
        arguments: [
            "", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{\"a\":}", "[01]", "[1.]", "[1e]", "[-]", "[tru]", "[\"\\x\"]",
            "[\"\u{1}\"]", "[1]]", "{,}", "[\"abc", "[\"\\u12\"]", "nul", "{\"a\":1,}",
        ])
    func refuses(text: String) {
        #expect(throws: FileError.self) { try parse(Data(text.utf8)) }
    }

    @Test("nesting without end is refused")
    func refusesDeepNesting() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: FileError.self) { try parse(Data(text.utf8)) }
    }

    @Test("values across the end of the buffer come out whole")
    func readsAcrossBuffers() throws {
        let name = String(repeating: "n", count: 777)
        let count = 6_000
        let items = (0..<count).map { "{\"\(name)\\u0041\": \(Double($0) + 0.123456789012345)}" }
        let value = try parse(Data(("[" + items.joined(separator: ", ") + "]").utf8)) as? [[String: Double]]
        #expect(value?.count == count)
        for (index, item) in (value ?? []).enumerated() {
            #expect(item[name + "A"] == Double(index) + 0.123456789012345)
        }
        let long = String(repeating: "x", count: 3_000_000)
        #expect(try parse(Data("[\"\(long)\"]".utf8)) as? [String] == [long])
    }

    @Test("NaN and infinities, which Python writes, are numbers")
    func readsSpecialNumbers() throws {
        let values = try #require(try parse(Data("[NaN, Infinity, -Infinity]".utf8)) as? [Double])
        #expect(values[0].isNaN && values[1] == .infinity && values[2] == -.infinity)
    }
}

struct DecimalNumberTests {
    @Test("every conversion is correctly rounded")
    func roundsCorrectly() {
        var generator = SplitMix(state: 3)
        var covered = 0
        for _ in 0..<200_000 {
            let digits = UInt64.random(in: 1...19, using: &generator)
            let bound = (0..<digits).reduce(UInt64(1)) { value, _ in value &* 10 }
            let mantissa = UInt64.random(in: 0..<max(bound, 10), using: &generator)
            let exponent = Int.random(in: -28...23, using: &generator)
            guard let value = DecimalNumber.double(mantissa: mantissa, exponent: exponent) else { continue }
            covered += 1
            #expect(value == Double("\(mantissa)e\(exponent)"), "\(mantissa)e\(exponent)")
        }
        #expect(covered > 150_000)
    }

    @Test("exact halves go to the even neighbour")
    func roundsHalvesToEven() {
        // 2^53 + 1 lies between two doubles.
        #expect(DecimalNumber.double(mantissa: 90_071_992_547_409_930, exponent: -1) == 9_007_199_254_740_992)
        #expect(DecimalNumber.double(mantissa: 90_071_992_547_409_931, exponent: -1) == 9_007_199_254_740_994)
        #expect(DecimalNumber.double(mantissa: 90_071_992_547_409_950, exponent: -1) == 9_007_199_254_740_996)
    }
}

/// A small seeded generator for these tests.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
