import Tensors

/// Which stretch of each clip of a batch stays, and which other clip fills the rest (cut-and-paste; paper, section 3.1).
///
/// Clip `i` keeps its own tubelets where ``mask(_:)`` is 1 and shows those of clip `partners[i]` elsewhere. Where the paper is
/// silent: partners are a permutation without fixed points, and one stretch of at least half and less than all of the
/// clip stays, at a random place.
public struct CutAndPaste: Sendable, Equatable {
    /// The clip that fills the rest of each clip: a permutation.
    public let partners: [Int]
    /// The tubelets along time that stay, for each clip.
    public let kept: [Range<Int>]
    /// Tubelets along time of a clip.
    public let clipLength: Int

    public init(partners: [Int], kept: [Range<Int>], clipLength: Int) {
        precondition(partners.count == kept.count && partners.sorted() == Array(partners.indices), "no permutation")
        precondition(kept.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= clipLength }, "outside the clip")
        self.partners = partners
        self.kept = kept
        self.clipLength = clipLength
    }

    /// Clips as they are: every clip keeps all of itself.
    public static func none(batch: Int, clipLength: Int) -> CutAndPaste {
        CutAndPaste(
            partners: Array(0..<batch), kept: Array(repeating: 0..<clipLength, count: batch), clipLength: clipLength)
    }

    /// Draws partners and stretches.
    ///
    /// - Parameters:
    ///   - clipLength: tubelets along time, at least 2.
    ///   - scenes: a number for each clip, equal for clips of one scene.
    ///   - sameScene: chance that the clips of a scene are partners among themselves, so that only what happens tells them
    ///     apart.
    public static func draw(
        clipLength: Int, scenes: [Int], sameScene: Double = 0, using generator: inout RandomGenerator
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
            let start = generator.integer(in: 0...(clipLength - length))
            return start..<(start + length)
        }
        return CutAndPaste(partners: partners, kept: kept, clipLength: clipLength)
    }

    /// Makes one round of some clips in random order, so that none is its own partner (Sattolo, 1986).
    private static func join(_ clips: [Int], in partners: inout [Int], using generator: inout RandomGenerator) {
        guard clips.count > 1 else { return }
        let round = clips.shuffled(using: &generator)
        for (place, clip) in round.enumerated() { partners[clip] = round[(place + 1) % round.count] }
    }

    /// Number of clips.
    public var batch: Int { partners.count }

    /// 1 for each tubelet position of a clip that is its own, 0 for its partner's.
    public func mask(_ clip: Int) -> [Float] { (0..<clipLength).map { kept[clip].contains($0) ? 1 : 0 } }

    /// The masks of all clips, `[batch, clipLength]`.
    public var masks: Tensor { Tensor((0..<batch).flatMap(mask), shape: [batch, clipLength]) }

    /// The share of a clip that is its own, β.
    public func share(_ clip: Int) -> Float { Float(kept[clip].count) / Float(clipLength) }

    /// One blended clip.
    ///
    /// - Parameter clips: the bytes of every clip of the batch, each of `2 · clipLength` frames of equal size.
    public func blended(_ clip: Int, of clips: [[UInt8]]) -> [UInt8] {
        let own = clips[clip], other = clips[partners[clip]]
        precondition(own.count == other.count && own.count % clipLength == 0, "clips of different size")
        guard kept[clip].count < clipLength else { return own }
        let tubelet = own.count / clipLength
        let range = (kept[clip].lowerBound * tubelet)..<(kept[clip].upperBound * tubelet)
        var result = other
        result.replaceSubrange(range, with: own[range])
        return result
    }
}
