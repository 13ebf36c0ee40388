import Networks
import SViLM
import Tensors
import Threads

/// Computes the losses of a batch and their gradients.
///
/// The losses depend on all clips together, the encoders do not. Chunks of clips and texts are therefore encoded on tapes of
/// their own, several at a time. The losses are computed on one more tape from the gathered embeddings, and the gradient of
/// each embedding starts the backward pass of its chunk. With `recompute` a chunk's tape is dropped after the first pass and made again,
/// with the same random numbers, for the second.
struct BatchGradients {
    let model: VideoLanguageModel
    let objective: StepObjective
    let chunkSize: Int
    let recompute: Bool

    /// Losses and gradients, the latter in the order of the model's parameters.
    ///
    /// - Parameters:
    ///   - clips: the bytes of each blended clip.
    ///   - seed: of the random numbers that the encoders draw.
    func callAsFunction(
        clips: [[UInt8]], texts: BatchTexts, paste: CutAndPaste, seed: UInt64
    ) -> (gradients: GradientSum, losses: StepLosses) {
        let items = Self.items(clips: clips.count, texts: texts, chunkSize: chunkSize)
        let encode = ChunkEncoder(model: model, settings: objective.settings, clips: clips, texts: texts)
        let encoded = Parallel.map(items.count) { index -> [Tensor] in
            let outputs = encode(items[index], seed: seed &+ UInt64(index))
            return recompute ? outputs.map(\.detached) : outputs
        }

        let tape = Tape()
        let gathered = Gathered(items: items, encoded: encoded, tape: tape)
        let (total, losses) = objective.loss(gathered.embeddings, texts: texts, paste: paste, model: model)
        let outer = tape.gradients(of: total)
        let outputGradients = gathered.outputGradients(from: outer)

        var sum = GradientSum(of: model.parameters)
        sum.add(outer)
        for first in stride(from: 0, to: items.count, by: Parallel.threads) {
            let wave = first..<min(first + Parallel.threads, items.count)
            let gradients = Parallel.map(wave.count) { offset -> SampleGradients? in
                let index = wave.lowerBound + offset
                let outputs = recompute ? encode(items[index], seed: seed &+ UInt64(index)) : encoded[index]
                guard let tape = outputs.first?.tape else { return nil }
                let pairs = zip(outputs, outputGradients[index]).compactMap { output, gradient in
                    gradient.map { (output, $0) }
                }
                return SampleGradients(gradients: tape.gradients(of: pairs))
            }
            for sample in gradients { if let sample { sum.add(sample.gradients) } }
        }
        return (sum, losses)
    }

    /// One chunk of work.
    enum Item: Sendable {
        case clips(Range<Int>)
        case captions(Range<Int>)
        case prompts(Range<Int>)
    }

    /// Texts are so much shorter than clips that more of them make a chunk.
    private static let textsPerClip = 4

    private static func items(clips: Int, texts: BatchTexts, chunkSize: Int) -> [Item] {
        func chunks(_ count: Int, _ size: Int) -> [Range<Int>] {
            stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
        }
        let textSize = chunkSize * textsPerClip
        return chunks(clips, chunkSize).map(Item.clips) + chunks(texts.captions.count, textSize).map(Item.captions)
            + chunks(texts.prompts.count, textSize).map(Item.prompts)
    }

    /// Each is made and read by one thread at a time.
    private struct SampleGradients: @unchecked Sendable {
        let gradients: Gradients
    }
}

/// Encodes one chunk of a batch on a tape of its own.
private struct ChunkEncoder: Sendable {
    let model: VideoLanguageModel
    let settings: ObjectiveSettings
    let clips: [[UInt8]]
    let texts: BatchTexts

    /// The outputs, all on one tape: for clips the global features, then clip features and group features; for texts their
    /// embeddings.
    func callAsFunction(_ item: BatchGradients.Item, seed: UInt64) -> [Tensor] {
        let tape = Tape(isTraining: true, seed: seed)
        switch item {
        case .clips(let range):
            let configuration = model.video.configuration
            let tubelets = Tubelets(configuration)
            let input = range.map {
                tubelets(
                    clips[$0], frames: configuration.frames, height: configuration.imageSize,
                    width: configuration.imageSize)
            }
            let encoded = model.video(tape.constant(.stacked(input)))
            return [
                model.video.globalFeatures(encoded), model.video.clipFeatures(encoded),
                model.video.groupFeatures(encoded),
            ]
        case .captions(let range):
            return [model.text(Array(texts.captions[range]), tape: tape)]
        case .prompts(let range):
            return [model.text(Array(texts.prompts[range]), tape: tape)]
        }
    }
}

/// The outputs of all chunks put together as inputs of the losses.
private struct Gathered {
    let embeddings: BatchEmbeddings
    private let items: [BatchGradients.Item]

    init(items: [BatchGradients.Item], encoded: [[Tensor]], tape: Tape) {
        func joined(_ output: Int, _ isWanted: (BatchGradients.Item) -> Bool) -> Tensor? {
            let parts = zip(items, encoded).filter { isWanted($0.0) }.map { $0.1[output].detached }
            return parts.isEmpty ? nil : tape.variable(.concatenated(parts, axis: 0))
        }
        func isClips(_ item: BatchGradients.Item) -> Bool { if case .clips = item { true } else { false } }
        func isCaptions(_ item: BatchGradients.Item) -> Bool { if case .captions = item { true } else { false } }
        func isPrompts(_ item: BatchGradients.Item) -> Bool { if case .prompts = item { true } else { false } }
        guard let global = joined(0, isClips), let captions = joined(0, isCaptions) else {
            preconditionFailure("a batch without clips or captions")
        }
        embeddings = BatchEmbeddings(
            global: global, clipFeatures: joined(1, isClips), groups: joined(2, isClips), captions: captions,
            prompts: joined(0, isPrompts))
        self.items = items
    }

    /// For each chunk, the gradients of its outputs.
    func outputGradients(from gradients: Gradients) -> [[Tensor?]] {
        func part(_ whole: Tensor?, _ range: Range<Int>) -> Tensor? {
            whole.flatMap { gradients[$0] }?.slice(axis: 0, range)
        }
        return items.map { item in
            switch item {
            case .clips(let range):
                [part(embeddings.global, range), part(embeddings.clipFeatures, range), part(embeddings.groups, range)]
            case .captions(let range): [part(embeddings.captions, range)]
            case .prompts(let range): [part(embeddings.prompts, range)]
            }
        }
    }
}
