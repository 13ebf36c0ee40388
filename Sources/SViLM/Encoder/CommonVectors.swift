import Networks
public import Tensors

extension VideoEncoder {
    /// The vectors of clips in the space shared with text, made of their stored features.
    ///
    /// Features other than `video` begin with the global vector of the clip, whose projection is what the contrastive loss
    /// compares with captions; so nothing else need be stored and no frame looked at again.
    ///
    /// - Parameter features: `[time, channels]` made by this encoder.
    /// - Returns: `[time, common]`, rows of length 1.
    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where the features do not hold the global vector.
    public func commonVectors(ofFeatures features: Tensor) throws(SViLMError) -> Tensor {
        guard configuration.feature != .video else {
            throw .unfit(
                setting: "feature", problem: "must be global, both or moments for videos to be compared with words")
        }
        guard features.shape[1] == configuration.featureChannels else {
            throw .unfit(
                setting: "the features",
                problem: "have \(features.shape[1]) channels, the encoder gives"
                    + " \(configuration.featureChannels); extract them again with this model")
        }
        let isProjected = configuration.featureSpace == .common
        let global = features.slice(axis: 1, 0..<(isProjected ? configuration.commonSpace : configuration.width))
        return (isProjected ? global : globalProjection(global)).l2Normalized()
    }
}
