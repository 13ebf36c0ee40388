import Files
import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("arrays in archives and pickles")
struct SavedArrayTests {
    private static let values = (0..<12).map { Float($0) / 8 }

    private static func path(_ name: String) -> String { Fixture.url("features/\(name)").path }

    @Test("npz archives, compressed or not")
    func npz() throws {
        let one = try NpzFile(path: Self.path("one.npz"))
        #expect(one.names == ["feats"])
        #expect(try one.shape(of: "feats") == [4, 3])
        #expect(try one.array("feats").elements == Self.values)
        let several = try NpzFile(path: Self.path("several.npz"))
        #expect(several.names == ["features", "labels"])
        #expect(try several.shape(of: "features") == [4, 3])
        #expect(try several.array("features").elements == Self.values)
        #expect(try several.array("labels").elements == [0, 1, 2, 3, 4])
        #expect(throws: TensorFileError.self) { try several.array("other") }
    }

    @Test("pickled arrays of every protocol and order", arguments: ["array-2", "array-4", "array-5", "turned"])
    func pickles(name: String) throws {
        let file = try SavedFile(path: Self.path("\(name).pkl"))
        guard case .array(let array) = file.content else {
            Issue.record("\(file.content)")
            return
        }
        #expect(array.shape == [4, 3] && array.tensor.elements == Self.values)
    }

    @Test("arrays and numbers in a dictionary")
    func dictionary() throws {
        let content = try SavedFile(path: Self.path("dictionary.pkl")).content
        guard case .array(let features) = content["features"], case .array(let labels) = content["labels"],
            case .string("v") = content["video"], case .number(25) = content["fps"]
        else {
            Issue.record("\(content)")
            return
        }
        #expect(features.tensor.elements == Self.values && labels.tensor.elements == [0, 1, 2])
    }

    @Test("objects and calls are refused by name")
    func refused() {
        #expect {
            try SavedFile(path: Self.path("objects.pkl"))
        } throws: {
            "\($0)".contains("something else than numbers")
        }
        #expect {
            try SavedFile(path: Self.path("call.pkl"))
        } throws: {
            "\($0)".contains("builtins.print")
        }
    }

    @Test("a changed byte of a checkpoint is noticed by its CRC-32")
    func checksum() throws {
        let path = Fixture.url("pytorch/tensors.pth").path
        let original = try Data(contentsOf: URL(fileURLWithPath: path))
        // The first element of 'part', 2.0, in the bytes of its storage.
        let needle = ([0, 1, 2, 3, 4] as [Float]).withUnsafeBytes { Data($0) }
        let place = try #require(original.range(of: needle)).lowerBound + 9
        try TemporaryFolder.with { folder in
            let copy = folder.appendingPathComponent("copy.pth")
            var bytes = original
            bytes[place] ^= 1
            try bytes.write(to: copy)
            #expect {
                try PyTorchFile(path: copy.path)
            } throws: {
                "\($0)".contains("CRC-32")
            }
        }
    }

    @Test("every truncation and many changed bytes of an archive or a pickle are refused or harmless")
    func damaged() throws {
        var generator = RandomGenerator(seed: 3)
        try TemporaryFolder.with { folder in
            for name in ["several.npz", "array-2.pkl", "array-5.pkl", "dictionary.pkl"] {
                let original = try Data(contentsOf: URL(fileURLWithPath: Self.path(name)))
                let copy = folder.appendingPathComponent(name)
                for round in 0..<(2 * original.count) {
                    var bytes = original
                    if round < original.count {
                        bytes = bytes.prefix(round)
                    } else {
                        for _ in 0..<3 {
                            bytes[generator.integer(in: 0...(original.count - 1))] = UInt8(
                                generator.integer(in: 0...255))
                        }
                    }
                    try bytes.write(to: copy)
                    do {
                        if name.hasSuffix("npz") {
                            let file = try NpzFile(path: copy.path)
                            for name in file.names { _ = try file.array(name) }
                        } else {
                            _ = try SavedFile(path: copy.path)
                        }
                        #expect(round >= original.count)
                    } catch is TensorFileError {} catch is FileError {}
                }
            }
        }
    }

    @Test("whole numbers of every type are read", arguments: NumberType.allCases.filter { $0 != .bfloat16 })
    func numbers(type: NumberType) throws {
        let header = "{'descr': '>\(type.rawValue)', 'fortran_order': False, 'shape': (2,), }\n"
        var bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        // 1 and 0, with the most significant byte first.
        let one: [UInt8] =
            switch type {
            case .float16: [0x3C, 0]
            case .float32: [0x3F, 0x80, 0, 0]
            case .float64: [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]
            default: [UInt8](repeating: 0, count: type.byteCount - 1) + [1]
            }
        bytes += one + [UInt8](repeating: 0, count: type.byteCount)
        #expect(try NpyFile.read(Data(bytes), path: "a.npy").elements == [1, 0])
    }
}
