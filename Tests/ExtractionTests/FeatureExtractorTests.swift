import Features
import Files
import Foundation
import Tensors
import TestSupport
import Testing
import Threads
import Video

@testable import Extraction

@Suite("extracting features")
struct FeatureExtractorTests {
    private static func makeEncoder() throws -> FrameDifferenceEncoder {
        try FrameDifferenceEncoder(FrameDifferenceConfiguration())
    }

    private static func withVideos(_ lengths: [Int], _ body: (_ folder: URL, _ videos: [VideoInput]) throws -> Void)
        throws
    {
        try TemporaryFolder.with { folder in
            for (index, frames) in lengths.enumerated() {
                try TestVideo.writeMovingSquare(
                    to: folder.appendingPathComponent("v\(index).mp4"), count: frames, speed: index + 1)
            }
            try body(folder, VideoInputs([folder.path]).videos)
        }
    }

    @Test("every video gets its features with grid, duration and checksum")
    func extraction() throws {
        try Self.withVideos([40, 6, 100]) { folder, videos in
            let path = folder.appendingPathComponent("f.h5").path
            let encoder = try Self.makeEncoder()
            let store = try FeatureStoreWriter(path, origin: encoder.origin)
            var shares: [Double] = []
            let report = try FeatureExtractor(encoder: encoder).extract(videos, into: store) { progress in
                shares.append(progress.videos)
            }
            try store.close()
            #expect(report.extracted == ["v0", "v1", "v2"] && report.failures.isEmpty && report.alreadyDone.isEmpty)
            #expect(shares == shares.sorted() && shares.last == 3)

            let features = try FeatureStore(path)
            #expect(features.origin == encoder.origin)
            // Windows of 16 frames every 4 frames, kept while half of one is there.
            for (video, length) in [("v0", 9), ("v1", 1), ("v2", 24)] {
                let header = try features.header(for: video)
                #expect(header.length == length && header.channels == 13)
                #expect(header.grid == SnippetGrid(frameRateNumerator: 10, strideFrames: 4, windowFrames: 16))
                let hash = try FileDigest.sha256(ofFile: folder.appendingPathComponent("\(video).mp4").path)
                #expect(header.sourceSHA256 == hash)
            }
            let header = try features.header(for: "v0")
            #expect(abs((header.durationSeconds ?? 0) - 4) < 0.01 && header.frameCount == 40)
            #expect(report.clipCount == 34)
            // In memory the same comes out.
            let direct = try FeatureExtractor(encoder: encoder).features(of: videos[2]).sequence
            let stored = try features.sequence(for: "v2")
            #expect(direct.features.elements == stored.features.elements)
            #expect(direct.grid == stored.grid && direct.durationSeconds == stored.durationSeconds)
        }
    }

    @Test("what is there is skipped; features of another file are kept until they are to be replaced")
    func resume() throws {
        try Self.withVideos([30, 30]) { folder, videos in
            let path = folder.appendingPathComponent("f.h5").path
            let extractor = FeatureExtractor(encoder: try Self.makeEncoder())
            func run(again: Bool = false) throws -> ExtractionReport {
                let store = try FeatureStoreWriter(path, origin: extractor.encoder.origin)
                defer { #expect(throws: Never.self) { try store.close() } }
                return try extractor.extract(videos, into: store, again: again)
            }
            #expect(try run().extracted == ["v0", "v1"])
            #expect(try run().alreadyDone == ["v0", "v1"])
            try TestVideo.writeMovingSquare(to: folder.appendingPathComponent("v1.mp4"), count: 60)
            let third = try run()
            #expect(third.extracted.isEmpty && third.alreadyDone == ["v0"])
            #expect(
                third.failures.map { $0.error as? ExtractionError } == [
                    .otherSource(id: "v1", path: videos[1].path)
                ])
            let store = try FeatureStore(path)
            #expect(try store.header(for: "v1").length == 6)
            let before = try store.sequence(for: "v0").features.elements
            let fourth = try run(again: true)
            #expect(fourth.extracted == ["v0", "v1"] && fourth.replaced == ["v0", "v1"])
            #expect(try FeatureStore(path).header(for: "v1").length == 14)
            #expect(try FeatureStore(path).sequence(for: "v0").features.elements == before)
        }
    }

