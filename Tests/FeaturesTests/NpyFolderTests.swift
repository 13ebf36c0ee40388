import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("a folder of npy files")
struct NpyFolderTests {
    private static func withFolder(grid: String?, _ body: (String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            for (name, rows) in [("a", 4), ("b c", 6)] {
                let sequence = FeatureExamples.sequence(name, length: rows)
                try NpyFile.write(sequence.features, to: folder.appendingPathComponent(name + ".npy").path)
            }
            if let grid { try Data(grid.utf8).write(to: folder.appendingPathComponent("grid.json")) }
            try body(folder.path)
        }
    }

    @Test("videos are read with their own grid or the common one")
    func reading() throws {
        let grid = #"""
            {"*": {"fps": 29.97, "stride_frames": 16, "window_frames": 32},
             "a": {"fps": 25, "stride_frames": 4.5, "window_frames": 16, "duration_seconds": 12.25}}
            """#
        try Self.withFolder(grid: grid) { path in
            let source = try FeatureSources.open(path)
            #expect(source.videos == ["a", "b c"])
            #expect(source.origin == nil)
            let own = try source.sequence(for: "a")
            #expect(own.features.elements == FeatureExamples.sequence("a", length: 4).features.elements)
            #expect(own.grid == SnippetGrid(frameRateNumerator: 25, strideFrames: 4.5, windowFrames: 16))
            #expect(own.durationSeconds == 12.25)
            let common = try source.header(for: "b c")
            #expect(common.length == 6 && common.channels == 3 && common.durationSeconds == nil)
            #expect(common.grid.framesPerSecond == 29.97)
            #expect(throws: FeatureError.self) { try source.sequence(for: "../a") }
        }
    }

    @Test(
        "a missing or senseless grid is refused and named",
        arguments: [
            nil, "", "[]", "{}", #"{"*": {"fps": 25, "stride_frames": 4}}"#,
            #"{"*": {"fps": "fast", "stride_frames": 4, "window_frames": 4}}"#,
            #"{"*": {"fps": 0, "stride_frames": 4, "window_frames": 4}}"#,
            #"{"*": {"fps": 25, "stride_frames": -4, "window_frames": 4}}"#,
            #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 4, "duration_seconds": 0}}"#,
            #"{"b c": {"fps": 25, "stride_frames": 4, "window_frames": 4}}"#,
        ])
    func badGrid(grid: String?) throws {
        try Self.withFolder(grid: grid) { path in
            let error = try #require(throws: FeatureError.self) { try NpyFolder(path).sequence(for: "a") }
            #expect(error.description.contains("grid.json"))
        }
    }

    @Test("arrays of other shapes and cut-off files are refused")
    func badArrays() throws {
        try Self.withFolder(grid: #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 4}}"#) { path in
            try NpyFile.write(Tensor.zeros([2, 2, 2]), to: path + "/cube.npy")
            try NpyFile.write(Tensor.zeros([0, 3]), to: path + "/empty.npy")
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path + "/text.npy"))
            let source = try NpyFolder(path)
            for video in ["cube", "empty", "text"] {
                #expect(throws: FeatureError.self) { try source.sequence(for: video) }
                #expect(throws: FeatureError.self) { try source.header(for: video) }
            }
        }
        try TemporaryFolder.with { folder in
            _ = #expect(throws: FeatureError.self) { try NpyFolder(folder.path) }
        }
    }

    @Test(
        "frame rates become the simplest fraction",
        arguments: [
            (25.0, 25, 1), (29.97, 2997, 100), (30000.0 / 1001, 30000, 1001), (24000.0 / 1001, 24000, 1001),
            (0.5, 1, 2),
            (12.5, 25, 2), (100_000, 100_000, 1),
        ])
    func fractions(value: Double, numerator: Int, denominator: Int) throws {
        let fraction = try #require(NpyFolder.fraction(of: value))
        #expect(fraction == (numerator, denominator))
    }

    @Test("any frame rate in range is kept to a part in a billion")
    func anyFraction() throws {
        var generator = RandomGenerator(seed: 5)
        for _ in 0..<2000 {
            let value = exp(generator.uniform(-6.9, 11.5))
            let fraction = try #require(NpyFolder.fraction(of: value))
            let error = abs(Double(fraction.numerator) / Double(fraction.denominator) / value - 1)
            #expect(error < 1e-9 && fraction.denominator > 0)
        }
        #expect(NpyFolder.fraction(of: .nan) == nil && NpyFolder.fraction(of: -1) == nil)
    }
}
