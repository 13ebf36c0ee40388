public import Evaluation
public import SViLM
public import Tensors
import Threads

/// What held-out clips say of a model that was not trained on them.
public struct PretrainingEvaluation: Hashable, Sendable {
    /// Videos that look for their caption, and captions that look for their video.
    public var videoToText: RetrievalScores
    public var textToVideo: RetrievalScores
    /// Share of clips for which the true caption beats those of everything else that might have happened in the same
    /// scene; `nil` without such captions.
    public var actionAccuracy: Double?
    /// Groups that win a token, on average over clips.
    public var groupsUsed: Double
    /// L_t of the clips blended with one another.
    public var groupingOfBlended: Double?
    /// L_t of clips that are *not* blended, with random masks. There is nothing to find in them, so a small value
    /// shows that the loss is satisfied without looking at content.
    public var groupingOfUnblended: Double?
    /// Share of the variance of normalised clip features that their position in time explains.
    public var explainedByTime: Double
    /// Clips evaluated.
    public var clips: Int

    /// Evaluates a model.
    ///
    /// - Parameters:
    ///   - model: what to evaluate.
    ///   - clips: held-out clips with captions.
    ///   - grouping: the objective whose masks are drawn.
    ///   - chunkSize: clips encoded together.
    ///   - generator: draws the masks of ``groupingOfUnblended``.
    public static func run(
        _ model: VideoLanguageModel, on clips: [CaptionedClip], grouping: TemporalGrouping, chunkSize: Int = 8,
        using generator: inout RandomGenerator
    ) -> PretrainingEvaluation {
        precondition(!clips.isEmpty, "an evaluation without clips")
        let videos = encode(clips.map(\.pixels), with: model.video, chunkSize: chunkSize)
        var rows: [String: Int] = [:]
        var distinct: [String] = []
        for caption in clips.flatMap({ [$0.caption] + $0.alternatives }) where rows[caption] == nil {
            rows[caption] = distinct.count
            distinct.append(caption)
        }
        let captions = encode(distinct, with: model, chunkSize: 4 * chunkSize)
        let global = videos.map(\.global)
        let similarities = Tensor.concatenated(global, axis: 0).l2Normalized()
            .matmul(captions.l2Normalized(), transposed: true)
        let width = distinct.count
        let all = similarities.elements
        let own = clips.map { rows[$0.caption] ?? 0 }
        func similarity(_ clip: Int, _ caption: Int) -> Float { all[clip * width + caption] }
        let toText = clips.indices.map { clip in own.map { similarity(clip, $0) } }
        let toVideo = clips.indices.map { caption in clips.indices.map { similarity($0, own[caption]) } }

        let contested = clips.indices.filter { !clips[$0].alternatives.isEmpty }
        let wins = contested.count { clip in
            clips[clip].alternatives.allSatisfy { similarity(clip, own[clip]) > similarity(clip, rows[$0] ?? 0) }
        }
        let clipFeatures = Tensor.concatenated(videos.map(\.clipFeatures), axis: 0)
        var evaluation = PretrainingEvaluation(
            videoToText: RetrievalScores(similarities: toText) { own[$0] == own[$1] },
            textToVideo: RetrievalScores(similarities: toVideo) { own[$0] == own[$1] },
            actionAccuracy: contested.isEmpty ? nil : Double(wins) / Double(contested.count),
            groupsUsed: videos.map(\.groupsUsed).reduce(0, +) / Double(clips.count), groupingOfBlended: nil,
            groupingOfUnblended: nil,
            explainedByTime: explainedByTime(clipFeatures.l2Normalized()), clips: clips.count)
        let times = clipFeatures.shape[1]
        if times >= 2, clips.count >= 2 {
            let paste = CutAndPaste.draw(clipLength: times, scenes: Array(clips.indices), using: &generator)
            evaluation.groupingOfUnblended = Double(grouping.loss(clipFeatures, mask: paste.masks).scalar)
            let pixels = clips.map(\.pixels)
            let blended = encode(
                clips.indices.map { paste.blended($0, of: pixels) }, with: model.video, chunkSize: chunkSize)
            evaluation.groupingOfBlended = Double(
                grouping.loss(.concatenated(blended.map(\.clipFeatures), axis: 0), mask: paste.masks).scalar)
        }
        return evaluation
    }

    private struct EncodedChunk: Sendable {
        var global: Tensor
        var clipFeatures: Tensor
        /// Summed over the clips of the chunk.
        var groupsUsed: Double
    }

    private static func encode(_ clips: [[UInt8]], with encoder: VideoEncoder, chunkSize: Int) -> [EncodedChunk] {
        let configuration = encoder.configuration
        let tubelets = Tubelets(configuration)
        let chunks = stride(from: 0, to: clips.count, by: chunkSize).map { $0..<min($0 + chunkSize, clips.count) }
        return Parallel.map(chunks.count) { chunk in
            let input = chunks[chunk].map {
                tubelets(
                    clips[$0], frames: configuration.frames, height: configuration.imageSize,
                    width: configuration.imageSize)
            }
            let encoded = encoder(.stacked(input))
            let won = encoded.assignment.sum(axes: [1]).elements.count { $0 > 0 }
            return EncodedChunk(
                global: encoder.globalFeatures(encoded), clipFeatures: encoder.clipFeatures(encoded),
                groupsUsed: Double(won))
        }
    }

    private static func encode(_ texts: [String], with model: VideoLanguageModel, chunkSize: Int) -> Tensor {
        let pieces = texts.map(model.encode)
        let chunks = stride(from: 0, to: texts.count, by: chunkSize).map { $0..<min($0 + chunkSize, texts.count) }
        return .concatenated(Parallel.map(chunks.count) { model.text(Array(pieces[chunks[$0]])) }, axis: 0)
    }

    /// The share of variance between times, of all variance, of `[clips, times, channels]`.
    static func explainedByTime(_ features: Tensor) -> Double {
        let mean = features.mean(axes: [0, 1], keepsAxes: true)
        let total = (features - mean).squared().mean().scalar
        let between = (features.mean(axes: [0], keepsAxes: true) - mean).squared().mean().scalar
        return total > 0 ? Double(between / total) : 0
    }
}