    @Test("work that is asked to end keeps what is finished and goes on later")
    func cancellation() throws {
        try Self.withVideos([30, 400, 30]) { folder, videos in
            let path = folder.appendingPathComponent("f.h5").path
            let extractor = FeatureExtractor(encoder: try Self.makeEncoder())
            let flag = CancellationFlag()
            var store = try FeatureStoreWriter(path, origin: extractor.encoder.origin)
            let first = try extractor.extract(videos, into: store, cancellation: flag) { progress in
                // In the middle of the second video.
                if progress.videos > 1.1 { flag.request() }
            }
            try store.close()
            #expect(first.wasInterrupted && first.extracted == ["v0"] && first.failures.isEmpty)
            #expect(try FeatureStore(path).videos == ["v0"])
            #expect(!FileManager.default.fileExists(atPath: path + ".parts"))
            store = try FeatureStoreWriter(path, origin: extractor.encoder.origin)
            let second = try extractor.extract(videos, into: store, cancellation: CancellationFlag())
            try store.close()
            #expect(!second.wasInterrupted && second.extracted == ["v1", "v2"] && second.alreadyDone == ["v0"])
        }
    }

    @Test(
        "a video that is replaced or changed while it is read is not stored under another's checksum",
        arguments: [true, false])
    func changed(isReplaced: Bool) throws {
        try Self.withVideos([200, 20]) { folder, videos in
            let path = folder.appendingPathComponent("f.h5").path
            let encoder = try Self.makeEncoder()
            let store = try FeatureStoreWriter(path, origin: encoder.origin)
            let other = try Data(contentsOf: URL(fileURLWithPath: videos[1].path))
            var isDone = false
            let report = try FeatureExtractor(encoder: encoder).extract(videos, into: store) { progress in
                guard progress.videos > 0.1, !isDone else { return }
                isDone = true
                if isReplaced {
                    try? other.write(to: URL(fileURLWithPath: videos[0].path), options: .atomic)
                } else {
                    try? DurableFile.append(Data([0]), to: videos[0].path)
                }
            }
            try store.close()
            #expect(report.extracted == ["v1"])
            #expect(
                report.failures.map { $0.error as? FileError } == [
                    .unreadable(path: videos[0].path, reason: "it was changed while it was read")
                ])
            #expect(try FeatureStore(path).videos == ["v1"])
        }
    }

    @Test("a video that cannot be read is listed, and the others are done")
    func failures() throws {
        try Self.withVideos([20, 20]) { folder, videos in
            let path = folder.appendingPathComponent("f.h5").path
            try Data("no video".utf8).write(to: folder.appendingPathComponent("bad.mp4"))
            let encoder = try Self.makeEncoder()
            let store = try FeatureStoreWriter(path, origin: encoder.origin)
            let inputs = [
                VideoInput(id: "bad", path: folder.path + "/bad.mp4"), videos[0],
                VideoInput(id: "gone", path: folder.path + "/gone.mp4"), videos[1],
                VideoInput(id: "", path: videos[0].path),
            ]
            let report = try FeatureExtractor(encoder: encoder).extract(inputs, into: store)
            try store.close()
            #expect(report.extracted == ["v0", "v1"])
            #expect(report.failures.map(\.video.id) == ["bad", "gone", ""])
            #expect(try FeatureStore(path).videos == ["v0", "v1"])
        }
    }

    @Test("features are the same bytes from run to run")
    func deterministic() throws {
        try Self.withVideos([50]) { folder, videos in
            let name = "svilm-tiny.yaml"
            let file = Checkout.url("configs/encoders/" + name).path
            let runs = try (0..<2).map { _ in
                let encoder = try EncoderSettings.load(configuration: file, weights: nil, seed: 1)
                return try FeatureExtractor(encoder: encoder).features(of: videos[0]).sequence.features.elements
            }
            #expect(runs[0] == runs[1])
            #expect(runs[0].allSatisfy { $0.isFinite })
        }
    }
}
