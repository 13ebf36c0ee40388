import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("the feature store")
struct FeatureStoreTests {
    @Test("what is written is read back", arguments: FeaturePrecision.allCases, [1, 7, 500])
    func roundTrip(precision: FeaturePrecision, length: Int) throws {
        try FeatureExamples.withStorePath { path in
            let written = FeatureExamples.sequence("a video", length: length, channels: 40)
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin, precision: precision)
            try writer.write(written, frameCount: 99, sourceSHA256: "00ff")
            try writer.close()

            let store = try FeatureStore(path)
            #expect(store.videos == ["a video"])
            #expect(store.incompleteVideos.isEmpty)
            #expect(store.origin == FeatureExamples.origin)
            #expect(try store.precision(of: "a video") == precision)
            let read = try store.sequence(for: "a video")
            let expected =
                precision == .float32
                ? written.features.elements
                : written.features.elements.map { HalfPrecision.float(HalfPrecision.bits($0)) }
            #expect(read.features.shape == [length, 40])
            #expect(read.features.elements == expected)
            #expect(read.grid == written.grid)
            #expect(read.durationSeconds == written.durationSeconds)
            let header = try store.header(for: "a video")
            #expect(header.length == length && header.channels == 40)
            #expect(header.frameCount == 99 && header.sourceSHA256 == "00ff")
        }
    }

    @Test("some rows are read, also across chunks and from a part", arguments: FeaturePrecision.allCases)
    func someRows(precision: FeaturePrecision) throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin, precision: precision)
            try writer.write(FeatureExamples.sequence("v", length: 500, channels: 40))
            func check() throws {
                let store = try FeatureStore(path)
                let whole = try store.sequence(for: "v").features
                for range in [0..<500, 63..<66, 0..<1, 499..<500, 7..<7] {
                    let part = try store.part(range, of: "v")
                    #expect(part.shape == [range.count, 40])
                    #expect(part.elements == whole.slice(axis: 0, range).elements)
                }
                #expect(throws: FeatureError.self) { try store.part(499..<501, of: "v") }
                #expect(throws: FeatureError.self) { try store.part(0..<1, of: "w") }
            }
            try check()
            try writer.close()
            try check()
        }
    }

    @Test("rows may come in pieces of any size")
    func pieces() throws {
        try FeatureExamples.withStorePath { path in
            let whole = FeatureExamples.sequence("v", length: 97, channels: 700)
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            let video = try writer.begin("v", channels: 700, grid: whole.grid)
            let elements = whole.features.elements
            var row = 0
            for count in [0, 1, 40, 3, 53] {
                let piece = Array(elements[row * 700..<(row + count) * 700])
                try video.append(Tensor(piece, shape: [count, 700]))
                row += count
            }
            #expect(video.length == 97)
            try video.finish(durationSeconds: nil)
            let read = try FeatureStore(path).sequence(for: "v")
            #expect(read.features.elements == elements)
            #expect(read.durationSeconds == nil)
        }
    }

    @Test(
        "any text is the id of a video",
        arguments: [
            "plain", "with space", "dots.and.mp4", ".", "..", "a/b", "/", "//x/", "nul\0inside", "Ünïcödé 漢字 🎬", "100%",
            "%2F",
            "%%2F/", "a%2", "%25", "line\nfeed", "-dash", "../../etc/passwd", String(repeating: "x", count: 1024),
        ])
    func names(video: String) throws {
        let name = try VideoName.encode(video)
        #expect(VideoName.decode(name) == video)
        #expect(!name.contains("/") && !name.contains("\0") && name != ".")
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence(video))
            #expect(try FeatureStore(path).videos == [video])
            try writer.close()
            let store = try FeatureStore(path)
            #expect(store.videos == [video])
            #expect(
                try store.sequence(for: video).features.elements == FeatureExamples.sequence(video).features.elements)
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["features.h5"])
        }
    }

    @Test("escaping of ids is reversible, and different ids have different names")
    func escapingIsReversible() throws {
        var generator = RandomGenerator(seed: 3)
        let alphabet = Array("%%%2F05E./\0é")
        var names: [String: String] = [:]
        for _ in 0..<20_000 {
            let length = generator.integer(in: 1...8)
            let video = String((0..<length).map { _ in alphabet[generator.integer(in: 0...alphabet.count - 1)] })
            let name = try VideoName.encode(video)
            #expect(VideoName.decode(name) == video)
            #expect(names[name, default: video] == video)
            names[name] = video
        }
    }

    @Test("empty and overlong ids are refused", arguments: ["", String(repeating: "y", count: 1025)])
    func refusedNames(video: String) {
        #expect(throws: FeatureError.self) { try VideoName.encode(video) }
    }

    @Test("a video that is not there is named")
    func unknownVideo() throws {
        try FeatureExamples.withStorePath { path in
            try FeatureStoreWriter(path, origin: FeatureExamples.origin).close()
            let store = try FeatureStore(path)
            #expect(store.videos.isEmpty)
            #expect(throws: FeatureError.unknownVideo(path: path, video: "x")) { try store.sequence(for: "x") }
        }
    }

    @Test("features that are not finite are refused with their place")
    func notFinite() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            var sequence = FeatureExamples.sequence("v")
            sequence.features = Tensor([0, 1, 2, .nan], shape: [2, 2])
            try writer.write(sequence)
            let error = try #require(throws: FeatureError.self) { try FeatureStore(path).sequence(for: "v") }
            #expect(error.description.contains("row 1, channel 1"))
        }
    }

    @Test("files that are no stores are refused", arguments: ["", "not HDF5 at all", "\u{89}HDF\r\n\u{1A}\n"])
    func noStore(content: String) throws {
        try FeatureExamples.withStorePath { path in
            try Data(content.utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: FeatureError.self) { try FeatureStore(path) }
            #expect(throws: FeatureError.self) { try FeatureStoreWriter(path, origin: FeatureExamples.origin) }
            #expect(FileManager.default.contents(atPath: path) == Data(content.utf8))
            #expect(!FileManager.default.fileExists(atPath: path + ".parts"))
        }
        #expect(throws: FileError.missing(path: "/no/such.h5")) { try FeatureStore("/no/such.h5") }
        #expect(throws: FileError.self) { try FeatureStoreWriter("/no/such.h5", origin: FeatureExamples.origin) }
    }

    @Test("an HDF5 file of something else is refused")
    func otherHDF5() throws {
        try FeatureExamples.withStorePath { path in
            _ = try HDF5File(path, .creating).root().makeGroup("videos")
            #expect(throws: FeatureError.self) { try FeatureStore(path) }
        }
    }

    @Test("a video without the mark of completeness is listed apart and redone")
    func incomplete() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("whole"))
            try writer.close()
            do {
                let videos = try HDF5File(path, .changing).root().group("videos")
                let group = try videos.makeGroup("half")
                _ = try group.makeDataset("features", columns: 3, precision: .float32)
            }
            let store = try FeatureStore(path)
            #expect(store.videos == ["whole"])
            #expect(store.incompleteVideos == ["half"])
            #expect(throws: FeatureError.self) { try store.sequence(for: "half") }

            let again = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            #expect(again.complete.contains("whole") && !again.complete.contains("half"))
            try again.write(FeatureExamples.sequence("half"))
            try again.close()
            #expect(try FeatureStore(path).videos == ["half", "whole"])
        }
    }

    @Test("a changed byte of the features is noticed")
    func checksum() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            try writer.write(FeatureExamples.sequence("v", length: 50, channels: 64))
            try writer.close()
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            let needle = FeatureExamples.sequence("v", length: 50, channels: 64).features.elements.prefix(8)
                .withUnsafeBytes { Data($0) }
            let place = try #require(data.range(of: needle)).lowerBound
            data[place + 400] ^= 0x10
            try data.write(to: URL(fileURLWithPath: path))
            let error = try #require(throws: FeatureError.self) { try FeatureStore(path).sequence(for: "v") }
            #expect(error.description.contains("Fletcher32"))
        }
    }

    @Test("every truncation gives an error or the right features")
    func truncated() throws {
        try FeatureExamples.withStorePath { path in
            let writer = try FeatureStoreWriter(path, origin: FeatureExamples.origin)
            let expected = FeatureExamples.sequence("v", length: 10, channels: 20)
            try writer.write(expected)
            try writer.close()
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            var refused = 0
            for count in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
                try whole.prefix(count).write(to: URL(fileURLWithPath: path))
                do {
                    let read = try FeatureStore(path).sequence(for: "v")
                    #expect(read.features.elements == expected.features.elements)
                } catch is FeatureError {
                    refused += 1
                }
            }
            #expect(refused > 90)
        }
    }

    @Test("a shape without data behind it is refused before memory is taken")
    func hugeShape() throws {
        try FeatureExamples.withStorePath { path in
            do {
                let videos = try StoreLayout.writeSkeleton(
                    FeatureExamples.origin, into: HDF5File(path, .creating).root())
                let group = try videos.makeGroup("v")
                let dataset = try group.makeDataset("features", columns: 1 << 16, precision: .float32)
                try dataset.extend(to: 1 << 40, columns: 1 << 16)
                try group.setInteger("complete", 1)
            }
            #expect(throws: FeatureError.self) { try FeatureStore(path).sequence(for: "v") }
        }
    }
}
