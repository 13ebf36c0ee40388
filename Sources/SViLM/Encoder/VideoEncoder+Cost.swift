extension EncoderConfiguration {
    /// Floating-point operations (a multiplication and an addition count as two) in the matrix products of one clip, group
    /// tokens and grouping blocks included.
    public var operationsPerClip: Double {
        let video = Double(clipLength * gridSize * gridSize), groups = Double(groups)
        let tokens = video + groups, width = Double(width), hidden = width * Double(feedForwardRatio)
        let embedding = 2 * video * Double(tubeletValues) * width
        let block = 8 * tokens * width * width + 4 * tokens * tokens * width + 4 * tokens * width * hidden
        let grouping =
            4 * (video + groups) * width * width + 4 * video * groups * width + 4 * groups * width * hidden
        return embedding + Double(depth) * block + Double(groupingLayers.count) * grouping
    }
}
