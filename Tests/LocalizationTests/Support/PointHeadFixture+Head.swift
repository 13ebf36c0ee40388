import FoundationEssentials
import Networks
import Tensors

@testable import Localization
@testable import ModelImport

extension PointHeadFixture {
    /// The head of the case with its weights.
    func head() throws -> any PyramidNaming {
        let experiment = try OfficialSettings.read(folder.appendingPathComponent("config.json").path)
        var generator = RandomGenerator(seed: 1)
        let head: any PyramidNaming
        switch experiment.head {
        case .actionformer(let settings):
            head = try ActionFormer(
                settings, featureChannels: experiment.featureChannels, classes: experiment.classes, using: &generator)
        case .tridet(let settings):
            head = try TriDet(
                settings, featureChannels: experiment.featureChannels, classes: experiment.classes, using: &generator)
        }
        try OfficialWeights.load(head, from: folder.appendingPathComponent("weights.safetensors").path)
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
}

extension PyramidNaming {
    /// The points of what the network computes for samples padded to one length.
    func points(_ samples: [Sample], padding: PaddedLength) -> PointPredictions? {
        let output = forward(SequenceBatch(samples, padding: padding), on: nil)
        return output as? PointPredictions ?? (output as? TriDet.Output)?.points
    }

    /// The proposals of a sample padded as the head wants it.
    func proposals(of sample: Sample, settings: PostProcessingSettings) -> Proposals? {
        let batch = SequenceBatch([sample], padding: paddedLength(for: sample.length))
        return proposals(forward(batch, on: nil), settings: settings).first
    }
}
