import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("arrays of others")
struct ArrayFeaturesTests {
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

    @Test("of npy files only the part that is asked for is read; of others, a part of all")
    func parts() throws {
        let grid = #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 16}}"#
        func check(_ source: any FeatureSource) throws {
            for video in source.videos {
                let whole = try source.sequence(for: video).features, length = whole.shape[0]
                for range in [0..<length, 1..<3, length - 1..<length] {
                    let part = try source.part(range, of: video)
                    #expect(part.shape == [range.count, 3])
                    #expect(part.elements == whole.slice(axis: 0, range).elements)
                }
                #expect {
                    try source.part(0..<length + 1, of: video)
                } throws: {
                    "\($0)".contains("there are fewer of them than when the f")
                }
            }
        }
        try Self.withFolder(grid: grid) { path in
            let source = try FeatureSources.open(path)
            #expect(source.readsParts)
            try check(source)
            // The arrays of others may have axes of length 1.
            try NpyFile.write(
                FeatureExamples.sequence("d", length: 5).features.reshaped([1, 5, 1, 3]), to: path + "/d.npy")
            try check(FeatureSources.open(path))
            var values = FeatureExamples.sequence("e", length: 5).features.elements
            values[3 * 3 + 2] = .nan
            try NpyFile.write(Tensor(values, shape: [5, 3]), to: path + "/e.npy")
            let damaged = try FeatureSources.open(path)
            #expect(try damaged.part(0..<3, of: "e").shape == [3, 3])
            #expect { try damaged.part(2..<5, of: "e") } throws: { "\($0)".contains("row 3, channel 2") }
        }
        try Self.withFolder(grid: grid) { path in
            try Data("1,2,3\n4,5,6\n7,8,9\n".utf8).write(to: URL(fileURLWithPath: path + "/c.csv"))
            let source = try FeatureSources.open(path)
            #expect(!source.readsParts)
            try check(source)
        }
        try TemporaryFolder.with { folder in
            for (name, rows) in [("a", 4), ("b", 6)] {
                let turned = FeatureExamples.sequence(name, length: rows).features.transposed([1, 0])
                try NpyFile.write(turned, to: folder.appendingPathComponent(name + ".npy").path)
            }
            try Data(grid.utf8).write(to: folder.appendingPathComponent("grid.json"))
            let source = try FeatureSources.open(folder.path)
            #expect(!source.readsParts)
            try check(source)
        }
    }

    @Test("two files of one name: another format is left out with a word, another form of Unicode is an error")
    func filesTwice() throws {
        try TemporaryFolder.with { folder in
            try Data(#"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 16}}"#.utf8)
                .write(to: folder.appendingPathComponent("grid.json"))
            try NpyFile.write(Tensor.ones([4, 3]), to: folder.appendingPathComponent("a.npy").path)
            try Data("1,2,3\n".utf8).write(to: folder.appendingPathComponent("a.csv"))
            let source = try ArrayFeatures(folder: folder.path)
            #expect(source.videos == ["a"] && source.notices.map(\.kind) == ["features-twice"])
            #expect(try source.header(for: "a").length == 4)
            for name in ["\u{E4}", "a\u{308}"] {
                try Data("1,2,3\n".utf8).write(to: folder.appendingPathComponent(name + ".csv"))
            }
            // A file system may take both for one.
            guard try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 5 else { return }
            #expect(throws: FeatureError.self) { try ArrayFeatures(folder: folder.path) }
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
            #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 4, "offset_frames": 8}}"#,
            #"{"sufix": "_x", "*": {"fps": 25, "stride_frames": 4, "window_frames": 4}}"#,
            #"{"prefix": "zz", "*": {"fps": 25, "stride_frames": 4, "window_frames": 4}}"#,
            #"{"b c": {"fps": 25, "stride_frames": 4, "window_frames": 4}}"#,
        ])
    func badGrid(grid: String?) throws {
        try Self.withFolder(grid: grid) { path in
            let error = try #require(throws: (any Error).self) { try ArrayFeatures(folder: path).sequence(for: "a") }
            #expect("\(error)".contains("grid.json"))
            if grid == nil { #expect("\(error)".contains("there is no such file")) }
        }
    }

    @Test("arrays of other shapes and cut-off files are refused")
    func badArrays() throws {
        try Self.withFolder(grid: #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 4}}"#) { path in
            try NpyFile.write(Tensor.zeros([2, 2, 2]), to: path + "/cube.npy")
            try NpyFile.write(Tensor.zeros([0, 3]), to: path + "/empty.npy")
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path + "/text.npy"))
            let source = try ArrayFeatures(folder: path)
            for video in ["cube", "empty", "text"] {
                #expect(throws: FeatureError.self) { try source.sequence(for: video) }
                #expect(throws: FeatureError.self) { try source.header(for: video) }
            }
        }
        try TemporaryFolder.with { folder in
            _ = #expect(throws: FeatureError.self) { try ArrayFeatures(folder: folder.path) }
        }
    }

    @Test("a grid with a key given twice is refused, because readers differ in which counts")
    func repeatedKey() throws {
        try Self.withFolder(grid: #"{"*": {"fps": 25, "fps": 5, "stride_frames": 4, "window_frames": 4}}"#) { path in
            try NpyFile.write(Tensor.zeros([2, 2]), to: path + "/v.npy")
            #expect {
                try ArrayFeatures(folder: path)
            } throws: {
                "\($0)".contains("'fps' is given twice")
            }
        }
    }

    @Test("what is neither HDF5 nor a folder is refused in those words", arguments: ["{}", "training:\n  epochs: 3\n"])
    func noFeatures(text: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("features.h5").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect {
                try FeatureSources.open(path)
            } throws: {
                "\($0)".contains("no HDF5 file")
            }
        }
    }

    @Test("one file of arrays says what it holds")
    func oneFile() throws {
        func entry(_ name: String, _ shape: [Int]) -> ArrayFile.Entry { ArrayFile.Entry(name: name, shape: shape) }
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/features").path
        let archive = try #require(try ArrayFile.describe(fixtures + "/one.npz"))
        #expect(archive.kind == "npz archive" && archive.entries.count == 1)
        let saved = try #require(try ArrayFile.describe(fixtures + "/dictionary.pkl"))
        #expect(saved.kind == "PyTorch file or pickle" && !saved.entries.isEmpty)
        #expect(saved.entries.contains { $0.name.hasSuffix("features") && $0.shape.count == 2 }, "\(saved.entries)")
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("v.csv").path
            try Data("1,2,3\n4,5,6\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(try ArrayFile.describe(path)?.entries == [entry("", [2, 3])])
            try Data("no table".utf8).write(to: URL(fileURLWithPath: path))
            #expect(try ArrayFile.describe(path) == nil)
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
        let fraction = try #require(FeatureGridFile.fraction(of: value))
        #expect(fraction == (numerator, denominator))
    }

    @Test("any frame rate in range is kept to a part in a billion")
    func anyFraction() throws {
        var generator = RandomGenerator(seed: 5)
        for _ in 0..<2000 {
            let value = exp(generator.uniform(-6.9, 11.5))
            let fraction = try #require(FeatureGridFile.fraction(of: value))
            let error = abs(Double(fraction.numerator) / Double(fraction.denominator) / value - 1)
            #expect(error < 1e-9 && fraction.denominator > 0)
        }
        #expect(FeatureGridFile.fraction(of: .nan) == nil && FeatureGridFile.fraction(of: -1) == nil)
    }

    // MARK: - Formats and layouts

    private static let grid = #"{"*": {"fps": 25, "stride_frames": 4, "window_frames": 16}}"#

    /// A folder with files from the fixtures and a grid.
    @discardableResult
    private static func withFiles<Result>(
        _ files: [String: String], grid: String = grid, _ body: (String) throws -> Result
    ) throws -> Result {
        try TemporaryFolder.with { folder in
            for (name, fixture) in files {
                try FileManager.default.copyItem(
                    at: Fixture.url("features/\(fixture)"), to: folder.appendingPathComponent(name))
            }
            try Data(grid.utf8).write(to: folder.appendingPathComponent("grid.json"))
            return try body(folder.path)
        }
    }

    @Test(
        "files of arrays of every kind",
        arguments: [
            ("v.npz", "one.npz"), ("v.npz", "several.npz"), ("v.pkl", "array-2.pkl"), ("v.pkl", "array-5.pkl"),
            ("v.pickle", "dictionary.pkl"), ("v.pt", "turned.pkl"),
        ])
    func formats(name: String, fixture: String) throws {
        try Self.withFiles([name: fixture]) { path in
            let source = try FeatureSources.open(path)
            #expect(source.videos == ["v"] && source.notices.isEmpty)
            let header = try source.header(for: "v")
            #expect(header.length == 4 && header.channels == 3)
            let sequence = try source.sequence(for: "v")
            #expect(sequence.features.elements == (0..<12).map { Float($0) / 8 })
            #expect(sequence.path == path && sequence.origin == nil)
        }
    }

    @Test(
        "what is in a file that cannot be used is said",
        arguments: [("v.npz", "unclear.npz", "a, b"), ("v.pkl", "call.pkl", "print")])
    func unusable(name: String, fixture: String, problem: String) throws {
        try Self.withFiles([name: fixture]) { path in
            #expect {
                try FeatureSources.open(path).sequence(for: "v")
            } throws: {
                "\($0)".contains(problem)
            }
        }
    }

    @Test(
        "text with and without names, with any separator",
        arguments: [
            "f0,f1,f2\n0.5,1,-2\n3,4e0,5\n", "0.5,1,-2\n3,4,5", "0.5 1  -2\r\n3 4 5\r\n", "0.5;1;-2\n3;4;5\n\n",
            "0.5\t1\t-2\n3\t4\t5\n", ",0,1,2\n0,0.5,1,-2\n1,3,4,5\n", "0.5,1,-2\r3,4,5\r", "0,1,2\n0.5,1,-2\n3,4,5\n",
            "\u{FEFF}a,b,c\n0.5,1,-2\n3,4,5",
        ])
    func text(content: String) throws {
        try TemporaryFolder.with { folder in
            try Data(content.utf8).write(to: folder.appendingPathComponent("v.csv"))
            let tensor = try CSVArray.read(folder.path + "/v.csv")
            #expect(tensor.shape == [2, 3] && tensor.elements == [0.5, 1, -2, 3, 4, 5])
        }
    }

    @Test(
        "text that is no table is refused with its line",
        arguments: [
            "", "a,b\n", "1,2\n3\n", "1,2\nx,y\n", "2,3\n1,\n", "1 2\n3x4\n", "1,2\n0x10,4\n", "1,5;2,5\n3,5;4,5\n",
            String(repeating: "1 ", count: CSVArray.mostColumns + 1),
        ])
    func noTable(content: String) throws {
        try TemporaryFolder.with { folder in
            try Data(content.utf8).write(to: folder.appendingPathComponent("v.csv"))
            #expect(throws: ArrayFailure.self) { try CSVArray.read(folder.path + "/v.csv") }
        }
    }

    @Test(
        "axes of length 1 are squeezed",
        arguments: [
            ([7, 3], [7, 3]), ([1, 7, 3], [7, 3]), ([7, 1, 1, 3], [7, 3]), ([7, 3, 1, 1], [7, 3]),
            ([1, 1, 3], [1, 3]),
            ([7, 1, 1], [7, 1]), ([1, 3], [1, 3]), ([1, 1, 1], [1, 1]),
        ])
    func squeezed(shape: [Int], expected: [Int]) throws {
        let brought = try FeatureShape(shape)
        #expect([brought.first, brought.second] == expected)
    }

    @Test("other shapes are refused", arguments: [[], [5], [2, 3, 4], [0, 3], [1, 2, 3, 4]])
    func otherShapes(shape: [Int]) { #expect(throws: ArrayFailure.self) { try FeatureShape(shape) } }

    @Test("arrays with the channels first are told from their shapes, by the grid's word, or by durations")
    func channelsFirst() throws {
        func shapes(_ list: [[Int]]) throws -> [FeatureShape] { try list.map { try FeatureShape($0) } }
        let none: [Double?] = [nil, nil]
        #expect(try ArrayFeatures.layout(of: shapes([[9, 3], [7, 3]]), expectedLengths: none) == .timeFirst)
        #expect(try ArrayFeatures.layout(of: shapes([[3, 9], [3, 7]]), expectedLengths: none) == .channelsFirst)
        #expect(try ArrayFeatures.layout(of: shapes([[3, 9], [3, 9]]), expectedLengths: none) == .timeFirst)
        #expect(
            try ArrayFeatures.layout(of: shapes([[3, 9], [3, 9]]), expectedLengths: [9.2, 8.9]) == .channelsFirst)
        #expect(try ArrayFeatures.layout(of: shapes([[3, 90]]), expectedLengths: [30]) == .timeFirst)

        for layout in ["", #""layout": "channels-first","#] {
            try TemporaryFolder.with { folder in
                let expected = FeatureExamples.sequence("a", length: 5)
                try NpyFile.write(expected.features.transposed([1, 0]), to: folder.path + "/a.npy")
                try NpyFile.write(Tensor.ones([3, 8]), to: folder.path + "/b.npy")
                let grid = "{\(layout) \"*\": {\"fps\": 25, \"stride_frames\": 4, \"window_frames\": 16}}"
                try Data(grid.utf8).write(to: folder.appendingPathComponent("grid.json"))
                let source = try FeatureSources.open(folder.path)
                #expect(try source.sequence(for: "a").features.elements == expected.features.elements)
                #expect(try source.header(for: "b").length == 8)
                #expect(source.notices.map(\.kind) == (layout.isEmpty ? ["features-turned"] : []))
            }
        }
    }

    @Test("prefix, suffix and frame rates of the annotations")
    func declared() throws {
        let grid = #"""
            {"prefix": "v_", "*": {"fps": "annotations", "stride_frames": 4, "window_frames": 16, "suffix": "-rgb"}}
            """#
        try Self.withFiles(["v_a-rgb.npz": "one.npz", "v_a-flow.npz": "one.npz", "b-rgb.npz": "one.npz"], grid: grid) {
            path in
            let source = try FeatureSources.open([path], facts: ["a": VideoFacts(framesPerSecond: 12.5)])
            #expect(source.videos == ["a", "b"])
            #expect(try source.header(for: "a").grid.framesPerSecond == 12.5)
            #expect {
                try source.header(for: "b")
            } throws: {
                "\($0)".contains("annotations")
            }
        }
    }

    @Test("a grid without a star serves every video")
    func plainGrid() throws {
        try Self.withFiles(["a.npz": "one.npz"], grid: #"{"fps": 10, "stride_frames": 2, "window_frames": 4}"#) {
            path in
            let header = try FeatureSources.open(path).header(for: "a")
            #expect(header.grid == SnippetGrid(frameRateNumerator: 10, strideFrames: 2, windowFrames: 4))
        }
    }

    @Test("a folder of something else says what it holds and what to do")
    func otherFiles() throws {
        try TemporaryFolder.with { folder in
            for name in ["a.mat", "b.mat", "readme"] { try Data().write(to: folder.appendingPathComponent(name)) }
            #expect {
                try FeatureSources.open(folder.path)
            } throws: {
                "\($0)".contains("2 .mat files") && "\($0)".contains("numpy.save")
            }
        }
    }

    // MARK: - HDF5 of others

    @discardableResult
    private static func withHDF5<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("\(name).h5").path
            try FileManager.default.copyItem(atPath: Fixture.url("features/\(name).h5").path, toPath: path)
            try Data(grid.utf8).write(to: folder.appendingPathComponent("\(name).grid.json"))
            return try body(path)
        }
    }

    @Test(
        "a data set or a group for each video, at the root or one level below",
        arguments: ["flat", "turned", "groups", "nested", "links"])
    func hdf5(name: String) throws {
        try Self.withHDF5(name) { path in
            let facts = ["a": VideoFacts(), "b": VideoFacts(), "c": VideoFacts()]
            let source = try FeatureSources.open([path], facts: facts)
            #expect(source.videos == ["a", "b", "c"])
            for (video, length) in [("a", 4), ("b", 6), ("c", 5)] {
                let sequence = try source.sequence(for: video)
                #expect(sequence.video == video && sequence.features.shape == [length, 3])
                #expect(sequence.features.elements == (0..<3 * length).map { Float($0) / 8 })
            }
            let expected = ["turned": "features-turned", "groups": "features-renamed", "links": "features-links"]
            #expect(source.notices.map(\.kind) == [expected[name]].compactMap(\.self))
            if name == "links" { #expect(source.notices[0].examples == ["d", "e"]) }
        }
    }

    @Test("a data set that expands without measure is refused before memory is taken")
    func bomb() throws {
        try Self.withHDF5("bomb") { path in
            #expect {
                try FeatureSources.open(path).sequence(for: "a")
            } throws: {
                "\($0)".contains("expands without measure")
            }
        }
    }

    @Test("without a grid the error shows one")
    func noGrid() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("flat.h5").path
            try FileManager.default.copyItem(atPath: Fixture.url("features/flat.h5").path, toPath: path)
            #expect {
                try FeatureSources.open(path)
            } throws: {
                "\($0)".contains("flat.grid.json") && "\($0)".contains("stride_frames")
            }
        }
    }
}

@Suite("names of videos on both sides")
struct NamedFeaturesTests {
    private static func withNamed(
        _ ids: [String], as wanted: [String], _ body: (any FeatureSource) throws -> Void
    ) throws {
        try TemporaryFolder.with { folder in
            for id in ids { try NpyFile.write(FeatureExamples.sequence("x").features, to: folder.path + "/\(id).npy") }
            try Data(#"{"fps": 10, "stride_frames": 2, "window_frames": 4}"#.utf8)
                .write(to: folder.appendingPathComponent("grid.json"))
            let facts = Dictionary(uniqueKeysWithValues: wanted.map { ($0, VideoFacts()) })
            try body(FeatureSources.open([folder.path], facts: facts))
        }
    }

    @Test(
        "a 'v_' and a file extension on either side, and any form of Unicode",
        arguments: [
            ("v_one", "one"), ("one", "v_one"), ("one.mp4", "one"), ("one", "one.mkv"), ("v_one", "one.mp4"),
            ("v_one.MP4", "one"), ("e\u{301}te\u{301}", "\u{E9}t\u{E9}"), ("one", "one"),
        ])
    func matched(id: String, wanted: String) throws {
        try Self.withNamed([id, "other"], as: [wanted, "unknown"]) { source in
            #expect(Set(source.videos) == [wanted, "other"])
            let video = try source.sequence(for: wanted).video
            #expect(video == wanted)
            #expect(source.notices.map(\.kind) == (id == wanted ? [] : ["features-renamed"]))
        }
    }

    @Test("an id that is there is never taken for another")
    func exact() throws {
        try Self.withNamed(["one", "v_one"], as: ["one"]) { source in
            #expect(source.videos == ["one", "v_one"] && source.notices.isEmpty)
        }
    }

    @Test("where nothing matches, both sides are shown, and the suffix that is in the way")
    func unmatched() throws {
        try Self.withNamed(["one-rgb", "two-rgb"], as: ["one", "two", "three"]) { source in
            let notice = try #require(source.notices.first)
            #expect(notice.kind == "features-unmatched" && notice.description.contains("'one-rgb'"))
            #expect(notice.description.contains("\"suffix\": \"-rgb\""))
        }
    }

    @Test("a store finds a video by another form of its name")
    func store() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("e\u{301}te\u{301}"))
            try writer.close()
            let sequence = try FeatureStore(path).sequence(for: "\u{E9}t\u{E9}")
            #expect(sequence.length == 5 && sequence.origin == FeatureExamples.origin && sequence.path == path)
        }
    }
}
