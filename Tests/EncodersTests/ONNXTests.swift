import Configuration
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite("Models in ONNX's format")
struct ONNXTests {
    private static func file(_ name: String) -> String { Fixture.url("encoders/onnx/\(name)").path }

    private static func values(_ seed: Int, _ shape: [Int]) -> Tensor {
        let numbers = EfficientNetWeights.numbers(seed: seed, count: shape.reduce(1, *))
        return Tensor(numbers.map { 2 * $0 - 1 }, shape: shape)
    }

    /// Settings of `clips.onnx`, changed by lines in place of others.
    private static func text(_ changes: [String: String] = [:]) -> String {
        let lines = [
            "kind: onnx", "name: made", "input: pixels", "layout: NCTHW", "output: maps", "output_layout: NCTHW",
            "pooling: mean", "protocol:", "  name: tested", "  frame_rate: 8", "  stride_frames: 2",
            "  window_frames: 4", "  frames: 4", "  preprocessing:", "    library: pillow", "    height: 10",
            "    width: 12", "    mean: [0.5, 0.4, 0.3]", "    std: [0.2, 0.3, 0.4]",
        ]
        return lines.compactMap { line in
            let key = line.trimmingCharacters(in: .whitespaces).prefix { $0 != ":" }
            guard let change = changes[String(key)] else { return line }
            return change.isEmpty ? nil : line.prefix { $0 == " " } + "\(key): \(change)"
        }.joined(separator: "\n")
    }

