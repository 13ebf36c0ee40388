import ModelSupport
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

@Suite("Cut-and-paste")
struct CutAndPasteTests {
    @Test("stretches and partners are as the paper has them, whatever the draw", arguments: 1...40)
    func laws(seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        let clipLength = generator.integer(in: 2...9), batch = generator.integer(in: 2...13)
        let scenes = (0..<batch).map { _ in generator.integer(in: 0...4) }
        let paste = CutAndPaste.draw(
            clipLength: clipLength, scenes: scenes, sameScene: generator.uniform(), using: &generator)
        #expect(paste.partners.sorted() == Array(0..<batch))
        for clip in 0..<batch {
            #expect(paste.partners[clip] != clip)
            let own = paste.mask(clip).reduce(0, +)
            #expect(2 * Int(own) >= clipLength && Int(own) <= clipLength - 1)
            #expect(paste.share(clip) == own / Float(clipLength))
            // One stretch: the mask rises once, or begins high.
            #expect(Self.stretches(paste.mask(clip)) == 1)
        }
    }

    @Test(
        "up to so many stretches of a clip stay as are asked for, every arrangement among them", arguments: [4, 5, 8])
    func pieces(clipLength: Int) {
        var generator = RandomGenerator(seed: 6)
        var seen: Set<[Float]> = []
        for _ in 0..<2000 {
            let paste = CutAndPaste.draw(clipLength: clipLength, scenes: [0, 1], pieces: 2, using: &generator)
            for clip in 0..<2 {
                let mask = paste.mask(clip), own = Int(mask.reduce(0, +))
                #expect(mask.count == clipLength && 2 * own >= clipLength && own < clipLength)
                seen.insert(mask)
            }
        }
        let all = (0..<(1 << clipLength)).map { bits in (0..<clipLength).map { Float((bits >> $0) & 1) } }
            .filter { mask in
                let own = Int(mask.reduce(0, +))
                return 2 * own >= clipLength && own < clipLength && (1...2).contains(Self.stretches(mask))
            }
        #expect(seen == Set(all))
    }

    private static func stretches(_ mask: [Float]) -> Int {
        zip([0] + mask, mask).count { $0 == 0 && $1 == 1 }
    }

    @Test("several stretches are blended where they stay")
    func blendingOfPieces() {
        let paste = CutAndPaste(
            partners: [1, 0], kept: [[true, false, true], [false, true, true]], clipLength: 3)
        #expect(paste.blended(0, of: [[1, 2, 3], [7, 8, 9]]) == [1, 8, 3])
        #expect(paste.blended(1, of: [[1, 2, 3], [7, 8, 9]]) == [1, 8, 9])
    }

    @Test("with same-scene pasting every partner is of the same scene")
    func sameScene() {
        var generator = RandomGenerator(seed: 3)
        let scenes = [0, 0, 0, 1, 1, 1, 2, 2]
        let paste = CutAndPaste.draw(clipLength: 4, scenes: scenes, sameScene: 1, using: &generator)
        for clip in scenes.indices { #expect(scenes[paste.partners[clip]] == scenes[clip]) }
    }

    @Test("blended frames are the clip's own where the mask is 1 and its partner's elsewhere")
    func blending() {
        let paste = CutAndPaste(partners: [1, 0], kept: [1..<3, 0..<2], clipLength: 4)
        // Two bytes a tubelet: clip 0 holds 0…7, clip 1 holds 100…107.
        let clips: [[UInt8]] = [Array(0..<8), Array(100..<108)]
        #expect(paste.blended(0, of: clips) == [100, 101, 2, 3, 4, 5, 106, 107])
        #expect(paste.blended(1, of: clips) == [100, 101, 102, 103, 4, 5, 6, 7])
        #expect(paste.mask(0) == [0, 1, 1, 0])
    }

    @Test("without pasting clips stay as they are")
    func none() {
        let paste = CutAndPaste.none(batch: 2, clipLength: 3)
        #expect(paste.blended(1, of: [[1, 2, 3], [4, 5, 6]]) == [4, 5, 6])
        #expect(paste.share(0) == 1)
    }
}

@Suite("Temporal grouping")
struct TemporalGroupingTests {
    private let mask = Tensor([1, 1, 1, 0, 0, 0, 1, 1, 1, 0], shape: [2, 5])

