import Inference

extension EncoderLayout {
    init(_ configuration: EncoderConfiguration) {
        self.init(
            videoTokens: configuration.clipLength * configuration.gridSize * configuration.gridSize,
            extraTokens: configuration.groups, width: configuration.width, heads: configuration.heads,
            tubeletValues: configuration.tubeletValues)
    }
}
