public import Annotations
public import Features

extension LocalizationSettings {
    /// The segments of a video that no point of the head would be trained on, were all of the video one sample.
    ///
    /// - Parameters:
    ///   - header: the features as they are stored.
    ///   - segments: in seconds.
    /// - Returns: indices into `segments`; nil for a head that has no points (BMN, G-TAD).
    public func untrainedSegments(of header: FeatureHeader, _ segments: [Segment]) -> [Int]? {
        guard let pyramid = headSettings as? any PyramidSettings, header.length > 0 else { return nil }
        var grid = header.grid, length = (header.length + window.downsampling - 1) / window.downsampling
        grid.strideFrames *= Double(window.downsampling)
        if window.policy == .resample {
            grid = FeatureResampling.grid(grid, count: length, length: maximumLength)
            if window.positionsAtEdges { grid.windowFrames = 0 }
            length = maximumLength
        }
        let placed = segments.map {
            GridSegment(start: Float(grid.position(at: $0.start)), end: Float(grid.position(at: $0.end)), label: 0)
        }
        // Points beyond the features are padding, which trains nothing.
        let levels = zip(pyramid.strides, pyramid.common.regressionRanges).map { stride, range in
            PointLevel(
                count: (length + stride - 1) / stride, stride: Float(stride), shortest: range[0], longest: range[1])
        }
        let isTrained = CenterSamplingAssignment(radius: pyramid.common.centerRadius)
            .trained(levels: levels, segments: placed)
        return segments.indices.filter { !isTrained[$0] }
    }
}
