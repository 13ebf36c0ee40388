import Files
import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("npy files")
struct NpyFileTests {
    private static func bytes(_ header: String, version: UInt8 = 1, _ payload: [UInt8] = []) -> Data {
        let text = Array(header.utf8)
        let count = UInt32(text.count)
        let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * UInt32($0))) }
        return Data([0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + payload)
    }

    private static func read(_ data: Data) throws -> Tensor {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("a.npy")
            try data.write(to: file)
            return try NpyFile.read(file.path)
        }
    }

    @Test("what is written is read back", arguments: NpyFile.ElementType.allCases, [[], [0], [5], [3, 4], [2, 1, 7]])
    func roundTrip(type: NpyFile.ElementType, shape: [Int]) throws {
        var generator = RandomGenerator(seed: 7)
        // Multiples of 1/64 below 4 are exact in every type.
        let values = (0..<shape.reduce(1, *)).map { _ in Float(generator.integer(in: -255...255)) / 64 }
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("a.npy").path
            try NpyFile.write(Tensor(values, shape: shape), to: path, as: type)
            let tensor = try NpyFile.read(path)
            #expect(tensor.shape == shape)
            #expect(tensor.elements == values)
            for range in [0..<values.count, values.count / 3..<values.count, 0..<min(1, values.count)] {
                let part = try NpyFile.read(path, elements: range)
                #expect(part.shape == [range.count] && part.elements == Array(values[range]))
            }
            #expect {
                try NpyFile.read(path, elements: 0..<values.count + 1)
            } throws: {
                "\($0)".contains("it has \(values.count) elements and not \(values.count + 1)")
            }
            #expect(try NpyFile.header(of: path).elementType.rawValue == type.rawValue)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npy"])
        }
    }

    @Test("column-major and big-endian arrays are read in row-major order", arguments: [UInt8(1), 2, 3])
    func otherOrders(version: UInt8) throws {
        let values: [Float] = [1, 4, 2, 5, 3, 6]
        let little = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n"
        let tensor = try Self.read(Self.bytes(header, version: version, little))
        #expect(tensor.shape == [2, 3])
        #expect(tensor.elements == [1, 2, 3, 4, 5, 6])
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("a.npy")
            try Self.bytes(header, version: version, little).write(to: file)
            #expect(try NpyFile.read(file.path, elements: 1..<4).elements == [2, 3, 4])
        }

        let big = values.flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: Double(value).bitPattern >> (56 - 8 * $0)) }
        }
        let bigHeader = "{\"shape\": (6L,), \"descr\": \">f8\", \"fortran_order\": False}"
        #expect(try Self.read(Self.bytes(bigHeader, version: version, big)).elements == values)
    }

    @Test("three axes in column-major order")
    func columnMajorOfRankThree() throws {
        let shape = [2, 3, 2]
        var stored = [Float](repeating: 0, count: 12)
        for (i, j, k) in (0..<2).flatMap({ i in (0..<3).flatMap { j in (0..<2).map { (i, j, $0) } } }) {
            stored[i + 2 * j + 6 * k] = Float(100 * i + 10 * j + k)
        }
        let payload = stored.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        let tensor = try Self.read(
            Self.bytes("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3, 2), }", payload))
        #expect(tensor.shape == shape)
        #expect(tensor[1, 2, 1] == 121 && tensor[0, 1, 1] == 11 && tensor[1, 0, 0] == 100)
    }

    @Test(
        "hostile headers are refused",
        arguments: [
            "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,), }",
            "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': False, }", "{", "", "{'descr': '<f4",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } import os",
        ])
    func hostile(header: String) {
        #expect(throws: FileError.self) { try Self.read(Self.bytes(header, [0, 0, 0, 0])) }
    }

    @Test("every truncation is refused")
    func truncated() throws {
        let whole = Self.bytes(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", [UInt8](repeating: 0, count: 16))
        #expect(try Self.read(whole).count == 4)
        for count in 0..<whole.count {
            #expect(throws: FileError.self) { try Self.read(whole.prefix(count)) }
        }
        // A second array would be passed by.
        let error = #expect(throws: FileError.self) { try Self.read(whole + whole) }
        #expect("\(try #require(error))".contains("\(whole.count) bytes more than shape [2, 2] needs"))
    }

    @Test("missing files and folders are named")
    func missing() throws {
        #expect(throws: FileError.missing(path: "/no/such.npy")) {
            try NpyFile.read("/no/such.npy")
        }
        #expect(throws: FileError.unreadable(path: "/", reason: "it is a folder")) { try NpyFile.read("/") }
    }
}

@Suite("half precision")
struct HalfPrecisionTests {
    @Test("every half-precision number survives the way through Float")
    func roundTrip() {
        let broken = (0...UInt16.max).filter { bits in
            let value = HalfPrecision.float(bits)
            return value.isNaN ? (bits & 0x7C00 != 0x7C00 || bits & 0x3FF == 0) : HalfPrecision.bits(value) != bits
        }
        #expect(broken.isEmpty)
    }

    @Test(
        "rounding is to nearest, ties to even",
        arguments: [
            (Float(1), UInt16(0x3C00)), (-2, 0xC000), (65504, 0x7BFF), (65519.9, 0x7BFF), (65520, 0x7C00),
            (1e30, 0x7C00),
            (.infinity, 0x7C00), (0x1p-24, 1), (0x1p-25, 0), (0x1.8p-24, 2), (0x1.000002p-25, 1), (1 + 0x1p-11, 0x3C00),
            (1 + 0x1.8p-10, 0x3C02), (0x1.ffcp-15, 0x400), (-0.0, 0x8000), (6.1e-5, 0x3FF), (2047.9998, 0x6800),
        ])
    func rounding(value: Float, bits: UInt16) {
        #expect(HalfPrecision.bits(value) == bits)
    }
}
