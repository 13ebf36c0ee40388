import Tensors

@testable import Localization

/// A tiny ActionFormer with random weights, for what does not depend on what it finds.
enum SmallModel {
    /// - Parameters:
    ///   - labels: the classes.
    ///   - change: changes its settings.
    static func actionFormer(
        labels: [String], change: (inout LocalizationSettings) -> Void
    ) throws -> TrainedModel {
        var settings = LocalizationSettings()
        (settings.actionformer.channels, settings.actionformer.neckChannels, settings.actionformer.headChannels) = (
            8, 8, 8
        )
        (settings.actionformer.heads, settings.actionformer.windows) = (2, [5])
        settings.actionformer.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        settings.actionformer.branchBlocks = 2
        change(&settings)
        try settings.validate()
        var features = FeatureContract()
        features.channels = 6
        features.strideFrames = 4
        var generator = RandomGenerator(seed: 3)
        return TrainedModel(
            head: try settings.makeHead(featureChannels: 6, classes: labels.count, using: &generator),
            settings: settings, labels: labels, features: features)
    }
}
