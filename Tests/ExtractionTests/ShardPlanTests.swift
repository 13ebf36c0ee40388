import Features
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@testable import Extraction

@Suite("shards: how a list is divided")
struct ShardPlanTests {
    @Test("the longest first, to the shard that has least")
    func greedy() {
        // 7 → 1, 6 → 2, 5 → 3, 4 → 3 (9), 3 → 2 (9), 2 → 1 (9)
        let plan = ShardPlan(ids: ["a", "b", "c", "d", "e", "f"], costs: [2, 7, 4, 5, 3, 6], count: 3)
        #expect(plan.shards == [[0, 1], [4, 5], [2, 3]])
        #expect(plan.costs == [9, 9, 9] && plan.imbalance == 0)
        // Of equal costs the first id goes first.
        let equal = ShardPlan(ids: ["c", "a", "b"], costs: [4, 4, 4], count: 2)
        #expect(equal.shards == [[1, 0], [2]] && equal.costs == [8, 4])
        #expect(abs(equal.imbalance - 1 / 3.0) < 1e-12)
    }

    @Test("shards are a partition, nearly even, and the same for any order of the list")
    func partition() {
        var generator = RandomGenerator(seed: 5)
        for count in [1, 2, 3, 7, 64, 500] {
            let ids = (0..<400).map { "v\($0)" }
            let costs = ids.map { _ in Int(exp(generator.uniform(0, 8))) + 1 }
            let plan = ShardPlan(ids: ids, costs: costs, count: count)
            #expect(plan.shards.count == count)
            #expect(plan.shards.flatMap(\.self).sorted() == Array(0..<400))
            for (members, cost) in zip(plan.shards, plan.costs) {
                #expect(members.reduce(0) { $0 + costs[$1] } == cost)
                #expect(members.map { ids[$0] } == members.map { ids[$0] }.sorted())
            }
            // What came last to the fullest shard came when it had least.
            let (most, least) = (plan.costs.max() ?? 0, plan.costs.min() ?? 0)
            #expect(most - least <= costs.max() ?? 0)
            let best = max(Double(costs.reduce(0, +)) / Double(count), Double(costs.max() ?? 0))
            #expect(Double(most) <= best * (4.0 / 3 - 1 / (3 * Double(count))) + Double(costs.max() ?? 0) * 0.34)
            if count < 10 { #expect(plan.imbalance < 0.002) }

            let order = Array((0..<400).reversed())
            let other = ShardPlan(ids: order.map { ids[$0] }, costs: order.map { costs[$0] }, count: count)
            #expect(other.listSHA256 == plan.listSHA256 && other.costs == plan.costs)
            #expect(other.shards.map { $0.map { order[$0] } } == plan.shards)
        }
    }

    @Test("another video or another cost is another list")
    func digest() {
        let plan = ShardPlan(ids: ["a", "b"], costs: [3, 5], count: 2)
        #expect(ShardPlan(ids: ["a", "b"], costs: [3, 5], count: 1).listSHA256 == plan.listSHA256)
        for other in [
            ShardPlan(ids: ["a", "c"], costs: [3, 5], count: 2), ShardPlan(ids: ["a", "b"], costs: [3, 6], count: 2),
            ShardPlan(ids: ["a"], costs: [3], count: 2), ShardPlan(ids: ["a", "b 5"], costs: [3, 5], count: 2),
        ] {
            #expect(other.listSHA256 != plan.listSHA256)
        }
    }

    @Test("videos of unknown length count as the mean of the others")
    func unknown() {
        let plan = ShardPlan(ids: ["a", "b", "c", "d"], costs: [10, nil, 20, nil], count: 2)
        #expect(plan.costs == [30, 30] && plan.shards == [[0, 2], [1, 3]])
        #expect(ShardPlan(ids: ["a", "b"], costs: [nil, nil], count: 2).costs == [1, 1])
        #expect(ShardPlan(ids: [], costs: [], count: 3).shards == [[], [], []])
    }

    @Test("a video costs its clips, and its pixels")
    func cost() throws {
        let encoder = try FrameDifferenceEncoder(FrameDifferenceConfiguration())
        let cost = VideoCost(encoder)
        func header(_ seconds: Double?, width: Int = 320) -> VideoHeader {
            VideoHeader(width: width, height: 240, frameRate: FrameRate(25), durationSeconds: seconds)
        }
        // 100 s of 25 frames of 76,800 pixels, 300 operations each, in millions.
        #expect(cost(header(100)) == 57_600)
        #expect(cost(header(200, width: 640)) == 4 * 57_600)
        #expect(cost(header(nil)) == nil && cost(header(0)) == nil && cost(header(1e-9)) == 1)
    }

    @Test("headers from servers are not kept, whose addresses may be secret; nor what a manifest says")
    func remoteHeaders() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mp4")
            try TestVideo.write(to: file, count: 20, rate: FrameRate(10))
            let server = try LoopbackServer(["v.mp4": (try Data(contentsOf: file), .plain)])
            let remote = VideoInput(id: "v", path: server.url("v.mp4") + "?signature=secret")
            var known = VideoInput(id: "w", path: folder.appendingPathComponent("w.mp4").path)
            known.durationSeconds = 9
            let cache = folder.appendingPathComponent("h.jsonl").path
            var headers = VideoHeaders(cache)
            #expect(try headers.read([remote, known]).map { $0?.durationSeconds } == [2, 9])
            #expect(!FileManager.default.fileExists(atPath: cache))
            #expect(
                try headers.read([remote, VideoInput(id: "x", path: file.path)]).map { $0?.durationSeconds } == [2, 2])
            let text = try String(contentsOfFile: cache, encoding: .utf8)
            #expect(text.split(separator: "\n").count == 1 && !text.contains("secret"))
        }
    }

    @Test("headers are read without decoding, and kept until the file changes")
    func headers() throws {
        try TemporaryFolder.with { folder in
            let videos = ["a", "b"].map { folder.appendingPathComponent("\($0).mp4") }
            try TestVideo.write(to: videos[0], count: 20, rate: FrameRate(10))
            try Data("no video".utf8).write(to: videos[1])
            let inputs = videos.map { VideoInput(id: $0.lastPathComponent, path: $0.path) }
            let cache = folder.appendingPathComponent("h.jsonl").path
            let expected = VideoHeader(width: 64, height: 48, frameRate: FrameRate(10), durationSeconds: 2)
            var first = VideoHeaders(cache)
            #expect(try first.read(inputs) == [expected, nil])
            let text = try String(contentsOfFile: cache, encoding: .utf8)
            #expect(text.split(separator: "\n").count == 2)
            // What the file says is believed as long as the video is the same.
            try text.replacing("\"durationSeconds\":2", with: "\"durationSeconds\":7").write(
                toFile: cache, atomically: true, encoding: .utf8)
            var second = VideoHeaders(cache)
            #expect(try second.read(inputs).first??.durationSeconds == 7)
            try TestVideo.write(to: videos[0], count: 50, rate: FrameRate(10))
            var third = VideoHeaders(cache)
            #expect(try third.read(inputs).first??.durationSeconds == 5)
            try Data("{ broken\n".utf8).write(to: URL(fileURLWithPath: cache))
            var fourth = VideoHeaders(cache)
            #expect(try fourth.read(inputs).first??.durationSeconds == 5)
        }
    }
}
