import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite("Weight files that do not fit are refused by what is in them")
struct WeightFileTests {
    /// The case in the repository, with its tensors changed.
    private static func file(
        _ name: String = "videomae/hf_pretrain", _ change: (inout [String: [Int]]) -> Void = { _ in }
    ) throws -> PublishedFile {
        let folder = try EncoderFolder(Fixture.url("encoders/\(name)").path)
        let file = try PublishedFile(path: folder.weights)
        var shapes = file.shapes
        change(&shapes)
        return PublishedFile(path: "weights", shapes: shapes) { try file.tensor(named: $0) }
    }

    private static let block = "videomae.encoder.layer.1."

    private func problems(_ change: (inout [String: [Int]]) -> Void) throws -> [String] {
        do {
            _ = try PublishedEncoder(Self.file("videomae/hf_pretrain", change))
        } catch EncoderError.misfit("weights", _, let problems) {
            return problems
        }
        return []
    }

    @Test("missing, left over and misshapen tensors are all listed")
    func misfits() throws {
        let found = try problems {
            $0[Self.block + "output.dense.bias"] = nil
            $0[Self.block + "layernorm_after.weight"] = [65]
            $0[Self.block + "attention.attention.k_bias"] = [64]
        }
        #expect(found.count == 3)
        #expect(found.contains { $0.contains("missing: \(Self.block)output.dense.bias [64]") })
        #expect(found.contains { $0.contains("layernorm_after.weight has shape [65], expected [64]") })
        #expect(found.contains { $0.contains("left over: \(Self.block)attention.attention.k_bias [64]") })
    }

    @Test("what belongs to no part of the model is reported and no error")
    func leftOver() throws {
        let read = try PublishedEncoder(Self.file { $0["ema.decay"] = [1] })
        #expect(read.leftOver == ["ema.decay"])
    }

    @Test("a patch that is no square is refused")
    func patch() {
        #expect(throws: EncoderError.self) {
            try PublishedEncoder(
                Self.file { $0["videomae.embeddings.patch_embeddings.projection.weight"] = [64, 3, 2, 8, 7] })
        }
    }

    @Test("a position table of no square of patches, and one that is missing, are refused")
    func table() {
        for shape: [Int]? in [[1, 12, 64], [1, 0, 64], nil] {
            #expect(throws: EncoderError.self) {
                try PublishedEncoder(Self.file("dinov2/registers") { $0["embeddings.position_embeddings"] = shape })
            }
        }
    }

    @Test(
        "files of other models are named",
        arguments: [
            (["bert.embeddings.word_embeddings.weight": [30522, 768]], "BERT"),
            (["head.weight": [400, 768], "head.bias": [400]], "classifier"),
            (["blocks.0.attn.qkv.weight": [2304, 768], "patch_embed.proj.weight": [768, 3, 16, 16]], "timm"),
            (["_conv_stem.weight": [32, 3, 3, 3]], "EfficientNet"),
            (["some.tensor": [1]], "some.tensor"),
        ])
    func others(_ shapes: [String: [Int]], _ name: String) {
        let file = PublishedFile(path: "f", shapes: shapes) { _ in .zeros([1]) }
        #expect { try PublishedEncoder(file) } throws: {
            if case EncoderError.unknownModel("f", let found) = $0 { found.contains(name) } else { false }
        }
    }

    @Test("a checkpoint of another size is named by the catalogue")
    func otherSize() throws {
        let (base, large) = (
            try EncoderCatalogue.entry(named: "videomae-base"), try EncoderCatalogue.entry(named: "videomae-large")
        )
        guard case .transformer(let settings) = large.network else {
            Issue.record("no transformer")
            return
        }
        #expect {
            try EncoderCatalogue.check(base, family: "VideoMAE", settings, file: "f")
        } throws: {
            "\($0)".contains("which is videomae-large") && "\($0)".contains("expected videomae-base")
        }
        #expect(throws: EncoderError.self) { try EncoderCatalogue.entry(named: "videomae-enormous") }
    }

    @Test("configurations that contradict themselves or the weights are refused")
    func configurations() throws {
        try TemporaryFolder.with { folder in
            for text in [
                "{\"num_attention_heads\": 5}", "{\"num_attention_heads\": -1}", "{\"image_size\": 25}",
                "{\"num_frames\": 5}", "{\"layer_norm_eps\": \"small\"}", "{\"hidden_act\": \"relu\"}",
                "{\"num_hidden_layers\": 3}", "{\"num_hidden_layers\": 1}",
            ] {
                let url = folder.appendingPathComponent("config.json")
                try Data(text.utf8).write(to: url)
                #expect(throws: EncoderError.self, "\(text)") {
                    try PublishedEncoder(Self.file(), configuration: ModelConfiguration(path: url.path))
                }
            }
            let url = folder.appendingPathComponent("config.json")
            try Data("[1, 2]".utf8).write(to: url)
            #expect(throws: FileError.self) { try ModelConfiguration(path: url.path) }
        }
    }

    @Test("a safetensors file is told by its header, whatever the bytes of the header's length look like")
    func headerLengths() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("model.safetensors").path
            var lowBytes: Set<UInt8> = []
            // Lengths are multiples of 8: 64 of them give every low byte twice, that of a pickle (0x80) included.
            for count in 0..<64 {
                try SafetensorsFile.write(
                    [(name: "weight", tensor: Tensor([1, 2], shape: [2]))], to: path,
                    metadata: ["note": String(repeating: "x", count: 8 * count)])
                lowBytes.insert(try Data(contentsOf: URL(fileURLWithPath: path))[0])
                #expect(try PublishedFile(path: path).tensor(named: "weight").elements == [1, 2])
            }
            #expect(lowBytes.contains(0x80))
        }
    }

    @Test("an index cannot name files elsewhere, and its parts must hold what it says")
    func index() throws {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("model.safetensors.index.json")
            let part = Fixture.url("encoders/videomae/hf_pretrain/model.safetensors")
            try FileManager.default.copyItem(at: part, to: folder.appendingPathComponent("a.safetensors"))
            for text in [
                "{\"weight_map\": {\"mask_token\": \"../a.safetensors\"}}",
                "{\"weight_map\": {\"x\": \"a.safetensors\"}}",
                "{\"weight_map\": {\"mask_token\": \"b.safetensors\"}}", "{\"weight_map\": {}}", "{}", "{",
            ] {
                try Data(text.utf8).write(to: url)
                #expect(throws: (any Error).self, "\(text)") { try PublishedFile(path: url.path) }
            }
        }
    }

    @Test("frames that an encoder cannot take are refused")
    func frames() throws {
        let model = try PublishedEncoder(Self.file()).model
        for (frames, height, width) in [(5, 24, 24), (0, 24, 24), (4, 25, 24), (4, 24, 4)] {
            #expect(throws: EncoderError.self) { try model.check(frames: frames, height: height, width: width) }
        }
        try model.check(frames: 4, height: 32, width: 24)
    }
}
