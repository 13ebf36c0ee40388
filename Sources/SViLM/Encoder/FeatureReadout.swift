import Networks
import Tensors

/// The last step of an encoder: from tokens to what stands for a clip outside of it.
struct FeatureReadout: Sendable {
    private let configuration: EncoderConfiguration
    private let clipProjection: Linear
    private let globalProjection: Linear

    init(_ encoder: VideoEncoder) {
        configuration = encoder.configuration
        clipProjection = encoder.clipProjection
        globalProjection = encoder.globalProjection
    }

    /// One vector a clip, `[batch, width]`.
    ///
    /// - Parameters:
    ///   - video: `[batch, tokens, width]`
    ///   - groups: `[batch, groups, width]`
    func globalVector(video: Tensor, groups: Tensor) -> Tensor {
        switch configuration.global {
        case .groups: return groups.mean(axes: [1])
        case .video: return video.mean(axes: [1])
        case .sum: return groups.mean(axes: [1]) + video.mean(axes: [1])
        }
    }

    /// The global vector in the space shared with text: `[batch, common]`.
    func globalFeatures(_ encoded: EncodedVideo) -> Tensor { globalProjection(encoded.global) }

    /// What stands for each clip: `[batch, featureChannels]`.
    func features(_ encoded: EncodedVideo) -> Tensor {
        let isProjected = configuration.featureSpace == .common
        var parts: [Tensor] = []
        if configuration.feature != .video {
            parts.append(isProjected ? globalFeatures(encoded) : encoded.global)
        }
        if configuration.feature != .global {
            let pooled = encoded.videoTokens.mean(axes: [1, 2])
            parts.append(isProjected ? clipProjection(pooled) : pooled)
            if configuration.feature == .moments {
                let atPosition = encoded.videoTokens.mean(axes: [1], keepsAxes: true)
                let change = encoded.videoTokens - atPosition
                let layout = atPosition - atPosition.mean(axes: [2], keepsAxes: true)
                for spread in [change, layout] {
                    parts.append((spread.squared().mean(axes: [1, 2]) + 1e-6).squareRoot())
                }
            }
        }
        return .concatenated(parts, axis: 1)
    }
}
