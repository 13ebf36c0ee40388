import Features
import Tensors

/// The videos of a feature file or folder in the space shared with text.
struct StoredVideos {
    let source: any FeatureSource
    private let model: any WordModel

    /// - Throws: `FeatureError`, or what the model says of features that are not its own.
    init(_ path: String, model: any WordModel) throws {
        source = try FeatureSources.open(path)
        self.model = model
        if let origin = source.origin { try model.check(origin, features: path) }
    }

    /// A video, or a part of it. `[common]`
    func vector(of video: String, interval: Range<Double>? = nil) throws -> Tensor {
        try source.sequence(for: video).vector(by: model, interval: interval)
    }
}

extension FeatureSequence {
    /// The mean of the snippets in the common space, brought to length 1; of those whose centres lie in the interval, or the
    /// nearest one. `[common]`
    func vector(by model: any WordModel, interval: Range<Double>? = nil) throws -> Tensor {
        var part = features
        if let interval {
            let last = Double(max(0, length - 1))
            let low = min(max(grid.position(at: interval.lowerBound).rounded(.up), 0), last)
            let high = min(max(grid.position(at: interval.upperBound).rounded(.down), low), last)
            part = features.slice(axis: 0, Int(low)..<(Int(high) + 1))
        }
        return try model.snippetVectors(part).mean(axes: [0]).l2Normalized()
    }
}
