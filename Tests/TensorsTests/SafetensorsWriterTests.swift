import Files
import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Tensors written one by one")
struct SafetensorsWriterTests {
    @Test("the file is the one that is written at once")
    func sameBytes() throws {
        var generator = RandomGenerator(seed: 2)
        let tensors = [
            (name: "b \"x\"", tensor: Tensor.normal([3, 5], using: &generator)),
            (name: "empty", tensor: .zeros([0, 4])),
            (name: "a", tensor: Tensor.normal([700, 700], using: &generator)),
        ]
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try SafetensorsFile.write(tensors, to: path("once"), metadata: ["k": "v"])
            let writer = try SafetensorsWriter(path: path("parts"))
            for (name, tensor) in tensors { try writer.append(name, tensor) }
            try writer.finish(metadata: ["k": "v"])
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("once"))
                    == Data(contentsOf: folder.appendingPathComponent("parts")))
        }
    }

    @Test("a writer that is dropped leaves nothing behind, and an older file as it was")
    func dropped() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("file").path
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            do {
                let writer = try SafetensorsWriter(path: path)
                try writer.append("a", .ones([2]))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
            #expect(throws: FileError.self) { try SafetensorsWriter(path: path + "/in/a/file") }
        }
    }
}
