import Features
import Files
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@Suite("tal extract --shard")
struct ShardCommandTests {
    static let encoder = Checkout.url("configs/encoders/frame-difference.yaml").path

    /// Variables of schedulers that the tests themselves may run under.
    private static let none = [
        "SLURM_ARRAY_TASK_ID", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "JOB_COMPLETION_INDEX",
        "PARALLEL_SEQ",
    ]

    static func withVideos(_ count: Int, _ body: (_ folder: URL, _ videos: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let videos = folder.appendingPathComponent("videos")
            for index in 0..<count {
                try ExtractInputTests.writeVideo(videos.appendingPathComponent("v\(index).mp4"), frames: 20 + 8 * index)
            }
            try body(folder, videos.path)
        }
    }

    static func extract(
        _ videos: String, _ out: String, shard: String?, encoder: String = encoder, environment: [String: String] = [:]
    ) throws -> RunProcess.Result {
        var arguments = ["extract", videos, "--encoder", encoder, "--out", out], environment = environment
        if let shard, !shard.hasPrefix("auto"), let slash = shard.firstIndex(of: "/") {
            // As a scheduler says it, so that the store is named after the shard.
            environment["JOB_COMPLETION_INDEX"] = String(shard[..<slash])
            arguments += ["--shard", "auto" + shard[slash...]]
        } else if let shard {
            arguments += ["--shard", shard]
        }
        return try Program.run(arguments, environment: environment)
    }

    @Test("a shard that is said goes where --out says, and is refused where another is")
    func named() throws {
        try Self.withVideos(3) { folder, videos in
            let parts = (0..<2).map { folder.path + "/part\($0).h5" }
            for (index, part) in parts.enumerated() {
                let run = try Program.run([
                    "extract", videos, "--encoder", Self.encoder, "--out", part, "--shard", "\(index)/2",
                ])
                #expect(run.status == 0, "\(run.errors)")
                #expect(try FeatureStore(part).shard?.index == index)
            }
            let merged = folder.path + "/m.h5"
            #expect(try Program.run(["features", "merge"] + parts + ["--out", merged]).status == 0)
            #expect(try FeatureStore(merged).videos == ["v0", "v1", "v2"])
            let run = try Program.run([
                "extract", videos, "--encoder", Self.encoder, "--out", parts[0], "--shard", "1/2",
            ])
            #expect(run.status == 1 && run.errors.contains("part0.h5"), "\(run.errors)")
        }
    }

