import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Features

@Suite("merging stores")
struct StoreMergeTests {
    private static let videos = (0..<23).map { "v\($0)" }

    private static func sequence(_ video: String) -> FeatureSequence {
        FeatureExamples.sequence(video, length: 3 + video.utf8.reduce(0) { $0 + Int($1) } % 90, channels: 7)
    }

    private static func write(
        _ videos: [String], to path: String, shard: StoreShard? = nil, origin: FeatureOrigin = FeatureExamples.origin,
        precision: FeaturePrecision = .float32, closes: Bool = true
    ) throws {
        let writer = try FeatureStoreWriter(path, origin: origin, precision: precision, shard: shard)
        for video in videos { try writer.write(sequence(video), frameCount: 9, sourceSHA256: "of \(video)") }
        if closes { try writer.close() }
    }

    private static func shard(_ index: Int, of count: Int, list: String = "list") -> StoreShard {
        let own = videos.indices.filter { $0 % count == index }.map { videos[$0] }.sorted()
        return StoreShard(index: index, count: count, listSHA256: list, listCount: videos.count, videos: own)
    }

    /// Writes the shards of the list.
    private static func writeShards(_ count: Int, in folder: String, precision: FeaturePrecision = .float32) throws
        -> [String]
    {
        try (0..<count).map { index in
            let path = "\(folder)/f.\(index)-of-\(count).h5"
            let shard = shard(index, of: count)
            try write(shard.videos, to: path, shard: shard, precision: precision)
            return path
        }
    }

    private static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test("merged shards are the store of a single process, byte by byte", arguments: FeaturePrecision.allCases)
    func sameBytes(precision: FeaturePrecision) throws {
        try TemporaryFolder.with { folder in
            let whole = folder.path + "/whole.h5"
            try Self.write(Self.videos, to: whole, precision: precision)
            let expected = try Self.bytes(whole)
            for count in [1, 2, 5, 30] {
                let shards = try Self.writeShards(count, in: folder.path, precision: precision)
                for (number, order) in [shards, shards.reversed()].enumerated() {
                    let out = folder.path + "/m\(count)-\(number).h5"
                    let report = try StoreMerge(order, into: out).run()
                    #expect(report.videoCount == 23 && report.bytes == expected.count && !report.wasComplete)
                    #expect(try Self.bytes(out) == expected)
                    #expect(!FileManager.default.fileExists(atPath: out + ".parts"))
                }
            }
            // The order in which videos came does not matter either.
            let other = folder.path + "/other.h5"
            try Self.write(Self.videos.reversed(), to: other, precision: precision)
            #expect(try Self.bytes(other) == expected)
        }
    }

    @Test("a store that is there keeps what it has; one that has all is not written again")
    func adding() throws {
        try TemporaryFolder.with { folder in
            let (a, b, out) = (folder.path + "/a.h5", folder.path + "/b.h5", folder.path + "/m.h5")
            try Self.write(Array(Self.videos[..<9]), to: a)
            // The second is still in parts.
            try Self.write(Array(Self.videos[9...]), to: b, closes: false)
            #expect(FileManager.default.fileExists(atPath: b + ".parts"))
            #expect(try StoreMerge([a], into: out).run().videoCount == 9)
            #expect(try Self.bytes(out) == Self.bytes(a))
            var progress: [[Int]] = []
            #expect(try StoreMerge([b], into: out).run { progress.append([$0, $1]) }.videoCount == 23)
            #expect(progress.first == [0, 23] && progress.last == [23, 23])
            let whole = folder.path + "/whole.h5"
            try Self.write(Self.videos, to: whole)
            #expect(try Self.bytes(out) == Self.bytes(whole))
            let before = FileIdentity(out)
            let again = try StoreMerge([a, b, out], into: out).run()
            #expect(again.wasComplete && again.repeated.count == 23 && FileIdentity(out) == before)
        }
    }

