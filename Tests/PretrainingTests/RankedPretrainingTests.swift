import Annotations
import Foundation
import Networks
import TestSupport
import Testing

@testable import Pretraining
@testable import SViLM

@Suite("Pre-training by several ranks")
struct RankedPretrainingTests {
    /// Clips of which every fifth cannot be read.
    private struct Gaps: CaptionedClipSource {
        func batch(at position: Int, count: Int) -> ClipBatch {
            var batch = ClipBatch(clips: [], nextPosition: position)
            while batch.clips.count < count {
                if batch.nextPosition % 5 == 3 {
                    batch.failures.append(ClipFailure(video: "\(batch.nextPosition)", reason: "missing"))
                } else {
                    batch.clips.append(PretrainerTests.clip(batch.nextPosition))
                }
                batch.nextPosition += 1
            }
            return batch
        }

        func captions() -> [String] { PretrainerTests.source.captions() }
    }

    /// The losses of each step on each rank.
    private static func losses(
        _ count: Int, _ settings: PretrainingConfiguration, in folder: URL, source: any CaptionedClipSource,
        until last: Int? = nil, resume: Bool = false
    ) throws -> [[StepLosses]] {
        let body = { @Sendable (ranks: any Communicator) in
            let trainer = try Pretrainer(
                settings, encoder: PretrainerTests.encoder, vocabulary: try .covering(source.captions()),
                source: source,
                validation: (100..<106).map(PretrainerTests.clip), folder: folder.path, seed: 7, resume: resume,
                ranks: ranks)
            var losses: [StepLosses] = []
            try trainer.run(until: last) { losses.append($0.losses) }
            return losses
        }
        return count == 1 ? [try body(SingleProcess())] : try ThreadRanks.run(count, body)
    }

    private static func compare(_ found: [StepLosses], _ expected: [StepLosses]) {
        #expect(found.count == expected.count && !expected.isEmpty)
        for (a, b) in zip(found, expected) {
            for path in [\StepLosses.contrastive, \.grouping, \.grounding] {
                #expect(abs((a[keyPath: path] ?? 0) - (b[keyPath: path] ?? 0)) < 1e-5)
                #expect((a[keyPath: path] == nil) == (b[keyPath: path] == nil))
            }
            #expect(abs(a.total - b.total) < 1e-5)
        }
    }

    @Test(
        "ranks come to the losses of one process with the same batch, also where clips are missing",
        arguments: [(2, false, false), (3, true, false), (2, true, true)])
    func losses(count: Int, recompute: Bool, hasGaps: Bool) throws {
        let settings = PretrainerTests.settings {
            ($0.batchSize, $0.chunkSize, $0.recompute) = (5, 2, recompute)
        }
        let source: any CaptionedClipSource = hasGaps ? Gaps() : PretrainerTests.source
        try TemporaryFolder.with { folder in
            let alone = try Self.losses(1, settings, in: folder.appendingPathComponent("alone"), source: source)
            let run = folder.appendingPathComponent("together")
            let first = try Self.losses(count, settings, in: run, source: source, until: 2)
            for rank in first {
                #expect(rank == first[0], "all ranks have the same bits")
                Self.compare(rank, Array(alone[0].prefix(2)))
            }
            // One process goes on with the batches of several, and the other way round.
            let rest = try Self.losses(1, settings, in: run, source: source, resume: true)
            Self.compare(rest[0], Array(alone[0].dropFirst(2)))
            let lines = try ["alone", "together"].map { name in
                try String(contentsOfFile: folder.path + "/\(name)/metrics.jsonl", encoding: .utf8)
                    .split(separator: "\n").count
            }
            #expect(lines[0] == lines[1] && lines[0] == settings.steps)
        }
    }

    @Test("of ranks that may end early the first decides, and all keep the same weights")
    func patience() throws {
        let settings = PretrainerTests.settings {
            ($0.patience, $0.validationSteps, $0.batchSize) = (1, 1, 4)
        }
        try TemporaryFolder.with { folder in
            let alone = try Self.losses(
                1, settings, in: folder.appendingPathComponent("alone"), source: PretrainerTests.source)
            let together = try Self.losses(
                2, settings, in: folder.appendingPathComponent("together"), source: PretrainerTests.source)
            for rank in together { Self.compare(rank, alone[0]) }
        }
    }

    @Test("clips come back as they were")
    func messages() throws {
        let clips = [
            CaptionedClip(pixels: [1, 2, 3], caption: "ein Bär", nouns: ["Bär"], scene: 4, alternatives: ["a"]),
            CaptionedClip(pixels: [], caption: ""),
        ]
        let found = try ClipMessage.clips(ClipMessage.bytes(clips))
        #expect(found.map(\.pixels) == clips.map(\.pixels) && found.map(\.caption) == clips.map(\.caption))
        #expect(found.map(\.nouns) == clips.map(\.nouns) && found.map(\.scene) == clips.map(\.scene))
        #expect(found.map(\.alternatives) == clips.map(\.alternatives))
        #expect(try ClipMessage.clips(ClipMessage.bytes([])).isEmpty)
    }

    @Test("ranks with other settings are refused with both values")
    func differences() throws {
        try TemporaryFolder.with { folder in
            let error = #expect(throws: RankAgreement.Difference.self) {
                _ = try ThreadRanks.run(2) { ranks in
                    try Pretrainer(
                        PretrainerTests.settings { $0.batchSize = 4 + ranks.rank }, encoder: PretrainerTests.encoder,
                        vocabulary: try .covering(PretrainerTests.source.captions()), source: PretrainerTests.source,
                        folder: folder.path, seed: 7, ranks: ranks
                    ).completedSteps
                }
            }
            #expect(error?.description.contains("batch_size is 5 on rank 1 and 4 on rank 0") == true)
        }
    }
}