    @Test(
        "features that are u in one part and -u in the other have no loss",
        arguments: [TemporalGrouping.Form.paper, .leaveOneOut])
    func separated(form: TemporalGrouping.Form) {
        var generator = RandomGenerator(seed: 1)
        let direction = Tensor.normal([1, 1, 6], using: &generator)
        let z = (mask * 2 - 1).reshaped([2, 5, 1]) * direction
        #expect(TemporalGrouping(temperature: 0.01, form: form).loss(z, mask: mask).scalar < 1e-6)
    }

    @Test(
        "features that are all equal have a loss of a quarter", arguments: [TemporalGrouping.Form.paper, .leaveOneOut])
    func equal(form: TemporalGrouping.Form) {
        let grouping = TemporalGrouping(form: form)
        let loss = grouping.loss(Tensor(repeating: 0.3, shape: [2, 5, 6]), mask: mask).scalar
        #expect(abs(loss - 0.25) < 1e-5)
    }

    @Test("a code of time satisfies the paper's form but not leave-one-out centres")
    func shortcut() {
        // One direction of its own for each time, the same in every clip: nothing about content.
        var code = [Float](repeating: 0, count: 2 * 5 * 5)
        for clip in 0..<2 { for time in 0..<5 { code[(clip * 5 + time) * 5 + time] = 1 } }
        let z = Tensor(code, shape: [2, 5, 5])
        #expect(TemporalGrouping(form: .paper).loss(z, mask: mask).scalar < 0.001)
        #expect(TemporalGrouping(form: .leaveOneOut).loss(z, mask: mask).scalar > 0.2)
    }

    @Test("the length of features does not matter")
    func scale() {
        var generator = RandomGenerator(seed: 2)
        let z = Tensor.normal([2, 5, 6], using: &generator)
        let grouping = TemporalGrouping()
        #expect(abs(grouping.loss(z, mask: mask).scalar - grouping.loss(z * 7, mask: mask).scalar) < 1e-5)
    }

    @Test("a feature alone in its part is left out of leave-one-out, and only there")
    func lonely() {
        let mask = Tensor([1, 1, 1, 1, 0, 1, 1, 1, 0, 0], shape: [2, 5])
        let features = Tensor.ones([2, 5, 3])
        #expect(
            TemporalGrouping(form: .leaveOneOut).ownShare(features, mask: mask).weights.elements
                == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1])
        #expect(TemporalGrouping(form: .paper).ownShare(features, mask: mask).weights.elements.allSatisfy { $0 == 1 })
    }

    @Test("the gradient is right", arguments: [TemporalGrouping.Form.paper, .leaveOneOut])
    func gradient(form: TemporalGrouping.Form) {
        let grouping = TemporalGrouping(temperature: 0.5, form: form)
        let worst = GradientCheck.worstDifference(shapes: [[2, 5, 4]]) { grouping.loss($0[0], mask: mask) }
        #expect(worst < 2e-3)
    }
}

@Suite("Mixed contrastive targets")
struct MixedContrastiveTests {
    private func paste(seed: UInt64, batch: Int = 6) -> CutAndPaste {
        var generator = RandomGenerator(seed: seed)
        return .draw(clipLength: 6, scenes: Array(0..<batch), using: &generator)
    }

