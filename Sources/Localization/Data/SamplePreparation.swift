import Annotations
public import Features
import Tensors

/// Turns the features and annotations of one video into what a head sees: the window policy of a dataset.
public struct SamplePreparation: Sendable {
    /// What it does.
    public let settings: WindowSettings
    /// Length of the sequences the head is trained with.
    public let maximumLength: Int

    public init(_ settings: WindowSettings, maximumLength: Int) {
        self.settings = settings
        self.maximumLength = maximumLength
    }

    /// The whole video.
    public func sample(of features: FeatureSequence, segments: [IndexedSegment] = []) -> Sample {
        var sequence = downsampled(features)
        if settings.centering { sequence.features = Self.centered(sequence.features) }
        if settings.policy == .resample, sequence.length > 0 {
            let count = sequence.length
            sequence.features = FeatureResampling.resample(sequence.features, to: maximumLength)
            sequence.grid = FeatureResampling.grid(sequence.grid, count: count, length: maximumLength)
            if settings.positionsAtEdges { sequence.grid.windowFrames = 0 }
        }
        let grid = sequence.grid
        return Sample(
            video: sequence.video, features: sequence.features, grid: grid,
            durationSeconds: sequence.durationSeconds,
            segments: segments.map { place($0, on: grid) })
    }

    private func place(_ item: IndexedSegment, on grid: SnippetGrid) -> GridSegment {
        GridSegment(
            start: Float(grid.position(at: item.segment.start)), end: Float(grid.position(at: item.segment.end)),
            label: item.label)
    }

    /// A training sample: the whole video, cropped at random.
    ///
    /// After a crop the grid still counts from the start of the video, while the segments count from that of the crop.
    /// - Parameters:
    ///   - features: of the whole video.
    ///   - segments: the actions of the video, in seconds.
    ///   - draw: a random integer of a range; see ``RandomTruncation/window(length:segments:halfWindow:draw:)``.
    public func trainingSample(
        of features: FeatureSequence, segments: [IndexedSegment], draw: (ClosedRange<Int>) -> Int
    ) -> Sample {
        var sample = sample(of: features, segments: segments)
        if settings.clipsToFeatures { clip(&sample) }
        let shares = settings.cropShares.map { $0[0]...$0[1] }
        let window = RandomTruncation(
            maximumLength: maximumLength, shares: shares, minimumInside: settings.minimumInside
        ).window(length: sample.length, segments: sample.segments, halfWindow: sample.halfWindow, draw: draw)
        sample.segments = window.segments
        if window.range.count < sample.length {
            sample.features = Self.rows(window.range, of: sample.features)
        }
        return sample
    }

    /// The parts in which detection sees a sample, each with the place of its first feature: the sample itself, or windows
    /// that together cover all of it.
    func windows(of sample: Sample) -> [(first: Int, sample: Sample)] {
        let starts = windowStarts(length: sample.length)
        guard starts.count > 1 else { return [(0, sample)] }
        return starts.map { first in
            var window = sample
            window.features = Self.rows(first..<(first + maximumLength), of: sample.features)
            window.segments = []
            return (first, window)
        }
    }

    /// The first feature of each window of a sequence; the last window ends with the sequence.
    func windowStarts(length: Int) -> [Int] {
        guard settings.policy == .sliding, length > maximumLength else { return [0] }
        let step = max(1, Int((Double(maximumLength) * (1 - settings.overlap)).rounded()))
        let last = length - maximumLength
        return Array(stride(from: 0, to: last, by: step)) + [last]
    }

    /// The first feature of each window that is worth training: enough of some segment lies in it.
    ///
    /// - Parameter header: of the features as they are stored.
    func trainedWindowStarts(of header: FeatureHeader, segments: [IndexedSegment]) -> [Int] {
        var grid = header.grid
        grid.strideFrames *= Double(settings.downsampling)
        let length = downsampledCount(header.length)
        let halfWindow = grid.halfWindow
        let placed = segments.map { place($0, on: grid) }
        return windowStarts(length: length).filter { first in
            let lower = Float(first) - halfWindow, upper = Float(min(first + maximumLength, length)) + halfWindow
            return placed.contains { segment in
                let share = segment.share(inside: lower, upper)
                return share > 0 && share >= settings.requiredInside
            }
        }
    }

    /// The window of a video that begins with the feature `first`; its segments count from there and keep their bounds.
    func trainingWindow(of features: FeatureSequence, segments: [IndexedSegment], first: Int) -> Sample {
        var sample = sample(of: features, segments: segments)
        if settings.clipsToFeatures { clip(&sample) }
        let range = first..<min(first + maximumLength, sample.length)
        let lower = Float(range.lowerBound) - sample.halfWindow, upper = Float(range.upperBound) + sample.halfWindow
        sample.segments = sample.segments.compactMap { segment in
            let share = segment.share(inside: lower, upper)
            guard share > 0, share >= settings.minimumInside else { return nil }
            return GridSegment(
                start: segment.start - Float(first), end: segment.end - Float(first), label: segment.label)
        }
        if range.count < sample.length { sample.features = Self.rows(range, of: sample.features) }
        return sample
    }

    private func clip(_ sample: inout Sample) {
        let end = Float(sample.length) + sample.halfWindow
        sample.segments = sample.segments.compactMap { segment in
            guard segment.start < end, segment.share(inside: -.infinity, end) >= settings.minimumInside else {
                return nil
            }
            return GridSegment(start: segment.start, end: min(segment.end, end), label: segment.label)
        }
    }

    func downsampledCount(_ length: Int) -> Int { (length + settings.downsampling - 1) / settings.downsampling }

    private func downsampled(_ sequence: FeatureSequence) -> FeatureSequence {
        var result = sequence
        result.features = downsampled(sequence.features)
        result.grid.strideFrames *= Double(settings.downsampling)
        return result
    }

    /// Every how many-th row is used, from the first.
    func downsampled(_ features: Tensor) -> Tensor {
        let step = settings.downsampling
        guard step > 1 else { return features }
        let count = downsampledCount(features.shape[0]), channels = features.shape[1]
        return features.withElements { source in
            Tensor([count, channels]) { target in
                for row in 0..<count {
                    for channel in 0..<channels {
                        target[row * channels + channel] = source[row * step * channels + channel]
                    }
                }
            }
        }
    }

    /// The features minus their mean over time.
    static func centered(_ features: Tensor) -> Tensor {
        guard features.shape[0] > 0 else { return features }
        var mean = FeatureMean(channels: features.shape[1])
        mean.add(features)
        return mean.centered(features)
    }

    static func rows(_ range: Range<Int>, of features: Tensor) -> Tensor {
        let channels = features.shape[1]
        return features.withElements { source in
            Tensor([range.count, channels]) { target in
                _ = target.update(from: source[(range.lowerBound * channels)..<(range.upperBound * channels)])
            }
        }
    }
}
