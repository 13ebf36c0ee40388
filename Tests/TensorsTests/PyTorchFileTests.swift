import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Checkpoints of PyTorch")
struct PyTorchFileTests {
    private static func path(_ name: String) -> String {
        Fixture.url("pytorch/\(name)").path
    }

    private func elements(_ file: PyTorchFile, _ value: PickleValue?) throws -> Tensor {
        guard case .tensor(let tensor) = value else {
            Issue.record("no tensor")
            return Tensor([])
        }
        return try file.tensor(tensor, name: "t")
    }

    @Test(
        "weights, numbers and lists of both layouts",
        arguments: ["checkpoint.pth.tar", "checkpoint-legacy.pth.tar"])
    func checkpoint(_ name: String) throws {
        let file = try PyTorchFile(path: Self.path(name))
        guard case .integer(3) = file.content["epoch"], case .number(0.5) = file.content["lr"],
            case .list(let flags) = file.content["flags"], case .integer(1_000_000_000_000) = flags.last,
            case .integer(-7) = flags[3], case .none = flags[2], case .bool(true) = flags[0]
        else {
            Issue.record("\(file.content)")
            return
        }
        let weights = try #require(file.content["state_dict"]), average = try #require(file.content["state_dict_ema"])
        let weight = try elements(file, weights["0.weight"])
        #expect(weight.shape == [3, 2] && weight.elements == [0, 1, 2, 3, 4, 5])
        #expect(try elements(file, weights["1.bias"]).elements == [30, 31, 32])
        #expect(try elements(file, average["module.0.bias"]).elements == [10.5, 11.5, 12.5])
    }

    @Test("views, element types and empty tensors")
    func tensors() throws {
        let file = try PyTorchFile(path: Self.path("tensors.pth"))
        func values(_ key: String) throws -> [Float] { try elements(file, file.content[key]).elements }
        #expect(try values("part") == [2, 3, 4])
        #expect(try values("every_other") == [0, 2, 4, 6, 8])
        #expect(try values("turned") == [0, 3, 1, 4, 2, 5])
        #expect(try values("half") == [1.5, -2] && values("brain") == [1, 2.5])
        #expect(try values("double") == [Float(1.0 / 3)] && values("parameter") == [1, 1])
        #expect(try elements(file, file.content["scalar"]).shape == [])
        #expect(try elements(file, file.content["empty"]).shape == [0, 4])
        #expect(throws: TensorFileError.unsupportedType(file: file.path, name: "t", type: "LongStorage")) {
            try elements(file, file.content["integers"])
        }
    }

    @Test("a file that wants to run a command is refused by the command's name")
    func hostile() {
        #expect { try PyTorchFile(path: Self.path("hostile.pth")) } throws: {
            "\($0)".contains("calls 'posix.system'")
        }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/executed-by-pickle"))
    }

    /// Pickles of a few instructions; `#` and a two-digit hexadecimal number stand for a byte.
    private static let hostilePickles: [String: String] = [
        "a call of a builtin": "cbuiltins\neval\n(X#01#00#00#001tR.",
        "an object of a class": "cos\nsystem\n)#81.",
        "an instance in the oldest way": "(ios\nsystem\n.",
        "an extension": "#82#01.",
        "a storage of no tensor class": "cos\nsystem\nQ.",
        "a list that holds itself": "]q#00h#00a.",
        "endless nesting": String(repeating: "]", count: 200_000) + String(repeating: "a", count: 199_999) + ".",
        "a list repeated without end": "]q#00" + String(repeating: "0](h#00h#00eq#00", count: 60) + ".",
        "a huge text": "X#FF#FF#FF#7F",
        "a length beyond any memory": "#8D#FF#FF#FF#FF#FF#FF#FF#FF",
        "an empty stack": "..",
        "a missing mark": "t.",
        "a mark as a value": "(.",
        "nothing": "",
    ]

    private static func bytes(_ text: String) -> [UInt8] {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        var bytes = Array(parts[0].utf8)
        for part in parts.dropFirst() {
            bytes.append(UInt8(part.prefix(2), radix: 16) ?? 0)
            bytes += Array(part.dropFirst(2).utf8)
        }
        return bytes
    }

    @Test("hostile and broken pickles are refused", arguments: hostilePickles.keys.sorted())
    func pickles(_ name: String) throws {
        let bytes = Self.bytes(try #require(Self.hostilePickles[name]))
        #expect(throws: TensorFileError.self) {
            var reader = PickleReader(Data(bytes), file: "f")
            return try reader.read()
        }
    }

    @Test("on request objects of unknown classes are kept by name, without being made")
    func keptObjects() throws {
        func read(_ program: String) throws -> PickleValue {
            var reader = PickleReader(Data(Self.bytes(program)), file: "f", objects: .kept)
            return try reader.read()
        }
        guard case .object("os system", .none) = try read("cos\nsystem\n)#81.") else { Issue.record("object"); return }
        guard case .object("builtins eval", .none) = try read("cbuiltins\neval\n(X#01#00#00#001tR.") else {
            Issue.record("call")
            return
        }
        // An argparse.Namespace with one attribute, and something appended to an object.
        guard
            case .object("argparse Namespace", let attributes) = try read(
                "cargparse\nNamespace\n)#81}X#01#00#00#00aK#07sb.")
        else { Issue.record("state"); return }
        guard case .integer(7)? = attributes["a"] else { Issue.record("attribute"); return }
        guard case .object("m C", .none) = try read("cm\nC\n)#81K#01a.") else { Issue.record("appended"); return }
        for name in ["an instance in the oldest way", "an extension", "a list that holds itself", "endless nesting"] {
            let program = try #require(Self.hostilePickles[name])
            #expect(throws: TensorFileError.self, "\(name)") { try read(program) }
        }
    }

    @Test(
        "damaged files are refused and never read beyond their end", arguments: ["checkpoint.pth.tar", "tensors.pth"])
    func damaged(_ name: String) throws {
        let original = try Data(contentsOf: URL(fileURLWithPath: Self.path(name)))
        var generator = RandomGenerator(seed: 7)
        try TemporaryFolder.with { folder in
            let copy = folder.appendingPathComponent("copy.pth")
            var refused = 0
            for round in 0..<150 {
                var bytes = original
                if round % 3 == 0 {
                    bytes = bytes.prefix(generator.integer(in: 0...(original.count - 1)))
                } else {
                    for _ in 0..<4 {
                        bytes[generator.integer(in: 0...(original.count - 1))] = UInt8(generator.integer(in: 0...255))
                    }
                }
                try bytes.write(to: copy)
                do {
                    let file = try PyTorchFile(path: copy.path)
                    if case .dictionary(let entries) = file.content {
                        for case (_, .tensor(let tensor)) in entries { _ = try? file.tensor(tensor, name: "t") }
                    }
                } catch is TensorFileError {
                    refused += 1
                }
            }
            #expect(refused >= 50)
        }
    }
}
