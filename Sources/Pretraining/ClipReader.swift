import Annotations
import Foundation
import Networks
import Synchronization
import Threads

/// Reads the batches of a run ahead. Of several ranks each reads its part of a batch, and then gets those of the others.
final class ClipReader {
    private let source: any CaptionedClipSource
    private let batchSize: Int
    private let ranks: any Communicator
    private var position: Int
    private var batches: Int
    private var prefetcher: Prefetcher<ClipBatch>

    /// - Parameters:
    ///   - position: where the first batch begins.
    ///   - batches: how many will be read.
    init(
        _ source: any CaptionedClipSource, batchSize: Int, at position: Int, batches: Int, ranks: any Communicator
    ) {
        self.source = source
        self.batchSize = batchSize
        self.ranks = ranks
        self.position = position
        self.batches = batches
        prefetcher = Self.prefetcher(source, batchSize: batchSize, at: position, batches: batches, ranks: ranks)
    }

    /// The next batch; `nil` after the last.
    ///
    /// - Throws: what the source throws, or an error of the communicator.
    func next() throws -> ClipBatch? {
        guard let part = try prefetcher.next() else { return nil }
        guard !ranks.isAlone else { return part }
        let own = Self.share(of: batchSize, ranks)
        let isWhole = part.failures.isEmpty && part.nextPosition == position + own.upperBound
        let all = try ranks.gather(isWhole ? ClipMessage.bytes(part.clips) : [])
        batches -= 1
        guard all.allSatisfy({ !$0.isEmpty }) else {
            // Which clips take the place of unreadable ones depends on all before them, so every rank reads the batch.
            let batch = try source.batch(at: position, count: batchSize)
            position = batch.nextPosition
            prefetcher = Self.prefetcher(source, batchSize: batchSize, at: position, batches: batches, ranks: ranks)
            return batch
        }
        position += batchSize
        return ClipBatch(clips: try all.flatMap { try ClipMessage.clips($0) }, nextPosition: position)
    }

    /// The clips of a batch that a rank reads.
    private static func share(of count: Int, _ ranks: any Communicator) -> Range<Int> {
        (count * ranks.rank / ranks.count)..<(count * (ranks.rank + 1) / ranks.count)
    }

    private static func prefetcher(
        _ source: any CaptionedClipSource, batchSize: Int, at position: Int, batches: Int, ranks: any Communicator
    ) -> Prefetcher<ClipBatch> {
        let next = Mutex((position: position, batches: batches)), share = share(of: batchSize, ranks)
        return Prefetcher(name: "tal.clips") {
            try next.withLock { next in
                guard next.batches > 0 else { return nil as ClipBatch? }
                guard ranks.isAlone else {
                    let first = next.position + share.lowerBound
                    next = (next.position + batchSize, next.batches - 1)
                    guard !share.isEmpty else { return ClipBatch(clips: [], nextPosition: first) }
                    return try source.batch(at: first, count: share.count)
                }
                let batch = try source.batch(at: next.position, count: batchSize)
                next = (batch.nextPosition, next.batches - 1)
                return batch
            }
        }
    }
}

/// Clips as bytes: what is said of them as JSON behind its length, then all pixels.
enum ClipMessage {
    private struct Words: Codable {
        var bytes: Int
        var caption: String
        var nouns: [String]?
        var scene: Int?
        var alternatives: [String]
    }

    static func bytes(_ clips: [CaptionedClip]) throws -> [UInt8] {
        let words = clips.map {
            Words(
                bytes: $0.pixels.count, caption: $0.caption, nouns: $0.nouns, scene: $0.scene,
                alternatives: $0.alternatives)
        }
        let text = try JSONEncoder().encode(words)
        var message = withUnsafeBytes(of: UInt64(text.count), Array.init) + Array(text)
        message.reserveCapacity(message.count + words.reduce(0) { $0 + $1.bytes })
        for clip in clips { message += clip.pixels }
        return message
    }

    static func clips(_ message: [UInt8]) throws -> [CaptionedClip] {
        let size = message.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        var first = 8 + size
        return try JSONDecoder().decode([Words].self, from: Data(message[8..<first])).map { words in
            defer { first += words.bytes }
            return CaptionedClip(
                pixels: Array(message[first..<first + words.bytes]), caption: words.caption, nouns: words.nouns,
                scene: words.scene, alternatives: words.alternatives)
        }
    }
}