    @Test("what does not belong together is one error that names both sides, and nothing is written")
    func refused() throws {
        try TemporaryFolder.with { folder in
            let shards = try Self.writeShards(3, in: folder.path)
            let out = folder.path + "/m.h5"
            func refusal(_ stores: [String]) -> String {
                do {
                    _ = try StoreMerge(stores, into: out).run()
                    return "nothing"
                } catch {
                    return "\(error)"
                }
            }
            #expect(refusal([]) == "no feature store was named")
            #expect(refusal([shards[1]]) == "shards 0, 2 of 3 are missing beside \(shards[1])")
            #expect(refusal(shards + [shards[0]]) == "\(shards[0]) and \(shards[0]) are one store; name it once")
            #expect(refusal(shards + [folder.path + "/no.h5"]) == "\(folder.path)/no.h5: no such file or folder")

            let copy = folder.path + "/copy.h5"
            try FileManager.default.copyItem(atPath: shards[0], toPath: copy)
            #expect(
                refusal(shards + [copy]) == "\(shards[0]) and \(copy) are both for shard 0 of 3; name one of them")

            let otherList = folder.path + "/list.h5"
            try Self.write(["v0"], to: otherList, shard: Self.shard(0, of: 3, list: "another"))
            let text = refusal([otherList, shards[1], shards[2]])
            #expect(text.hasPrefix("\(otherList) and \(shards[1]) do not belong together: shard 0 of 3"))
            #expect(text.contains("SHA-256 another…") && text.contains("SHA-256 list…"))

            let otherEncoder = folder.path + "/encoder.h5"
            let origin = FeatureOrigin(encoder: "other", encoderConfiguration: "{}", weightsSHA256: "")
            try Self.write(["x"], to: otherEncoder, origin: origin)
            #expect(
                refusal(shards + [otherEncoder])
                    == "\(otherEncoder) and \(shards[0]) do not belong together: the first was made with the encoder 'other' "
                    + "and not 'test'")

