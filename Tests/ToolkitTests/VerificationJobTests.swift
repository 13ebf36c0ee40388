import Features
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing
import Threads
import Toolkit

@Suite("verifying stores")
struct VerificationJobTests {
    /// A store of a shard with one video of its two.
    private static func writeStore(_ path: String, shard: Int, encoder: String = "e") throws {
        let origin = FeatureOrigin(encoder: encoder, encoderConfiguration: "{}", weightsSHA256: "")
        let writer = try FeatureStoreWriter(
            path, origin: origin,
            shard: StoreShard(index: shard, count: 3, listSHA256: "list", listCount: 3, videos: ["v\(shard)"]))
        try writer.write(
            FeatureSequence(
                video: "v\(shard)", features: Tensor([1, 2, 3, 4], shape: [2, 2]),
                grid: SnippetGrid(frameRateNumerator: 8, strideFrames: 8, windowFrames: 8), durationSeconds: 2,
                origin: origin, path: path),
            frameCount: 16, sourceSHA256: "x")
        try writer.close()
    }

    /// What is said, and how far the reading is, in order.
    private final class Record: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var events: JobEvents {
            JobEvents { event in
                self.lines.withLock { lines in
                    switch event {
                    case .message(let text): lines.append(text)
                    case .progress(let progress): lines.append(progress.stage)
                    default: break
                    }
                }
            }
        }
    }

    @Test("what is missing is said before any store is read, and the report has it once")
    func gapsComeFirst() throws {
        try TemporaryFolder.with { folder in
            let stores = [0, 1].map { folder.path + "/\($0).h5" }
            for (index, store) in stores.enumerated() { try Self.writeStore(store, shard: index) }
            let record = Record()
            let report = try VerificationJob(stores).run(record.events)
            #expect(record.all.first == "shard 2 of 3 is missing beside \(stores[0])")
            #expect(record.all.contains("verify"))
            #expect(report.problems.count == 1 && report.batch.failures.count == 1 && report.batch.succeeded == 2)
            #expect(report.stores.map(\.videoCount) == [1, 1] && report.stores.map(\.length) == [2, 2])
        }
    }

    @Test("stores that do not belong together are each read all the same; one that cannot be opened stops only itself")
    func others() throws {
        try TemporaryFolder.with { folder in
            let stores = [0, 1].map { folder.path + "/\($0).h5" }
            try Self.writeStore(stores[0], shard: 0)
            try Self.writeStore(stores[1], shard: 1, encoder: "other")
            let report = try VerificationJob(stores).run()
            #expect(report.batch.succeeded == 2 && report.stores.count == 2)
            #expect(report.problems.map { "\($0)".contains("do not belong together") } == [true])
            let missing = try VerificationJob([folder.path + "/no.h5", stores[0]]).run()
            #expect(missing.problems.isEmpty && missing.batch.succeeded == 1)
            #expect(missing.batch.failures.map(\.item) == [folder.path + "/no.h5"])
            let twice = try VerificationJob([stores[0], stores[0]]).run()
            #expect(twice.problems.map { "\($0)".contains("are one store") } == [true])
        }
    }

    @Test("an interrupted verification has said what is missing")
    func interrupted() throws {
        try TemporaryFolder.with { folder in
            let store = folder.path + "/0.h5"
            try Self.writeStore(store, shard: 0)
            let record = Record(), flag = CancellationFlag()
            flag.request()
            #expect(throws: WorkInterrupted.self) {
                try VerificationJob([store]).run(record.events, cancellation: flag)
            }
            #expect(record.all.first == "shards 1 to 2 of 3 are missing beside \(store)")
        }
    }
}
