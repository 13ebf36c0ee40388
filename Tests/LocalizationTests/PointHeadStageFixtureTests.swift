import Annotations
import Features
import Foundation
import TestSupport
import Testing

@testable import Localization

@Suite("Stages around networks on a feature pyramid agree with the reference")
struct PointHeadStageFixtureTests {
    @Test("points and targets of every video", arguments: PointHeadFixture.names)
    func targets(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let outputs = try fixture.tensors("train_outputs")
        let strides = try #require(fixture.config["fpn_strides"] as? [Int])
        let ranges = try #require(fixture.config["regression_range"] as? [[NSNumber]])
        let training = try #require(fixture.config["train_cfg"] as? [String: Any])
        let classes = try #require(fixture.config["num_classes"] as? Int)
        let levels = PointGenerator(
            strides: strides, ranges: ranges.map { ($0[0].floatValue, $0[1].floatValue) }
        ).levels(length: try #require(fixture.config["max_seq_len"] as? Int))
        for (index, level) in levels.enumerated() {
            let points = (0..<level.count).flatMap {
                [level.position($0), level.shortest, level.longest, level.stride]
            }
            #expect(try points == outputs.values("points_\(index)"))
        }
        let radius = try #require(training["center_sample_radius"] as? NSNumber).floatValue
        let assignment = CenterSamplingAssignment(
            radius: training["center_sample"] as? String == "radius" ? radius : nil)
        for index in 0..<fixture.videos.count {
            let targets = assignment.targets(
                levels: levels, segments: try fixture.segments(of: index), classes: classes)
            #expect(try targets.labels == outputs.values("target_cls_\(index)"))
            let expected = try outputs.values("target_offsets_\(index)")
            for point in targets.positives {
                #expect(abs(targets.offsets[2 * point] - expected[2 * point]) < 1e-5)
                #expect(abs(targets.offsets[2 * point + 1] - expected[2 * point + 1]) < 1e-5)
            }
        }
    }

    @Test("detections from the stored proposals, for every setting", arguments: PointHeadFixture.names)
    func postProcessing(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let file = try fixture.tensors("inference")
        let modes = try #require(fixture.expected["inference_modes"] as? [String: [String: Any]])
        for video in fixture.videos + fixture.inferenceVideos {
            let proposals = try Self.proposals(file, "v\(video.key)/pre_nms/")
            for (mode, changes) in modes {
                let settings = try fixture.postProcessing(changes: changes)
                let classes = (0..<10).map { "\($0)" }
                let found = PostProcessing(settings).detections(
                    from: proposals, video: video.name, grid: video.grid, durationSeconds: video.duration,
                    classes: classes)
                let reference = try Self.proposals(file, "v\(video.key)/\(mode)/")
                #expect(found.count == reference.count, "\(video.key) \(mode)")
                let order = reference.descendingOrder
                #expect(
                    largestDifference(found.map { Float($0.score) }, order.map { reference.scores[$0] }) < 1e-6,
                    "\(video.key) \(mode)")
                #expect(
                    largestDifference(found.map { Float($0.segment.start) }, order.map { reference.starts[$0] }) < 1e-3,
                    "\(video.key) \(mode)")
                #expect(
                    largestDifference(found.map { Float($0.segment.end) }, order.map { reference.ends[$0] }) < 1e-3,
                    "\(video.key) \(mode)")
                #expect(found.map(\.label) == order.map { "\(reference.labels[$0])" }, "\(video.key) \(mode)")
            }
        }
    }

    @Test("fusion with video-level class scores", arguments: PointHeadFixture.names)
    func scoreFusion(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        let object = try Fixture.json(fixture.folder.appendingPathComponent("score_fusion.json"))
        let output = try #require(object["output"] as? [String: [Any]])
        let videoScores = try #require(object["class_scores"] as? [String: [NSNumber]])
        var settings = ScoreFusionSettings()
        settings.topClasses = try #require(object["topk"] as? Int)
        settings.maximumSegments = try #require(object["num_pred"] as? Int)
        let file = try fixture.tensors("inference")
        var starts: [Double] = [], scores: [Double] = [], labels: [Int] = []
        for video in fixture.videos {
            let input = try Self.proposals(file, "v\(video.key)/soft_agnostic_voting/")
            let segments = (0..<input.count).map {
                ScoredSegment(
                    segment: Segment(start: Double(input.starts[$0]), end: Double(input.ends[$0])),
                    score: Double(input.scores[$0]), label: 0)
            }
            let fused = ScoreFusion(settings).fuse(
                segments, videoScores: try #require(videoScores[video.name]).map(\.doubleValue))
            starts += fused.map(\.segment.start)
            scores += fused.map(\.score)
            labels += fused.map(\.label)
        }
        func numbers(_ key: String) -> [Float] { (output[key] ?? []).compactMap { ($0 as? NSNumber)?.floatValue } }
        #expect(largestDifference(scores.map { Float($0) }, numbers("score")) < 1e-6)
        #expect(largestDifference(starts.map { Float($0) }, numbers("t-start")) < 1e-6)
        #expect(labels.map(Float.init) == numbers("label"))
    }

    static func proposals(_ file: TensorFile, _ prefix: String) throws -> Proposals {
        let segments = try file.values(prefix + "segments")
        return Proposals(
            starts: stride(from: 0, to: segments.count, by: 2).map { segments[$0] },
            ends: stride(from: 1, to: segments.count, by: 2).map { segments[$0] },
            scores: try file.values(prefix + "scores"), labels: try file.integers(prefix + "labels"))
    }
}