            let changed = folder.path + "/changed.h5"
            let writer = try FeatureStoreWriter(changed, origin: FeatureExamples.origin)
            try writer.write(Self.sequence("v9"), frameCount: 9, sourceSHA256: "of v4")
            var other = Self.sequence("v9")
            other.video = "v4"
            try writer.write(other, frameCount: 9, sourceSHA256: "of v4")
            try writer.close()
            #expect(refusal(shards + [changed]).contains("and \(changed) have different features of 'v4'"))
            #expect(
                !FileManager.default.fileExists(atPath: out) && !FileManager.default.fileExists(atPath: out + ".parts"))

            let whole = folder.path + "/whole.h5"
            try Self.write(Self.videos, to: whole)
            #expect(throws: StoreSetError.outputIsShard(path: shards[0], shard: Self.shard(0, of: 3).description)) {
                try StoreMerge(shards, into: shards[0]).run()
            }
        }
    }

    @Test("a video that a shard lacks is missing, unless it is said that some may be")
    func gaps() throws {
        try TemporaryFolder.with { folder in
            let shards = try Self.writeShards(2, in: folder.path)
            let short = folder.path + "/short.h5", own = Self.shard(1, of: 2)
            try Self.write(Array(own.videos.dropLast()), to: short, shard: own)
            let out = folder.path + "/m.h5", last = try #require(own.videos.last)
            let expected = StoreSetError.missingVideos(store: short, count: 1, of: own.videos.count, examples: [last])
            #expect(throws: expected) { try StoreMerge([shards[0], short], into: out).run() }
            var merge = StoreMerge([shards[0], short], into: out)
            merge.allowsGaps = true
            let report = try merge.run()
            #expect(report.gaps == [expected] && report.videoCount == 22)
            merge.inputs = [shards[0]]
            merge.output = folder.path + "/half.h5"
            #expect(try merge.run().gaps == [.missingShards(indices: [1], count: 2, example: shards[0])])
            // A video that another store has is not missing, and one that two have is taken once.
            let extra = folder.path + "/extra.h5"
            try Self.write([last, own.videos[0]], to: extra)
            let full = try StoreMerge([shards[0], short, extra], into: folder.path + "/full.h5").run()
            #expect(full.gaps.isEmpty && full.videoCount == 23 && full.repeated == [own.videos[0]])
        }
    }

    @Test("damage is found before it is copied, and the output stays as it was")
    func damaged() throws {
        try TemporaryFolder.with { folder in
            let (a, b, out) = (folder.path + "/a.h5", folder.path + "/b.h5", folder.path + "/m.h5")
            try Self.write(["v0"], to: a)
            try Self.write(["v1"], to: b)
            #expect(try StoreMerge([a], into: out).run().videoCount == 1)
            let before = try Self.bytes(out)
            var data = try Self.bytes(b)
            let value = Self.sequence("v1").features.elements[5].bitPattern
            let pattern = withUnsafeBytes(of: value.littleEndian) { Data($0) }
            let place = try #require(data.range(of: pattern))
            data[place.lowerBound] ^= 1
            try data.write(to: URL(fileURLWithPath: b))
            #expect(throws: FeatureError.self) { try StoreMerge([b], into: out).run() }
            #expect(try Self.bytes(out) == before && !FileManager.default.fileExists(atPath: out + ".parts"))
        }
    }

    @Test("a merge clears away what a killed one left, and its own folder, also where it is refused")
    func leftovers() throws {
        try TemporaryFolder.with { folder in
            let (a, out) = (folder.path + "/a.h5", folder.path + "/m.h5"), parts = out + ".parts"
            try Self.write(["v0"], to: a)
            for inputs in [[a, a], [a]] {
                try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: true)
                try Data("half".utf8).write(to: URL(fileURLWithPath: parts + "/store.0123.tmp"))
                let result = Result { try StoreMerge(inputs, into: out).run() }
                #expect(((try? result.get()) == nil) == (inputs.count == 2))
                #expect(!FileManager.default.fileExists(atPath: parts))
            }
            #expect(try FeatureStore(out).videos == ["v0"])
        }
    }

    @Test("stores that are being written are not merged")
    func locked() throws {
        try TemporaryFolder.with { folder in
            let (a, out) = (folder.path + "/a.h5", folder.path + "/m.h5")
            try Self.write(["v0"], to: a)
            let writer = try FeatureStoreWriter(a, origin: FeatureExamples.origin)
            #expect(throws: FileError.inUse(path: a, process: Int(getpid()))) { try StoreMerge([a], into: out).run() }
            try writer.close()
            let output = try FeatureStoreWriter(out, origin: FeatureExamples.origin)
            #expect(throws: FileError.inUse(path: out, process: Int(getpid()))) {
                try StoreMerge([a], into: out).run()
            }
            try output.close()
        }
    }

    @Test("a shard may be for very many videos, of any name")
    func manyVideos() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/f.h5"
            let ids = ["a \"b\"\n\u{7}", "ü/ö"] + (0..<40_000).map { "video number \($0)" }
            let shard = StoreShard(index: 3, count: 4, listSHA256: "x", listCount: 200_000, videos: ids)
            try FeatureStoreWriter(path, origin: FeatureExamples.origin, shard: shard).close()
            #expect(try FeatureStore(path).shard == shard)
            #expect(throws: FeatureError.self) { try FeatureStoreWriter(path, origin: FeatureExamples.origin) }
            _ = try FeatureStoreWriter(path, origin: FeatureExamples.origin, shard: shard)
            let most = StoreShard(
                index: 1, count: 1, listSHA256: "x", listCount: 1, videos: [String(repeating: "x", count: 1 << 24)])
            #expect(throws: FileError.self) {
                try FeatureStoreWriter(folder.path + "/g.h5", origin: FeatureExamples.origin, shard: most)
            }
        }
    }
}
