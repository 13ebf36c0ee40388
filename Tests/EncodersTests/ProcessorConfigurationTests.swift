import Files
import Foundation
import TestSupport
import Testing

@testable import Encoders

@Suite("What a snapshot says of frames is compared with the protocol")
struct ProcessorConfigurationTests {
    /// What the published snapshots hold, in the spellings of several versions of transformers.
    private static let published = [
        (
            "videomae-official",
            """
            {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_normalize": true, "do_rescale": true,
             "do_resize": true, "image_mean": [0.485, 0.456, 0.406], "image_processor_type": "VideoMAEImageProcessor",
             "image_std": [0.229, 0.224, 0.225], "resample": 2, "rescale_factor": 0.00392156862745098,
             "size": {"shortest_edge": 224}}
            """
        ),
        (
            "clip-1fps",
            """
            {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true,
             "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
             "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 224}
            """
        ),
        (
            "siglip-1fps",
            """
            {"image_processor": {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
             "image_std": [0.5, 0.5, 0.5], "resample": 3, "size": {"height": 224, "width": 224}}, "processor_class": "S"}
            """
        ),
        (
            "dinov2-1fps",
            """
            {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "image_mean": [0.485, 0.456, 0.406],
             "image_std": [0.229, 0.224, 0.225], "resample": 3, "size": {"shortest_edge": 256}}
            """
        ),
        (
            "vjepa2-256",
            """
            {"crop_size": {"height": 256, "width": 256}, "do_center_crop": true, "image_mean": [0.485, 0.456, 0.406],
             "image_std": [0.229, 0.224, 0.225], "resample": 2, "size": {"shortest_edge": 292}}
            """
        ),
    ]

    private static func with<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("preprocessor_config.json")
            try Data(text.utf8).write(to: url)
            return try body(url.path)
        }
    }

    private static func rules(_ name: String) throws -> EncoderProtocol {
        try #require(EncoderProtocol.builtIn.first { $0.name == name }, "\(name)")
    }

    @Test("published files agree with the protocols made after them, and with no other")
    func agree() throws {
        for (name, text) in Self.published {
            try Self.with(text) { path in
                let processor = try ProcessorConfiguration(path: path)
                try processor.check(Self.rules(name))
                for (other, _) in Self.published where other != name {
                    #expect(throws: EncoderError.self, "\(name), \(other)") { try processor.check(Self.rules(other)) }
                }
                // These prepare frames in their own way on purpose.
                for own in ["videomaev2-thumos", "opentad-chunk", "tsp"] { try processor.check(Self.rules(own)) }
            }
        }
    }

    @Test("a conflict names file, protocol and every difference")
    func conflict() throws {
        try Self.with(Self.published[3].1) { path in
            let error = #expect(throws: EncoderError.self) {
                try ProcessorConfiguration(path: path).check(Self.rules("clip-1fps"))
            }
            let text = try #require(error).description
            #expect(text.hasPrefix(path + ": disagrees with protocol clip-1fps: "))
            #expect(text.contains("resize shorter side to 256 here, shorter side to 224 there"))
            #expect(text.contains("mean [0.485, 0.456, 0.406] here, [0.48145, 0.45783, 0.40821] there"))
            #expect(text.contains("std ") && !text.contains("crop ") && !text.contains("filter "))
        }
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            "[1, 2]", "{", #"{"size": {"shortest_edge": 0}}"#, #"{"size": {"height": 3}}"#, #"{"size": "large"}"#,
            #"{"do_center_crop": true, "crop_size": 1e9}"#, #"{"resample": 9}"#, #"{"rescale_factor": 0.5}"#,
            #"{"image_mean": [1, 2]}"#, #"{"image_std": [1, 2, "x"]}"#,
        ])
    func malformed(_ text: String) throws {
        try Self.with(text) { path in
            let error = #expect(throws: (any Error).self) { try ProcessorConfiguration(path: path) }
            let text = "\(try #require(error))"
            #expect(text.contains(path))
        }
    }

    @Test("what is switched off does not count")
    func switchedOff() throws {
        let text = #"{"do_resize": false, "size": 7, "do_center_crop": false, "crop_size": 3, "do_normalize": false}"#
        try Self.with(text) { path in
            let processor = try ProcessorConfiguration(path: path)
            var rules = EncoderProtocol()
            #expect(throws: EncoderError.self) { try processor.check(rules) }
            (rules.preprocessing.mean, rules.preprocessing.std) = ([0, 0, 0], [1, 1, 1])
            try processor.check(rules)
        }
    }
}
