import Features
import Synchronization

/// Features kept in memory after they were read, as far as a limit allows.
final class FeatureCache: Sendable {
    private struct State {
        var sequences: [String: FeatureSequence] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: bytes that may be kept.
    init(limit: Int) { self.limit = limit }

    /// The features of a video, read unless they are kept.
    ///
    /// - Throws: `FeatureError`
    func sequence(for video: String, from source: any FeatureSource) throws -> FeatureSequence {
        if let kept = state.withLock({ $0.sequences[video] }) { return kept }
        let sequence = try source.sequence(for: video)
        let size = sequence.length * sequence.channels * MemoryLayout<Float>.size
        state.withLock { state in
            guard state.bytes + size <= limit, state.sequences.updateValue(sequence, forKey: video) == nil else {
                return
            }
            state.bytes += size
        }
        return sequence
    }
}
