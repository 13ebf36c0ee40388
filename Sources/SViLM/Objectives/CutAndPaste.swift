public import Tensors

/// Which part of each clip of a batch stays, and which other clip fills the rest (cut-and-paste; paper, section 3.1).
///
/// Clip `i` keeps its own tubelets where ``mask(_:)`` is 1 and shows those of clip `partners[i]` elsewhere. Where the paper is
/// silent: partners are a permutation without fixed points, and one range of at least half and less than all of the
/// clip stays, at a random place. What stays may also be several stretches: then neighbours in time are no longer likely to
/// belong together, and the position in time alone does not separate the parts.
public struct CutAndPaste: Sendable, Equatable {
    /// The clip that fills the rest of each clip: a permutation.
    public let partners: [Int]
    /// For each clip, whether each of its tubelets along time stays.
    public let kept: [[Bool]]
    /// Tubelets along time of a clip.
    public let clipLength: Int

    public init(partners: [Int], kept: [[Bool]], clipLength: Int) {
        precondition(partners.count == kept.count && partners.sorted() == Array(partners.indices), "no permutation")
        precondition(kept.allSatisfy { $0.count == clipLength }, "not \(clipLength) tubelets")
        self.partners = partners
        self.kept = kept
        self.clipLength = clipLength
    }

    /// Clips as they are: every clip keeps all of itself.
    public static func none(batch: Int, clipLength: Int) -> CutAndPaste {
        CutAndPaste(
            partners: Array(0..<batch),
            kept: Array(repeating: Array(repeating: true, count: clipLength), count: batch), clipLength: clipLength)
    }

    /// Draws partners and stretches.
    ///
    /// - Parameters:
    ///   - clipLength: tubelets along time, at least 2.
    ///   - scenes: a number for each clip, equal for clips of one scene.
    ///   - sameScene: chance that the clips of a scene are partners among themselves, so that only what happens tells
    ///     them apart.
    ///   - pieces: most stretches that stay of a clip; as many as fit where it is too short.
    ///   - generator: makes the draws.
    public static func draw(
        clipLength: Int, scenes: [Int], sameScene: Double = 0, pieces: Int = 1,
        using generator: inout RandomGenerator
    ) -> CutAndPaste {
        precondition(clipLength >= 2 && scenes.count >= 2, "\(scenes.count) clips of \(clipLength) tubelets")
        var partners = Array(scenes.indices)
        var scattered: [Int] = []
        var members: [Int: [Int]] = [:]
        for (index, scene) in scenes.enumerated() { members[scene, default: []].append(index) }
        for scene in members.keys.sorted() {
            guard let group = members[scene] else { continue }
            if group.count > 1, generator.uniform() < sameScene {
                join(group, in: &partners, using: &generator)
            } else {
                scattered += group
            }
        }
        if scattered.count == 1 {
            // A lone clip joins the round of another one.
            let other = (scattered[0] + 1) % scenes.count
            partners.swapAt(scattered[0], other)
        } else {
            join(scattered, in: &partners, using: &generator)
        }
        let kept = scenes.map { _ in
            let length = generator.integer(in: ((clipLength + 1) / 2)...(clipLength - 1))
            let most = min(pieces, length, clipLength - length + 1)
            let count = most > 1 ? generator.integer(in: 1...most) : 1
            return stretches(count, of: length, in: clipLength, using: &generator)
        }
        return CutAndPaste(partners: partners, kept: kept, clipLength: clipLength)
    }

    /// A clip of which some tubelets stay, in stretches that do not touch.
    private static func stretches(
        _ count: Int, of kept: Int, in clipLength: Int, using generator: inout RandomGenerator
    ) -> [Bool] {
        // Lengths of the stretches: the tubelets cut at different places. Lengths of what lies between: at least one tubelet,
        // and the spare ones before, between and after at random.
        let cuts = (count > 1 ? Array((1..<kept).shuffled(using: &generator).prefix(count - 1)).sorted() : []) + [kept]
        var gaps = [Int](repeating: 1, count: count + 1)
        gaps[0] = 0
        gaps[count] = 0
        let spare = clipLength - kept - (count - 1)
        if count == 1 {
            gaps[0] = generator.integer(in: 0...spare)
        } else {
            for _ in 0..<spare { gaps[generator.integer(in: 0...count)] += 1 }
        }
        var mask: [Bool] = []
        var previous = 0
        for (cut, gap) in zip(cuts, gaps) {
            mask += Array(repeating: false, count: gap) + Array(repeating: true, count: cut - previous)
            previous = cut
        }
        return mask + Array(repeating: false, count: clipLength - mask.count)
    }

    /// Makes one round of some clips in random order, so that none is its own partner (Sattolo, 1986).
    private static func join(_ clips: [Int], in partners: inout [Int], using generator: inout RandomGenerator) {
        guard clips.count > 1 else { return }
        let round = clips.shuffled(using: &generator)
        for (place, clip) in round.enumerated() { partners[clip] = round[(place + 1) % round.count] }
    }

    /// Number of clips.
    public var batch: Int { partners.count }

    /// Whether all of a clip is its own.
    public func isWhole(_ clip: Int) -> Bool { !kept[clip].contains(false) }

    /// 1 for each tubelet position of a clip that is its own, 0 for its partner's.
    public func mask(_ clip: Int) -> [Float] { kept[clip].map { $0 ? 1 : 0 } }

    /// The masks of all clips, `[batch, clipLength]`.
    public var masks: Tensor { Tensor((0..<batch).flatMap(mask), shape: [batch, clipLength]) }

    /// The share of a clip that is its own, β.
    public func share(_ clip: Int) -> Float { Float(kept[clip].count { $0 }) / Float(clipLength) }

    /// One blended clip.
    ///
    /// - Parameters:
    ///   - clip: its index in the batch.
    ///   - clips: the bytes of every clip of the batch, each of `2 · clipLength` frames of equal size.
    public func blended(_ clip: Int, of clips: [[UInt8]]) -> [UInt8] {
        let own = clips[clip], other = clips[partners[clip]]
        precondition(own.count == other.count && own.count % clipLength == 0, "clips of different size")
        guard !isWhole(clip) else { return own }
        let tubelet = own.count / clipLength
        var result = other
        for (time, stays) in kept[clip].enumerated() where stays {
            let range = (time * tubelet)..<((time + 1) * tubelet)
            result.replaceSubrange(range, with: own[range])
        }
        return result
    }
}
