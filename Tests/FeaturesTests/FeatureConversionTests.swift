import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

struct FeatureConversionTests {
    /// Features in memory.
    private struct Memory: FeatureSource {
        var path = "memory"
        var origin: FeatureOrigin?
        var sequences: [FeatureSequence]
        var videos: [String] { sequences.map(\.video) }

        func sequence(for video: String) throws -> FeatureSequence {
            guard let found = sequences.first(where: { $0.video == video }) else {
                throw FeatureError.unknownVideo(path: path, video: video)
            }
            return found
        }

        func header(for video: String) throws -> FeatureHeader {
            let sequence = try sequence(for: video)
            return FeatureHeader(length: sequence.features.shape[0], channels: 3, grid: sequence.grid)
        }
    }

    private static let ntsc = SnippetGrid(
        frameRateNumerator: 30_000, frameRateDenominator: 1001, strideFrames: 4.5, windowFrames: 16)

    private static func source(_ ids: [String], durations: Bool = true) -> Memory {
        Memory(
            sequences: ids.enumerated().map { number, id in
                let length = 3 + number
                let values = (0..<(length * 3)).map { Float($0 * 7 % 11) / 3 + Float(number) }
                return FeatureSequence(
                    video: id, features: Tensor(values, shape: [length, 3]), grid: ntsc,
                    durationSeconds: durations ? 12.25 + Double(number) : nil)
            })
    }

    @Test(
        "every layout gives back the same values, grids and durations", arguments: FeatureConversion.Layout.allCases,
        [true, false])
    func roundTrip(layout: FeatureConversion.Layout, hasDurations: Bool) throws {
        let source = Self.source(["a", "été", "v 1"], durations: hasDurations)
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent(layout == .hdf5 ? "x.h5" : "out").path
            let report = try FeatureConversion.write(source, as: layout, to: path)
            #expect(report.videos == 3 && report.vectors == 3 + 4 + 5 && report.notices.isEmpty)
            let read = try FeatureSources.open(path)
            #expect(read.videos == ["a", "v 1", "été"])
            for sequence in source.sequences {
                let found = try read.sequence(for: sequence.video)
                #expect(found.features.elements == sequence.features.elements)
                #expect(found.features.shape == sequence.features.shape)
                #expect(found.grid == Self.ntsc && found.durationSeconds == sequence.durationSeconds)
            }
        }
    }

    @Test("no videos give a grid that is JSON", arguments: FeatureConversion.Layout.allCases)
    func empty(layout: FeatureConversion.Layout) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent(layout == .hdf5 ? "x.h5" : "out").path
            #expect(try FeatureConversion.write(Self.source([]), as: layout, to: path).videos == 0)
            let grid = layout == .hdf5 ? folder.appendingPathComponent("x.grid.json").path : path + "/grid.json"
            let data = try Data(contentsOf: URL(fileURLWithPath: grid))
            #expect(try JSONSerialization.jsonObject(with: data) as? [String: String] == ["layout": "time-first"])
        }
    }

    @Test("the array of an npz is called feats, and equal arrays are equal bytes")
    func npz() throws {
        try TemporaryFolder.with { folder in
            let paths = ["one", "two"].map { folder.appendingPathComponent($0).path }
            for path in paths { _ = try FeatureConversion.write(Self.source(["a"]), as: .npz, to: path) }
            #expect(try NpzFile(path: paths[0] + "/a.npz").names == ["feats"])
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: paths[0] + "/a.npz"))
                    == Data(contentsOf: URL(fileURLWithPath: paths[1] + "/a.npz")))
        }
    }

    @Test("ids never leave the folder; two that would be one file are refused; a folder in use too")
    func names() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("out").path
            let report = try FeatureConversion.write(Self.source(["c/a", "b"]), as: .npy, to: path)
            #expect(report.notices.map(\.examples) == [["c/a is c_a"]])
            #expect(try FeatureSources.open(path).videos == ["b", "c_a"])
            #expect(throws: FileError.self) { try FeatureConversion.write(Self.source(["b"]), as: .npy, to: path) }
            for ids in [["../x"], [".."], [""], ["a\nb"], ["a/b", "a_b"], ["été", "E\u{301}te\u{301}"]] {
                let other = folder.appendingPathComponent("other").path
                #expect(throws: FeatureError.self) {
                    try FeatureConversion.write(Self.source(ids), as: .npy, to: other)
                }
                #expect(!FileManager.default.fileExists(atPath: other))
            }
        }
    }

    @Test("one process writes an HDF5 file at a time, over no extraction, and clears away what a killed one left")
    func locks() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("x.h5").path, parts = path + ".parts"
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(throws: FileError.inUse(path: path, process: Int(getpid()))) {
                try FeatureConversion.write(Self.source(["a"]), as: .hdf5, to: path)
            }
            try writer.write(FeatureExamples.sequence("a"))
            try writer.close()
            do {
                let killed = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
                try killed.write(FeatureExamples.sequence("b"))
            }
            let error = #expect(throws: FileError.self) {
                try FeatureConversion.write(Self.source(["a"]), as: .hdf5, to: path)
            }
            #expect("\(try #require(error))".contains("not in the file yet"))
            #expect(try FeatureStore(path).videos == ["a", "b"])
            try FeatureStoreWriter(path, origin: FeatureExamples.origin).close()
            try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(fileURLWithPath: parts + "/store.0123.tmp"))
            #expect(try FeatureConversion.write(Self.source(["a", "c"]), as: .hdf5, to: path).videos == 2)
            #expect(try FeatureSources.open(path).videos == ["a", "c"])
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(left) == ["x.h5", "x.grid.json"])
        }
    }

    @Test("a source that fails leaves no file that looks whole")
    func fails() throws {
        var source = Self.source(["a", "b"])
        source.sequences[1].video = "b"
        struct Broken: FeatureSource {
            var inner: Memory
            var path: String { "broken" }
            var videos: [String] { ["a", "b"] }
            var origin: FeatureOrigin? { nil }
            func header(for video: String) throws -> FeatureHeader { try inner.header(for: video) }
            func sequence(for video: String) throws -> FeatureSequence {
                guard video == "a" else { throw FeatureError.damaged(path: path, video: video, reason: "x") }
                return try inner.sequence(for: video)
            }
        }
        try TemporaryFolder.with { folder in
            for layout in FeatureConversion.Layout.allCases {
                let path = folder.appendingPathComponent("\(layout)").path
                #expect(throws: FeatureError.self) {
                    try FeatureConversion.write(Broken(inner: source), as: layout, to: path)
                }
                #expect(throws: (any Error).self) { try FeatureSources.open(path) }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(left) == ["npy", "npz"])
        }
    }
}