    @Test("shards hold all videos, each once, with the same features as one store")
    func partition() throws {
        try #require(Self.none.allSatisfy { ProcessInfo.processInfo.environment[$0] == nil })
        try Self.withVideos(7) { folder, videos in
            let out = folder.appendingPathComponent("f.h5").path
            #expect(try Self.extract(videos, folder.path + "/whole.h5", shard: nil).status == 0)
            var seen: [String] = []
            for index in 0..<3 {
                let run = try Self.extract(
                    videos, out, shard: "auto/3", environment: ["JOB_COMPLETION_INDEX": "\(index)"])
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.errors.contains("shard \(index) of 3: "))
                let store = try FeatureStore(folder.path + "/f.\(index)-of-3.h5")
                let shard = try #require(store.shard)
                #expect(shard.index == index && shard.count == 3 && shard.listCount == 7)
                #expect(shard.videos == store.videos)
                seen += store.videos
                for video in store.videos {
                    let whole = try FeatureStore(folder.path + "/whole.h5")
                    #expect(try store.header(for: video) == whole.header(for: video))
                    #expect(
                        try store.sequence(for: video).features.elements
                            == whole.sequence(for: video).features.elements)
                }
            }
            #expect(seen.sorted() == (0..<7).map { "v\($0)" })
            #expect(!FileManager.default.fileExists(atPath: out))
            // The same command goes on where it ended.
            let again = try Self.extract(videos, out, shard: "1/3")
            #expect(again.status == 0 && again.errors.contains(" 0 extracted"))
        }
    }

    @Test("more shards than videos: the last have none, and that is no failure")
    func empty() throws {
        try Self.withVideos(1) { folder, videos in
            let run = try Self.extract(videos, folder.path + "/f.h5", shard: "1/2")
            #expect(run.status == 0, "\(run.errors)")
            let store = try FeatureStore(folder.path + "/f.1-of-2.h5")
            #expect(store.videos.isEmpty && store.shard?.videos == [])
        }
    }

    @Test("two workers on one shard: the second is refused")
    func locked() throws {
        try Self.withVideos(2) { folder, videos in
            let store = folder.path + "/f.0-of-2.h5"
            #expect(try Self.extract(videos, folder.path + "/f.h5", shard: "0/2").status == 0)
            try DurableFile.makeFolder(store + ".parts")
            let lock = try FolderLock(file: store + ".parts/lock", of: store)
            let run = try Self.extract(videos, folder.path + "/f.h5", shard: "0/2")
            #expect(run.status == 1 && run.errors.contains("\(store): another process"))
            #expect(try Self.extract(videos, folder.path + "/f.h5", shard: "1/2").status == 0)
            lock.removeFile()
        }
    }

    @Test("another list or encoder than that of the shards that are there is refused before any work")
    func otherList() throws {
        try Self.withVideos(3) { folder, videos in
            let out = folder.path + "/f.h5"
            #expect(try Self.extract(videos, out, shard: "0/2").status == 0)
            let other = folder.path + "/other.yaml"
            let text = try String(contentsOfFile: Self.encoder, encoding: .utf8)
            try text.replacing("image_size: 96", with: "image_size: 64").write(
                toFile: other, atomically: true, encoding: .utf8)
            var run = try Self.extract(videos, out, shard: "1/2", encoder: other)
            #expect(run.status == 1 && run.errors.contains("f.0-of-2.h5: ") && run.errors.contains("other settings"))
            try FileManager.default.removeItem(atPath: videos + "/v1.mp4")
            run = try Self.extract(videos, out, shard: "1/2")
            #expect(run.status == 1 && run.errors.contains("f.0-of-2.h5: "), "\(run.errors)")
            #expect(run.errors.contains("a list of 3 videos") && run.errors.contains("a list of 2 videos"))
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/f.1-of-2.h5"))
            // A shard's own store too.
            run = try Self.extract(videos, out, shard: "0/2")
            #expect(run.status == 1 && run.errors.contains("choose another file"), "\(run.errors)")
            // An input that leads nowhere is perhaps there for others.
            run = try Program.run([
                "extract", videos, "/no/such.mp4", "--encoder", Self.encoder, "--out", out, "--shard", "1/2",
            ])
            #expect(run.status == 1 && run.errors.contains("/no/such.mp4"))
        }
    }

    @Test("a manifest names the videos, and what it says of their lengths divides them")
    func manifest() throws {
        try Self.withVideos(3) { folder, videos in
            let list = folder.path + "/list.csv"
            // By their lengths v0 stands alone, though it is the shortest.
            let rows = ["path,id,duration", "videos/v0.mp4,a,100", "videos/v1.mp4,b,40", "videos/v2.mp4,c,50"]
            try Data(rows.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: list))
            for index in 0..<2 {
                let run = try Program.run([
                    "extract", "--manifest", list, "--encoder", Self.encoder, "--out",
                    folder.path + "/f.\(index)-of-2.h5", "--shard", "\(index)/2",
                ])
                #expect(run.status == 0, "\(run.errors)")
            }
            #expect(try FeatureStore(folder.path + "/f.0-of-2.h5").videos == ["a"])
            #expect(try FeatureStore(folder.path + "/f.1-of-2.h5").videos == ["b", "c"])
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/f.headers.jsonl"))
            let run = try Program.run(["extract", "--encoder", Self.encoder, "--out", folder.path + "/f.h5"])
            #expect(run.status == 2 && run.errors.contains("--manifest"))
        }
    }

    @Test("wrong shards and wrong variables are errors that say what helps")
    func wrong() throws {
        try Self.withVideos(1) { folder, videos in
            let out = folder.path + "/f.h5"
            for wrong in ["8/8", "9/8", "x", "auto/0"] {
                let run = try Program.run([
                    "extract", videos, "--encoder", Self.encoder, "--out", out, "--shard", wrong,
                ])
                #expect(run.status == 2 && run.errors.contains("'\(wrong)' names no shard"), "\(run.errors)")
            }
            var run = try Self.extract(videos, out, shard: "auto")
            #expect(run.status == 1 && run.errors.contains("no scheduler says") && run.errors.contains("--shard 1/8"))
            run = try Self.extract(videos, out, shard: "auto", environment: ["JOB_COMPLETION_INDEX": "1"])
            #expect(run.status == 1 && run.errors.contains("--shard auto/8"), "\(run.errors)")
            run = try Self.extract(videos, out, shard: "auto/2", environment: ["JOB_COMPLETION_INDEX": "2"])
            #expect(run.status == 1 && run.errors.contains("JOB_COMPLETION_INDEX=2: there are only 2 shards"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["videos"])
        }
    }
}
