import Extraction
import Features
import Foundation
import TestSupport
import Testing

@testable import Toolkit

@Suite("weights that come with the toolkit")
struct ShippedWeightsTests {
    private static let model = Checkout.url("models/svilm-tiny").path
    private static let shipped = ShippedFiles(folders: [Checkout.url("").path])

    private static func digest() throws -> String {
        try EncoderSettings.load(
            configuration: model + "/encoder.yaml", weights: model + "/encoder.safetensors", seed: 0
        ).origin.weightsSHA256
    }

    @Test("weights are found by the name of their encoder and their digest")
    func found() throws {
        let digest = try Self.digest()
        func file(_ name: String?, _ sha256: String?) throws -> String? {
            try ShippedWeights.file(encoder: name, sha256: sha256, in: Self.shipped)
        }
        let path = try #require(try file("svilm-tiny", digest))
        #expect(path.hasSuffix("models/svilm-tiny/encoder.safetensors"))
        #expect(try file("svilm-base", digest) == nil)
        #expect(try file(nil, digest) == nil)
        #expect(try file("svilm-tiny", String(digest.reversed())) == nil)
        #expect(try file("svilm-tiny", "") == nil)
        #expect(try file("svilm-tiny", nil) == nil)
    }

    @Test("a damaged file of the encoder is an error, and one of another encoder is not read")
    func damaged() throws {
        let digest = try Self.digest()
        try TemporaryFolder.with { folder in
            let model = folder.appendingPathComponent("models/mine")
            try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: Self.model + "/encoder.yaml", toPath: model.path + "/encoder.yaml")
            try Data("no tensors".utf8).write(to: model.appendingPathComponent("encoder.safetensors"))
            let shipped = ShippedFiles(folders: [folder.path])
            #expect(throws: (any Error).self) {
                try ShippedWeights.file(encoder: "svilm-tiny", sha256: digest, in: shipped)
            }
            #expect(try ShippedWeights.file(encoder: "other", sha256: digest, in: shipped) == nil)
        }
    }
}
