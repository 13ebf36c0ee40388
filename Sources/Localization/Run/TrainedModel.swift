import Networks
import Tensors

/// A head with all that is needed to use it.
public struct TrainedModel: Sendable {
    /// The head, with its weights.
    public var head: any LocalizationHead
    /// The resolved configuration.
    public var settings: LocalizationSettings
    /// Class names by label index.
    public var labels: [String]
    /// The features it takes.
    public var features: FeatureContract

    public init(
        head: any LocalizationHead, settings: LocalizationSettings, labels: [String], features: FeatureContract
    ) {
        self.head = head
        self.settings = settings
        self.labels = labels
        self.features = features
    }
}
