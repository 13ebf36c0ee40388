import Annotations
import Foundation
import Tensors
import TestSupport
import Testing

@testable import ShapeWorld

@Suite("Combinations of colour, shape and action in untrimmed videos")
struct CombinationTests {
    @Test(
        "held-out combinations occur only where they are asked for, there half of the time",
        arguments: Difficulty.allCases)
    func shown(difficulty: Difficulty) {
        var generator = RandomGenerator(seed: 5)
        func combinations(_ shown: ShownCombinations) -> [[Combination]] {
            (0..<80).map { _ in
                UntrimmedVideo(duration: 25, settings: difficulty.settings, showing: shown, using: &generator)
                    .combinations
            }
        }
        #expect(combinations(.seen).joined().allSatisfy { !$0.isHeldOut })
        #expect(combinations(.any).joined().contains { $0.isHeldOut })
        let heldOut = combinations(.heldOut)
        let share = Double(heldOut.joined().count { $0.isHeldOut }) / Double(heldOut.joined().count)
        #expect((0.35...0.65).contains(share))
        // One look a video, of which one action is held out.
        let looks = heldOut.map { video in Set(video.map { $0.colour.rawValue + $0.shape.rawValue }).count }
        let actions = heldOut.map { video in Set(video.filter { $0.isHeldOut }).count }
        #expect(looks.allSatisfy { $0 == 1 })
        #expect(actions.allSatisfy { $0 <= 1 })
    }

    @Test("the sentence of a combination has its article, and all of a world are different")
    func sentences() {
        #expect(Combination(.orange, .star, .blinking).sentence == "an orange star blinks")
        #expect(Combination(.red, .circle, .moving).sentence == "a red circle moves")
        let all = Combination.all(of: Difficulty.default.settings)
        // 8 colours, of 4 shapes with 7 actions and 2 that do not spin.
        #expect(all.count == 8 * (4 * 7 + 2 * 6))
        #expect(Set(all.map(\.sentence)).count == all.count)
        #expect((20...40).contains(all.count { $0.isHeldOut }))
    }

    @Test("the files hold every segment, the held-out ones apart, and all labels")
    func files() throws {
        try TemporaryFolder.with { folder in
            var dataset = DemoDataset()
            (dataset.trainingCount, dataset.validationCount, dataset.testCount) = (1, 0, 1)
            (dataset.heldOutCount, dataset.seconds, dataset.size) = (2, 8, 32)
            let summary = try dataset.write(to: folder.path)
            let files = try #require(summary.combinations)
            let all = try AnnotationSet(contentsOf: files.annotations)
            #expect(all.segmentCount == summary.annotations.segmentCount)
            #expect(Set(all.subsetNames) == ["training", "test", "held-out"])
            let heldOut = try AnnotationSet(contentsOf: files.heldOut)
            #expect(heldOut.videos.map(\.subset) == ["held-out", "held-out"])
            let names = Set(Combination.all(of: Difficulty.default.settings).filter(\.isHeldOut).map(\.sentence))
            #expect(heldOut.videos.flatMap(\.segments).allSatisfy { names.contains($0.label) })
            let labels = try String(contentsOfFile: files.labels, encoding: .utf8).split(separator: "\n").map(
                String.init)
            #expect(Set(all.videos.flatMap(\.segments).map(\.label)).isSubset(of: labels))
        }
    }
}
