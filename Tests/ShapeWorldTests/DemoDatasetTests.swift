import Annotations
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@testable import ShapeWorld

@Suite("Untrimmed videos and the demo data set")
struct DemoDatasetTests {
    @Test("actions are in order, apart, inside the video, and rest between them", arguments: Difficulty.allCases)
    func timelines(difficulty: Difficulty) {
        let settings = difficulty.settings
        let known = Set(settings.actions.map(\.label))
        var generator = RandomGenerator(seed: 3)
        var labels: Set<String> = []
        for _ in 0..<60 {
            let video = UntrimmedVideo(duration: 25, settings: settings, using: &generator)
            #expect(video.segments.count >= 2)
            var last = 0.0
            for segment in video.segments {
                #expect(segment.segment.start - last >= settings.idleSeconds.lowerBound - 0.011)
                #expect(segment.segment.duration >= settings.actionSeconds.lowerBound - 0.011)
                #expect(segment.segment.end < video.duration)
                #expect(known.contains(segment.label))
                last = segment.segment.end
                labels.insert(segment.label)
            }
            #expect(settings.distractors.contains(video.scene.actors.count - 1))
        }
        #expect(labels == known)
    }

    @Test("the acting shape never jumps, never spins without corners, and mostly rests inside the frame")
    func continuity() throws {
        var generator = RandomGenerator(seed: 4)
        var (rests, inside) = (0, 0)
        for _ in 0..<60 {
            let video = UntrimmedVideo(duration: 40, settings: Difficulty.hard.settings, using: &generator)
            let actor = try #require(video.scene.actors.last)
            for (step, next) in zip(actor.steps, actor.steps.dropFirst()) {
                #expect(step.end == next.start)
                #expect(abs(Actor.wrapped(step.endPose.x, margin: actor.radius) - next.base.x) < 1e-9)
                #expect(abs(Actor.wrapped(step.endPose.y, margin: actor.radius) - next.base.y) < 1e-9)
                #expect(step.endPose.angle == next.base.angle)
                #expect(!step.motion.isTurn || actor.shape.showsTurns)
                if next.motion == .still {
                    rests += 1
                    if (0.2...0.8).contains(next.base.x), (0.2...0.8).contains(next.base.y) { inside += 1 }
                }
            }
        }
        #expect(Double(inside) > 0.98 * Double(rests))
    }

    @Test("only the hard world tells directions apart")
    func directions() {
        let labels = { (difficulty: Difficulty) in Set(difficulty.settings.actions.map(\.label)) }
        #expect(
            labels(.hard).isSuperset(of: ["moving left", "moving right", "spinning clockwise", "growing", "shrinking"]))
        #expect(labels(.default).contains("moving") && labels(.default).count == 7)
        #expect(labels(.easy).isSubset(of: labels(.default)) && labels(.easy).count == 6)
    }

    private var small: DemoDataset {
        var dataset = DemoDataset()
        (dataset.trainingCount, dataset.validationCount, dataset.testCount) = (2, 1, 1)
        (dataset.seconds, dataset.size, dataset.seed) = (5, 32, 11)
        return dataset
    }

    @Test("what is written is what is annotated")
    func writes() throws {
        try TemporaryFolder.with { folder in
            let summary = try small.write(to: folder.path)
            let read = try AnnotationSet(contentsOf: folder.appendingPathComponent("annotations.json").path)
            #expect(read.videos.count == 4 && read.segmentCount == summary.annotations.segmentCount)
            #expect(Set(read.subsetNames) == ["training", "validation", "test"])
            for video in read.videos {
                let decoder = try VideoDecoder(
                    path: folder.appendingPathComponent("videos/\(video.id).mp4").path)
                while decoder.advance() {}
                #expect(abs(decoder.timing.end - (video.duration ?? 0)) < 1e-6)
                #expect(decoder.info.width == 32 && decoder.info.height == 32)
                #expect(video.framesPerSecond == 10)
            }
            // A second run replaces the files with the same bytes.
            let path = folder.appendingPathComponent("videos/test_0000.mp4")
            let before = try Data(contentsOf: path)
            _ = try small.write(to: folder.path)
            #expect(try Data(contentsOf: path) == before)
            // A smaller set would leave foreign videos behind.
            var smaller = small
            smaller.trainingCount = 1
            #expect(
                throws: ShapeWorldError.folderInUse(
                    path: folder.appendingPathComponent("videos").path, example: "train_0001.mp4")
            ) { try smaller.write(to: folder.path) }
        }
    }

    @Test("subsets do not depend on each other's size, and the seed changes everything")
    func independence() {
        var larger = small
        larger.trainingCount = 50
        let scenes = { (dataset: DemoDataset) in
            dataset.entries.filter { $0.subset == "test" }.map { dataset.compose($0).scene }
        }
        #expect(scenes(small) == scenes(larger))
        var other = small
        other.seed = 12
        #expect(scenes(small) != scenes(other))
        #expect(Set(larger.entries.map { larger.compose($0).scene }).count == 52)
    }

    @Test("numbers out of range are refused by name")
    func refusals() {
        let broken: [(String, (inout DemoDataset) -> Void)] = [
            ("size", { $0.size = 95 }), ("size", { $0.size = 8 }), ("seconds", { $0.seconds = .nan }),
            ("seconds", { $0.seconds = 1 }), ("fps", { $0.frameRate = FrameRate(1000) }),
            ("train", { $0.trainingCount = -1 }),
            ("train, validation and test", { ($0.trainingCount, $0.validationCount, $0.testCount) = (0, 0, 0) }),
        ]
        for (name, breaking) in broken {
            var dataset = small
            breaking(&dataset)
            let error = #expect(throws: ShapeWorldError.self) { try dataset.validate() }
            #expect(error?.description.hasPrefix(name) == true)
        }
    }
}
