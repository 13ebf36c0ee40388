import Foundation
import Tensors

@testable import Localization

extension ActionFormerFixture {
    /// The head of the case with its weights.
    func head() throws -> ActionFormer {
        let experiment = try OfficialActionFormer.read(folder.appendingPathComponent("config.json").path)
        var generator = RandomGenerator(seed: 1)
        let head = try ActionFormer(
            experiment.head, featureChannels: experiment.featureChannels, classes: experiment.classes,
            using: &generator)
        try ActionFormerWeights.load(head, from: folder.appendingPathComponent("weights.safetensors").path)
        return head
    }

    /// A video of the case as a sample.
    func sample(_ video: Video) throws -> Sample {
        let entry = try tensors("inputs").entries["feats_\(video.key)"]
        let channels = entry?.shape[0] ?? 0, length = entry?.shape[1] ?? 0
        let features = Tensor(entry?.values ?? [], shape: [channels, length]).transposed([1, 0])
        return Sample(
            video: video.name, features: features, grid: video.grid, durationSeconds: video.duration,
            segments: try Int(video.key).map { try segments(of: $0) } ?? [])
    }

    /// The training videos.
    func samples() throws -> [Sample] { try videos.map { try sample($0) } }

    /// A parameter's own name by its official name.
    func officialNames(of head: ActionFormer) -> [String: Parameter] {
        Dictionary(
            head.namedParameters().map { (ActionFormerWeights.officialName(of: $0.name), $0.parameter) },
            uniquingKeysWith: { first, _ in first })
    }
}
