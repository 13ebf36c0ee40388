public import Networks
import Tensors

/// From the levels of a backbone to those of the output layers: normalisation of each level, after a feature pyramid
/// network where one is wanted (Lin et al., "Feature pyramid networks for object detection", 2017).
public struct PyramidNeckNetwork: Module {
    public let laterals: [Convolution]
    public let smoothings: [DepthwiseConvolution]
    public let norms: [LayerNorm]
    private let groups: Int
    private let showsPadding: Bool
    private let startLevel: Int

    init(_ settings: some PyramidSettings, using generator: inout RandomGenerator) {
        var laterals: [Convolution] = [], smoothings: [DepthwiseConvolution] = []
        if settings.neck == .pyramid {
            for _ in 0..<settings.levels {
                laterals.append(
                    Convolution(
                        settings.channels, settings.neckChannels, kernel: 1, bias: !settings.neckNorm,
                        using: &generator))
                smoothings.append(
                    DepthwiseConvolution(
                        settings.neckChannels, kernel: 3, bias: !settings.neckNorm, using: &generator))
            }
        }
        self.laterals = laterals
        self.smoothings = smoothings
        norms =
            settings.neckNorm && settings.neckGroups == 0
            ? (0..<settings.levels).map { _ in
                LayerNorm(settings.neckChannels, epsilon: settings.conventions.epsilon)
            } : []
        groups = settings.neckNorm ? settings.neckGroups : 0
        showsPadding = settings.showsPadding
        startLevel = settings.startLevel
    }

    /// How far the features that a point depends on reach to each side because of the neck, for the stride of the coarsest level; nil where
    /// all of them count.
    func reach(stride: Int) -> Int? {
        guard groups == 0 else { return nil }
        // A fine level sees the point of each coarser one that begins before it, less than the coarsest stride away.
        return laterals.isEmpty ? 0 : stride + (smoothings.map(\.padding).max() ?? 0) * stride
    }

    func callAsFunction(
        _ levels: [(features: Tensor, mask: SequenceMask)]
    ) -> [(features: Tensor, mask: SequenceMask)] {
        let used = levels[startLevel...]
        let masks = used.map(\.mask)
        var features = used.map(\.features)
        if !laterals.isEmpty {
            features = zip(zip(laterals, features), masks).map { layer, mask in mask(layer.0(layer.1)) }
            for level in features.indices.dropFirst().reversed() {
                features[level - 1] =
                    features[level - 1] + features[level].nearest(toLength: features[level - 1].shape[1])
            }
            features = zip(zip(smoothings, features), masks).map { layer, mask in mask(layer.0(layer.1)) }
        }
        if !norms.isEmpty { features = zip(norms, features).map { norm, x in norm(x) } }
        return zip(features, masks).map { x, mask in
            let normalized = groups > 0 ? mask.groupNormalized(x, groups: groups) : x
            return (features: showsPadding ? normalized : mask(normalized), mask: mask)
        }
    }
}
