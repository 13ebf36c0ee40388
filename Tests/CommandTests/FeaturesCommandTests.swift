import Features
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("tal features")
struct FeaturesCommandTests {
    @Test("shards are verified and merged into the store of a single process, byte by byte")
    func shards() throws {
        try ShardCommandTests.withVideos(5) { folder, videos in
            let out = folder.path + "/f.h5", whole = folder.path + "/whole.h5", merged = folder.path + "/m.h5"
            let shards = (0..<2).map { folder.path + "/f.\($0)-of-2.h5" }
            #expect(try ShardCommandTests.extract(videos, whole, shard: nil).status == 0)
            #expect(try ShardCommandTests.extract(videos, out, shard: "0/2").status == 0)
            var run = try Program.run(["features", "merge", shards[0], "--out", merged])
            #expect(run.status == 1 && run.errors.contains("shard 1 of 2 is missing beside \(shards[0])"))
            #expect(run.errors.contains("--allow-missing"))
            run = try Program.run(["features", "verify", shards[0]])
            #expect(run.status == 3 && run.errors.contains("shard 1 of 2 is missing"), "\(run.errors)")
            #expect(try ShardCommandTests.extract(videos, out, shard: "1/2").status == 0)
            run = try Program.run(["features", "verify"] + shards)
            #expect(run.status == 0 && run.output.contains("0 of 2") && run.output.contains("1 of 2"), "\(run.errors)")
            run = try Program.run(["features", "merge", shards[1], shards[0], "--out", merged])
            #expect(run.status == 0 && run.errors.contains("\(merged): 5 videos, "), "\(run.errors)")
            let expected = try Data(contentsOf: URL(fileURLWithPath: whole))
            #expect(try Data(contentsOf: URL(fileURLWithPath: merged)) == expected)
            run = try Program.run(["features", "merge"] + shards + ["--out", merged])
            #expect(run.status == 0 && run.errors.contains("there already"))
            #expect(try Program.run(["features", "merge", "--out", merged]).status == 2)
            #expect(try Program.run(["features", "verify", folder.path + "/no.h5"]).status == 1)
        }
    }

    @Test("damaged videos are listed, and the rest is said to be sound")
    func damaged() throws {
        try ShardCommandTests.withVideos(2) { folder, videos in
            let store = folder.path + "/f.h5"
            #expect(try ShardCommandTests.extract(videos, store, shard: nil).status == 0)
            let values = try FeatureStore(store).sequence(for: "v0").features
            let value = values.withElements { $0[3].bitPattern.littleEndian }
            var data = try Data(contentsOf: URL(fileURLWithPath: store))
            let place = try #require(data.range(of: withUnsafeBytes(of: value) { Data($0) }))
            data[place.lowerBound] ^= 1
            try data.write(to: URL(fileURLWithPath: store))
            let run = try Program.run(["features", "verify", store])
            #expect(run.status == 1 && run.errors.contains("\(store)") && run.errors.contains("'v0'"), "\(run.errors)")
        }
    }
}