    private static func settings(_ changes: [String: String] = [:]) throws -> ONNXSettings {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("model.yaml")
            try Data(text(changes).utf8).write(to: file)
            return try ONNXSettings.load(from: file.path)
        }
    }

    private static let frames = [
        "input": "picture", "layout": "NHWC", "output": "vector", "output_layout": "NC", "pooling": "none",
        "height": "8",
        "width": "9", "frames": "1",
    ]
    private static let tokens = [
        "input": "picture", "layout": "NCHW", "output": "tokens", "output_layout": "NTC", "pooling": "first",
        "height": "4", "width": "4", "frames": "1",
    ]

    @Test("a key that is not declared, or cannot be, is refused by name")
    func declarations() throws {
        #expect(try Self.settings().protocol.frames == 4)
        for key in [
            "name", "input", "layout", "output", "output_layout", "pooling", "frame_rate", "stride_frames",
            "window_frames",
            "frames", "library", "height", "width", "mean", "std",
        ] {
            // The name of the model and that of the protocol are both missing then.
            #expect("\(key)") { try Self.settings([key: ""]) } throws: {
                "\($0)".contains(key)
            }
        }
        for (key, value, text) in [
            ("layout", "NCTH", "expected the letters C, H, W"), ("layout", "NCTHWW", "each once"),
            ("output_layout", "NTHW", "expected the letter C"), ("pooling", "none", "has the axes THW"),
            ("pooling", "median", "pooling"), ("kind", "svilm", "must be 'onnx'"), ("frames", "0", "frames"),
            ("std", "[1, 1]", "three positive numbers"),
        ] {
            #expect("\(key) \(value)") { try Self.settings([key: value]) } throws: {
                "\($0)".contains(text)
            }
        }
        // Several frames of a model of single frames are pooled somehow.
        #expect { try Self.settings(Self.frames.merging(["frames": "2"]) { $1 }) } throws: {
            "\($0)".contains("protocol.frame_pooling")
        }
    }

    @Test("the declarations in docs/onnx-encoders.md are valid")
    func page() throws {
        let blocks = try CodeBlock.all(in: Checkout.url("docs/onnx-encoders.md")).filter { $0.language == "yaml" }
        let settings = try blocks.map { block in
            try TemporaryFolder.with { folder in
                let file = folder.appendingPathComponent("model.yaml")
                try Data(block.lines.joined(separator: "\n").utf8).write(to: file)
                return try ONNXSettings.load(from: file.path)
            }
        }
        #expect(settings.map(\.name) == ["r2plus1d-34", "lite0"])
        #expect(settings.map(\.takesClips) == [true, false])
        // What the page says of the second one is true of the protocol that it takes after.
        let preprocessing = try #require(settings.last).protocol.preprocessing
        let known = try #require(EncoderProtocol.builtIn.first { $0.name == "lite0-changes" }).preprocessing
        #expect(preprocessing.firstCrop == known.firstCrop && preprocessing.filter == known.filter)
        #expect(zip(preprocessing.mean, known.mean).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(zip(preprocessing.std, known.std).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test("weights beside the model are part of its identity")
    func digests() throws {
        #expect(try ONNXFiles.externalFiles(Self.file("clips.onnx")).isEmpty)
        #expect(try ONNXFiles.externalFiles(Self.file("tokens.onnx")) == ["tokens.bin"])
        try TemporaryFolder.with { folder in
            for name in ["tokens.onnx", "tokens.bin"] {
                try FileManager.default.copyItem(
                    at: Fixture.url("encoders/onnx/\(name)"), to: folder.appendingPathComponent(name))
            }
            let copy = folder.appendingPathComponent("tokens.onnx").path
            let digest = try ONNXFiles.digest(copy)
            #expect(try digest == ONNXFiles.digest(Self.file("tokens.onnx")))
            let weights = folder.appendingPathComponent("tokens.bin")
            var bytes = try Data(contentsOf: weights)
            bytes[0] ^= 1
            try bytes.write(to: weights)
            #expect(try ONNXFiles.digest(copy) != digest)
            try FileManager.default.removeItem(at: weights)
            #expect { try ONNXFiles.digest(copy) } throws: { "\($0)".contains("tokens.bin") }
        }
        // Whatever the bytes are, looking through them ends.
        try TemporaryFolder.with { folder in
            let data = try Data(contentsOf: URL(fileURLWithPath: Self.file("tokens.onnx")))
            let file = folder.appendingPathComponent("cut.onnx")
            for length in 0..<data.count {
                try data.prefix(length).write(to: file)
                #expect(try ONNXFiles.externalFiles(file.path).isSubset(of: ["tokens.bin"]))
            }
        }
    }

    @Test("without the library there is one error, which says where it was looked for")
    func noRuntime() throws {
        func refused(_ environment: [String: String], _ text: String) {
            #expect { try ONNXRuntime(environment: environment) } throws: {
                "\($0)".contains(text)
            }
        }
        refused(
            ["TAL_ONNXRUNTIME": "/none/libonnxruntime.so"], "names /none/libonnxruntime.so, and there is no such file")
        refused(["TAL_ONNXRUNTIME": Self.file("clips.onnx")], "clips.onnx: ")
        refused(["TAL_ONNXRUNTIME": Self.file("")], "a folder without libonnxruntime.so")
    }

    @Test("a model of clips, its output pooled", .enabled(if: ONNXRuntime.isPresent))
    func clips() throws {
        let expected = try Fixture.json(Fixture.url("encoders/onnx/expected.json"))
        let pixels = Self.values(3, [4, 10, 12, 3])
        func check(_ changes: [String: String], _ wanted: [Double]) throws {
            let encoder = try ONNXEncoder(path: Self.file("clips.onnx"), settings: Self.settings(changes))
            #expect(encoder.channels == 5 && encoder.engine.hasPrefix("ONNX Runtime 1."))
            let found = try encoder(pixels).elements
            #expect(found.count == 5 && zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(found)")
        }
        let clips = try #require(expected["clips"] as? [String: [Double]])
        try check([:], #require(clips["mean"]))
        try check(["pooling": "max"], #require(clips["max"]))
        try check(["output": "mean", "output_layout": "NC", "pooling": "none"], #require(clips["mean"]))
    }

    @Test("models of frames, in other orders", .enabled(if: ONNXRuntime.isPresent))
    func frames() throws {
        let expected = try Fixture.json(Fixture.url("encoders/onnx/expected.json"))
        let rows = try #require(expected["frames"] as? [[Double]]), pixels = Self.values(5, [2, 8, 9, 3])
        let encoder = try ONNXEncoder(path: Self.file("frames.onnx"), settings: Self.settings(Self.frames))
        for (index, wanted) in rows.enumerated() {
            let found = try encoder(pixels.slice(axis: 0, index..<index + 1)).elements
            #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        }
        let vectors = try #require(expected["tokens"] as? [String: [Double]])
        for (pooling, wanted) in vectors {
            let settings = try Self.settings(Self.tokens.merging(["pooling": pooling]) { $1 })
            let found = try ONNXEncoder(path: Self.file("tokens.onnx"), settings: settings)(
                Self.values(7, [1, 4, 4, 3]))
            #expect(zip(found.elements, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "\(pooling)")
        }
    }

    @Test("a model that is not as declared is refused with both", .enabled(if: ONNXRuntime.isPresent))
    func mismatches() throws {
        func refused(_ name: String, _ changes: [String: String], _ text: String) {
            #expect("\(text)") {
                try ONNXEncoder(path: Self.file(name), settings: Self.settings(changes))
            } throws: {
                "\($0)".hasPrefix(Self.file(name)) && "\($0)".contains(text)
            }
        }
        refused("clips.onnx", ["input": "video"], "has no input 'video'; it has 'pixels'")
        refused("clips.onnx", ["output": "logits"], "has no output 'logits'; it has 'maps', 'mean'")
        refused("clips.onnx", ["height": "11"], "[?, 3, 4, 10, 12]; expected float32 [1, 3, 4, 11, 12]")
        refused("clips.onnx", ["layout": "NTCHW"], "expected float32 [1, 4, 3, 10, 12], which is NTCHW")
        refused("clips.onnx", ["output_layout": "NC", "pooling": "none"], "has shape [1, 5, 2, 5, 6], 5 axes")
        refused("clips.onnx", ["output_layout": "CNTHW"], "5 clips for one")
        var two = Self.tokens
        (two["input"], two["output"], two["output_layout"]) = ("a", "sum", "NCHW")
        refused("two_inputs.onnx", two, "needs the input 'b' too")
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("cut.onnx")
            try Data(contentsOf: URL(fileURLWithPath: Self.file("clips.onnx"))).prefix(900).write(to: file)
            #expect { try ONNXEncoder(path: file.path, settings: Self.settings()) } throws: {
                "\($0)".hasPrefix(file.path) && "\($0)".contains("ONNX Runtime: ")
            }
        }
    }
}
