import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("Joined sources of features")
struct JoinedFeaturesTests {
    private static func folder(
        _ name: String, in parent: URL, channels: Int, lengths: [String: Int], stride: Double = 8
    ) throws -> any FeatureSource {
        let folder = parent.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (video, length) in lengths {
            let values = (0..<(length * channels)).map { Float($0) + Float(channels) / 100 }
            try NpyFile.write(
                Tensor(values, shape: [length, channels]), to: folder.appendingPathComponent("\(video).npy").path)
        }
        try Data("{\"*\": {\"fps\": 25, \"stride_frames\": \(stride), \"window_frames\": 16}}".utf8)
            .write(to: folder.appendingPathComponent("grid.json"))
        return try ArrayFeatures(folder: folder.path)
    }

    @Test("channels stand one source after the other, and the longer source is cut")
    func joined() throws {
        try TemporaryFolder.with { parent in
            let rgb = try Self.folder("rgb", in: parent, channels: 3, lengths: ["a": 10, "b": 9, "only": 5])
            let flow = try Self.folder("flow", in: parent, channels: 2, lengths: ["a": 9, "b": 9])
            let both = try JoinedFeatures([rgb, flow])
            #expect(both.videos == ["a", "b"])
            let header = try both.header(for: "a")
            #expect(header.length == 9 && header.channels == 5)
            let sequence = try both.sequence(for: "a")
            #expect(sequence.features.shape == [9, 5])
            let row = Array(sequence.features.elements[40..<45])
            #expect(
                row == Array(try rgb.sequence(for: "a").features.elements[24..<27])
                    + Array(try flow.sequence(for: "a").features.elements[16..<18]))
            #expect(both.readsParts)
            func check(_ both: JoinedFeatures) throws {
                #expect(try both.part(8..<9, of: "a").elements == row)
                #expect(throws: FeatureError.self) { try both.part(8..<10, of: "a") }
            }
            try check(both)
            // Where one source reads whole videos, so do all together.
            try Data("1,2\n3,4\n".utf8).write(to: parent.appendingPathComponent("flow/c.csv"))
            let mixed = try JoinedFeatures([rgb, ArrayFeatures(folder: flow.path)])
            #expect(!mixed.readsParts)
            try check(mixed)
            #expect(both.notices.count == 2)
            #expect(both.notices[0].description.contains("1 video ") && both.notices[0].description.contains("(only)"))
            #expect(both.notices[1].description.contains("cut") && both.notices[1].description.contains("(a)"))
            #expect(throws: FeatureError.self) { try both.sequence(for: "only") }
        }
    }

    @Test("videos whose sources do not fit are left out and named; where none is left the error says why")
    func unfit() throws {
        try TemporaryFolder.with { parent in
            let rgb = try Self.folder("rgb", in: parent, channels: 3, lengths: ["a": 10, "b": 10])
            let flow = try Self.folder("flow", in: parent, channels: 2, lengths: ["a": 10, "b": 5])
            let both = try JoinedFeatures([rgb, flow])
            #expect(
                both.videos == ["a"] && both.notices.count == 1
                    && both.notices[0].description.contains("b: 10 and 5 features"))
            let other = try Self.folder("other", in: parent, channels: 2, lengths: ["a": 10], stride: 4)
            #expect {
                try JoinedFeatures([rgb, other])
            } throws: {
                "\($0)".contains("stride 8.0") && "\($0)".contains("stride 4.0")
            }
        }
    }

    @Test("a video whose features are damaged is left out and named")
    func damaged() throws {
        try TemporaryFolder.with { parent in
            let rgb = try Self.folder("rgb", in: parent, channels: 3, lengths: ["a": 10, "b": 10])
            let flow = try Self.folder("flow", in: parent, channels: 2, lengths: ["a": 10, "b": 10])
            try Data("no array".utf8).write(to: parent.appendingPathComponent("flow/b.npy"))
            let both = try JoinedFeatures([rgb, flow])
            #expect(both.videos == ["a"])
            #expect(both.notices.count == 1 && both.notices[0].description.contains("b.npy"))
        }
    }

    @Test("several paths are opened as one source")
    func opened() throws {
        try TemporaryFolder.with { parent in
            let rgb = try Self.folder("rgb", in: parent, channels: 3, lengths: ["a": 10])
            let flow = try Self.folder("flow", in: parent, channels: 2, lengths: ["a": 10])
            #expect(try FeatureSources.open([rgb.path]).header(for: "a").channels == 3)
            #expect(try FeatureSources.open([rgb.path, flow.path]).header(for: "a").channels == 5)
        }
    }
}
