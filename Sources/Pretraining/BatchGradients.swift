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
    /// Divides the work among ranks, where there are several.
    var sharing: SharedChunks?

    /// Losses and gradients.
    ///
    /// - Parameters:
    ///   - clips: the bytes of each blended clip.
    ///   - seed: of the random numbers that the encoders draw.
    ///   - sums: empty sums of the parameters that are trained.
    /// - Throws: an error of what connects the ranks.
    func callAsFunction(
        clips: [[UInt8]], texts: BatchTexts, paste: CutAndPaste, seed: UInt64, into sums: [GradientSum]
    ) throws -> (gradients: [GradientSum], losses: StepLosses) {
        let items = Self.items(clips: clips.count, texts: texts, chunkSize: chunkSize)
        let encode = ChunkEncoder(model: model, settings: objective.settings, clips: clips, texts: texts)
        let owners = sharing.map { self.owners(of: items, $0) }
        let rank = sharing?.ranks.rank ?? 0
        let own = items.indices.filter { owners == nil || owners?[$0] == rank }
        var encoded = Array(repeating: [Tensor](), count: items.count)
        let outputs = Parallel.map(own.count) { place -> [Tensor] in
            let outputs = encode(items[own[place]], seed: seed &+ UInt64(own[place]))
            return recompute ? outputs.map(\.detached) : outputs
        }
        for (index, outputs) in zip(own, outputs) { encoded[index] = outputs }
        if let sharing, let owners { encoded = try sharing.join(encoded, owners: owners) }

        let tape = Tape()
        let gathered = Gathered(items: items, encoded: encoded, tape: tape)
        let (total, losses) = objective.loss(gathered.embeddings, texts: texts, paste: paste, model: model)
        let outer = tape.gradients(of: total)
        let outputGradients = gathered.outputGradients(from: outer)

        var sums = sums
        // The losses are computed by all ranks; what they add to gradients by themselves counts once.
        if sharing?.ranks.isFirst ?? true { for index in sums.indices { sums[index].add(outer) } }
        let backward = ChunkBackward(
            items: items, encode: encode, encoded: encoded, outputGradients: outputGradients, seed: seed,
            recompute: recompute)
        let size = Parallel.threads
        // The gradients of the last chunks go to the other ranks on their way.
        let last = sharing == nil ? own.count : max(0, own.count - 1) / size * size
        for first in stride(from: 0, to: last, by: size) {
            let wave = Array(own[first..<min(first + size, last)])
            for sample in Parallel.map(wave.count, { backward(wave[$0]) }).compactMap(\.self) {
                for index in sums.indices { sums[index].add(sample.gradients) }
            }
        }
        guard let exchange = sharing?.exchange else { return (sums, losses) }
        let earlier = GradientSum.joined(sums), none = earlier.emptied()
        let wave = Array(own[last...])
        exchange.begin(threads: max(1, wave.count))
        if wave.isEmpty { exchange.contribution(of: 0, earlier: earlier).end() }
        Parallel.forEach(wave.count) { thread in
            let contribution = exchange.contribution(of: thread, earlier: thread == 0 ? earlier : none)
            _ = backward(wave[thread]) { contribution.complete($0, $1) }
            contribution.end()
        }
        return (GradientSum.divided(try exchange.finish(), like: sums), losses)
    }

    /// Who encodes each chunk.
    private func owners(of items: [Item], _ sharing: SharedChunks) -> [Int] {
        func count(_ isKind: (Item) -> Bool) -> Int { items.count(where: isKind) }
        // Chunks of one kind lie together, and kinds take different times.
        let clips = count { if case .clips = $0 { true } else { false } }
        let captions = count { if case .captions = $0 { true } else { false } }
        return [clips, captions, items.count - clips - captions].flatMap { sharing.owners(of: $0) }
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
}

/// Each is made and read by one thread at a time.
private struct SampleGradients: @unchecked Sendable {
    let gradients: Gradients
}

/// The second pass of a chunk, from the gradients of its outputs to those of the parameters.
private struct ChunkBackward: Sendable {
    let items: [BatchGradients.Item]
    let encode: ChunkEncoder
    let encoded: [[Tensor]]
    let outputGradients: [[Tensor?]]
    let seed: UInt64
    let recompute: Bool

    /// - Parameter whenComplete: called for each parameter whose gradient is complete.
    func callAsFunction(_ index: Int, whenComplete: ((Parameter, Tensor?) -> Void)? = nil) -> SampleGradients? {
        let outputs = recompute ? encode(items[index], seed: seed &+ UInt64(index)) : encoded[index]
        guard let tape = outputs.first?.tape else { return nil }
        let pairs = zip(outputs, outputGradients[index]).compactMap { output, gradient in
            gradient.map { (output, $0) }
        }
        return SampleGradients(gradients: tape.gradients(of: pairs, whenComplete: whenComplete))
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
