import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// The published checkpoints, of which `published.json` lists names and shapes.
@Suite("Published weight files are accepted")
struct PublishedListTests {
    private struct Listed: Decodable {
        var checkpoints: [String: Checkpoint]
    }

    private struct Checkpoint: Decodable {
        var parameters: [String: [Int]]?
        var parametersAs: String?
        var except: [String: [Int]]?
        var others: [String: [Int]?]?
        var config: [String: JSON]
        enum CodingKeys: String, CodingKey {
            case parameters, except, config
            case parametersAs = "parameters_as"
            case others = "also_in_some_files"
        }
    }

    private static func listed() throws -> [String: Checkpoint] {
        let bytes = try ByteSource.contents(of: Fixture.url("encoders/published.json.gz").path)
        return try JSONDecoder().decode(Listed.self, from: Data(bytes)).checkpoints
    }

    private static func shapes(_ checkpoint: Checkpoint, in all: [String: Checkpoint]) -> [String: [Int]] {
        var shapes = checkpoint.parameters ?? checkpoint.parametersAs.flatMap { all[$0]?.parameters } ?? [:]
        shapes.merge(checkpoint.except ?? [:]) { _, own in own }
        for (name, shape) in checkpoint.others ?? [:] { shapes[name] = shape ?? [1, 4, 4] }
        return shapes
    }

    @Test("every listed checkpoint is recognised, fits and is one of the catalogue")
    func accepted() throws {
        let all = try Self.listed()
        #expect(all.count >= 34)
        for (name, checkpoint) in all {
            let shapes = Self.shapes(checkpoint, in: all)
            #expect(!shapes.isEmpty, "\(name)")
            let file = PublishedFile(path: name, shapes: shapes) { _ in
                throw TensorFileError.missingTensor(file: name, name: "")
            }
            let (family, settings) = try PublishedEncoder.settings(of: file)
            func size(_ key: String) -> Int? { checkpoint.config[key]?.integer }
            #expect(settings.width == size("width"), "\(name)")
            #expect(settings.depth == size("layers"), "\(name)")
            #expect(settings.heads == size("heads"), "\(name)")
            #expect(settings.patch == size("patch"), "\(name)")
            #expect(settings.tubelet == size("tubelet"), "\(name)")
            #expect(settings.hidden == size("mlp"), "\(name)")
            #expect(settings.imageSize == size("image"), "\(name)")
            #expect(settings.frames == size("frames"), "\(name)")
            let entry = try #require(EncoderCatalogue.entry(family: family, settings), "\(name)")
            try EncoderCatalogue.check(entry, family: family, settings, file: name)
        }
    }

    /// A safetensors file of zeros in float16, which takes no place on the disk.
    private static func write(_ shapes: [String: [Int]], to url: URL) throws {
        var offset = 0
        let fields = shapes.sorted { $0.key < $1.key }.map { name, shape in
            let end = offset + 2 * shape.reduce(1, *)
            defer { offset = end }
            return "\"\(name)\":{\"dtype\":\"F16\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}"
        }
        let header = Data("{\(fields.joined(separator: ","))}".utf8)
        var data = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        try (data + header).write(to: url)
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        try handle.truncate(atOffset: UInt64(8 + header.count + offset))
    }

    @Test(
        "a whole file of a listed model is read, also in two parts with an index",
        arguments: [
            "videomae-small-finetuned-kinetics (HF)", "VideoMAE ViT-S K400 (official)",
            "InternVideo2-S K710 -> K400 f8",
            "dinov2-with-registers-small (HF)",
        ])
    func whole(_ name: String) throws {
        let all = try Self.listed()
        let shapes = Self.shapes(try #require(all[name]), in: all)
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("model.safetensors")
            try Self.write(shapes, to: file)
            let read = try PublishedEncoder(PublishedFile(path: file.path))
            #expect(read.leftOver.isEmpty)
            #expect(read.model.settings.depth == 12)

            let names = shapes.keys.sorted()
            let parts = ["a.safetensors": names.prefix(100), "b.safetensors": names.dropFirst(100)]
            for (part, names) in parts {
                try Self.write(shapes.filter { names.contains($0.key) }, to: folder.appendingPathComponent(part))
            }
            let map = parts.flatMap { part, names in names.map { "\"\($0)\":\"\(part)\"" } }.joined(separator: ",")
            let index = folder.appendingPathComponent("model.safetensors.index.json")
            try Data("{\"metadata\":{},\"weight_map\":{\(map)}}".utf8).write(to: index)
            let joined = try PublishedFile(path: index.path)
            #expect(joined.shapes == shapes)
            #expect(joined.files.count == 2)
            #expect(try PublishedEncoder(joined).model.settings == read.model.settings)
        }
    }
}
