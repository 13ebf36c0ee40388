import Features
import Networks
import SViLM
import Tensors
import VideoTasks

/// The videos of a feature file or folder in the space shared with text.
struct StoredVideos {
    let source: any FeatureSource
    private let encoder: VideoEncoder

    /// - Throws: `FeatureError`, or ``ToolkitError/otherWeights(features:)`` where the features are of other weights.
    init(_ path: String, model: VideoLanguageModel) throws {
        source = try FeatureSources.open(path)
        encoder = model.video
        if let origin = source.origin, origin.weightsSHA256 != Weights.hash(of: model.video) {
            throw ToolkitError.otherWeights(features: path)
        }
    }

    /// A video, or a part of it: the snippets whose centres lie in the interval, or the nearest one. `[common]`
    func vector(of video: String, interval: Range<Double>? = nil) throws -> Tensor {
        let sequence = try source.sequence(for: video)
        var features = sequence.features
        if let interval {
            let last = Double(max(0, sequence.length - 1))
            let low = min(max(sequence.grid.position(at: interval.lowerBound).rounded(.up), 0), last)
            let high = min(max(sequence.grid.position(at: interval.upperBound).rounded(.down), low), last)
            features = features.slice(axis: 0, Int(low)..<(Int(high) + 1))
        }
        return try RetrievalIndex.vector(ofFeatures: features, encoder: encoder)
    }
}