    @Test("rows sum to one in both directions, with and without shared captions", arguments: 1...10)
    func rows(seed: UInt64) {
        for classes in [nil, [0, 1, 0, 2, 1, 0]] {
            let targets = MixedTargets(paste(seed: seed), classes: classes)
            for sums in [targets.videoToText.sum(axes: [1]), targets.textToVideo.sum(axes: [1])] {
                for sum in sums.elements { #expect(abs(sum - 1) < 1e-6) }
            }
        }
    }

    @Test("clips that are all their own give the plain contrastive loss")
    func plain() {
        var generator = RandomGenerator(seed: 5)
        let logits = Tensor.normal([4, 4], using: &generator)
        let loss = MixedContrastive.loss(logits, targets: MixedTargets(.none(batch: 4, clipLength: 3))).scalar
        let rows = logits.logSoftmax(), columns = logits.transposed([1, 0]).logSoftmax()
        let expected = -(0..<4).map { rows[$0, $0] + columns[$0, $0] }.reduce(0, +) / 8
        #expect(abs(loss - expected) < 1e-5)
    }

    @Test("captions that do not count take no part")
    func unusable() {
        var generator = RandomGenerator(seed: 6)
        let logits = Tensor.normal([6, 6], using: &generator)
        let usable = [true, true, false, true, true, false]
        let targets = MixedTargets(paste(seed: 2), isUsable: usable)
        let loss = MixedContrastive.loss(logits, targets: targets, isUsable: usable)
        var changed = logits
        changed.withMutableElements { elements in for row in 0..<6 { elements[row * 6 + 2] = 50 } }
        let other = MixedContrastive.loss(changed, targets: targets, isUsable: usable)
        #expect(loss.scalar.isFinite)
        #expect(abs(loss.scalar - other.scalar) < 1e-5)
        let none = [Bool](repeating: false, count: 6)
        let empty = MixedContrastive.loss(
            logits, targets: MixedTargets(paste(seed: 2), isUsable: none), isUsable: none)
        #expect(empty.scalar == 0)
    }

    @Test("the gradient is right")
    func gradient() {
        let targets = MixedTargets(paste(seed: 3, batch: 4))
        let worst = GradientCheck.worstDifference(shapes: [[4, 4]]) { MixedContrastive.loss($0[0], targets: targets) }
        #expect(worst < 2e-3)
    }

    @Test("the logit scale begins at the inverse temperature and never passes a hundred")
    func logitScale() {
        let scale = LogitScale(temperature: 0.07)
        #expect(abs(scale(with: Tensor(0)).scalar - 1 / 0.07) < 1e-3)
        scale.logarithm.value = Tensor([9])
        #expect(abs(scale(with: Tensor(0)).scalar - 100) < 1e-3)
    }
}

@Suite("Spatial grounding")
struct SpatialGroundingTests {
    private let nouns = [[0, 2], [1], [], [2]]

    @Test("a group unlike every noun changes nothing under the maximum")
    func idleGroup() {
        var generator = RandomGenerator(seed: 1)
        let prompts = Tensor.normal([3, 5], using: &generator)
        // Equal to a prompt, so that some similarity of each noun is positive.
        let groups = Tensor.stacked((0..<4).map { _ in prompts })
        let away = -prompts.sum(axes: [0], keepsAxes: true)
        let more = Tensor.concatenated([groups, Tensor.stacked([Tensor](repeating: away * 0, count: 4))], axis: 1)
        let grounding = SpatialGrounding()
        let before = grounding.similarities(groups: groups, prompts: prompts, nouns: nouns).elements
        let after = grounding.similarities(groups: more, prompts: prompts, nouns: nouns).elements
        #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(abs(before[0] - 1) < 1e-5)
    }

    @Test("a caption without a noun scores 0 and takes no part in the loss")
    func withoutNoun() {
        var generator = RandomGenerator(seed: 2)
        let groups = Tensor.normal([4, 3, 5], using: &generator), prompts = Tensor.normal([3, 5], using: &generator)
        let grounding = SpatialGrounding()
        let scores = grounding.similarities(groups: groups, prompts: prompts, nouns: nouns)
        #expect((0..<4).allSatisfy { scores[$0, 2] == 0 })
        let none = [[Int]](repeating: [], count: 4)
        let loss = grounding.loss(
            groups: groups, prompts: prompts, nouns: none, paste: .none(batch: 4, clipLength: 2), scale: Tensor([5]))
        #expect(loss.scalar == 0)
    }

    @Test("soft pooling approaches the maximum as its temperature falls")
    func softPooling() {
        var generator = RandomGenerator(seed: 3)
        let groups = Tensor.normal([4, 3, 5], using: &generator), prompts = Tensor.normal([3, 5], using: &generator)
        let hard = SpatialGrounding().similarities(groups: groups, prompts: prompts, nouns: nouns).elements
        let soft = SpatialGrounding(pooling: .softmax, poolingTemperature: 1e-3)
            .similarities(groups: groups, prompts: prompts, nouns: nouns).elements
        #expect(zip(hard, soft).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("the gradient is right", arguments: [SpatialGrounding.Pooling.max, .softmax])
    func gradient(pooling: SpatialGrounding.Pooling) {
        let grounding = SpatialGrounding(pooling: pooling, poolingTemperature: 0.5)
        let paste = CutAndPaste(partners: [1, 2, 3, 0], kept: [0..<2, 1..<3, 0..<2, 1..<4], clipLength: 4)
        let worst = GradientCheck.worstDifference(shapes: [[4, 3, 5], [3, 5], [1]], seed: 4, step: 2e-3) {
            grounding.loss(groups: $0[0], prompts: $0[1], nouns: nouns, paste: paste, scale: $0[2])
        }
        #expect(worst < 5e-3)
    }
}
