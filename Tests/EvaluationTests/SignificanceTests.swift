import Annotations
import TestSupport
import Testing

@testable import Evaluation

struct SignificanceTests {
    /// Sixty videos with two segments each; a detector finds each segment with some probability.
    private func world(
        _ probability: Double, seed: UInt64
    ) -> (annotations: AnnotationSet, detections: DetectionTable, settings: EvaluationProtocol) {
        var generator = SplitMix(state: seed)
        var detections = DetectionTable()
        let videos = (0..<60).map { index in
            let segments = (0..<2).map { number in
                LabelledSegment(
                    segment: Segment(start: Double(number) * 20, end: Double(number) * 20 + 10),
                    label: number == index % 2 ? "x" : "y")
            }
            for item in segments {
                let isFound = Double.random(in: 0..<1, using: &generator) < probability
                let shift = isFound ? 1.0 : 8
                detections.append(
                    Detection(
                        video: "v\(index)", label: item.label,
                        segment: Segment(start: item.segment.start + shift, end: item.segment.end + shift),
                        score: .random(in: 0..<1, using: &generator)))
            }
            return AnnotatedVideo(id: "v\(index)", segments: segments)
        }
        var settings = EvaluationProtocol()
        settings.name = "significance"
        settings.tiou = [0.3, 0.5]
        return (AnnotationSet(videos: videos), detections, settings)
    }

    @Test("every video drawn once gives the mAP itself")
    func identityDraw() throws {
        let world = world(0.6, seed: 1)
        let matches = try Evaluator(world.annotations, protocol: world.settings).match(world.detections)
        let map = try #require(VideoResampling(matches).meanAveragePrecision(Array(repeating: 1, count: 60)))
        for (value, expected) in zip(map, matches.result.meanAveragePrecision) {
            #expect(abs(value - expected) < 1e-12)
        }
    }

    @Test("a draw counts like a data set in which the drawn videos are copied")
    func drawEqualsCopies() throws {
        let world = world(0.6, seed: 2)
        var generator = SplitMix(state: 3)
        let weights = VideoResampling.draw(60, using: &generator)
        #expect(weights.reduce(0, +) == 60)
        let matches = try Evaluator(world.annotations, protocol: world.settings).match(world.detections)
        let resampled = try #require(VideoResampling(matches).meanAveragePrecision(weights))
        var videos: [AnnotatedVideo] = [], copies = DetectionTable()
        for (index, video) in world.annotations.videos.enumerated() {
            for copy in 0..<Int(weights[index]) {
                var video = video
                let id = "\(video.id) \(copy)"
                for var detection in world.detections where detection.video == video.id {
                    detection.video = id
                    copies.append(detection)
                }
                video.id = id
                videos.append(video)
            }
        }
        let direct = try Evaluator(AnnotationSet(videos: videos), protocol: world.settings).evaluate(copies)
        for (value, expected) in zip(resampled, direct.meanAveragePrecision) { #expect(abs(value - expected) < 1e-12) }
    }

    @Test("the interval holds the mAP, depends only on the seed, and refuses a single sample")
    func intervals() throws {
        let world = world(0.5, seed: 4)
        let matches = try Evaluator(world.annotations, protocol: world.settings).match(world.detections)
        let first = try matches.intervals(samples: 200, seed: 7)
        #expect(try matches.intervals(samples: 200, seed: 7) == first)
        let value = matches.result.averageMAP
        #expect(first.averageMAP.lower < value && value < first.averageMAP.upper)
        #expect(first.averageMAP.upper - first.averageMAP.lower < 0.5)
        #expect(throws: EvaluationError.self) { try matches.intervals(samples: 1) }
    }

    @Test("an interval has the spread of the draws and the place of the mAP")
    func centres() {
        let interval = VideoResampling.interval((0...100).map { Double($0) / 100 + 7 }, around: 0.5)
        #expect(abs(interval.lower - 0.025) < 1e-12 && abs(interval.upper - 0.975) < 1e-12)
    }

    @Test("a better detector is told from a worse one, and equal ones are not")
    func comparison() throws {
        let weak = world(0.4, seed: 5), strong = world(0.9, seed: 5)
        let evaluator = try Evaluator(weak.annotations, protocol: weak.settings)
        let first = try evaluator.match(weak.detections), second = try evaluator.match(strong.detections)
        let comparison = try PairedComparison(first, second, samples: 200)
        #expect(comparison.verdict == .better && comparison.difference > 0 && comparison.shareSecondHigher == 1)
        #expect(try PairedComparison(second, first, samples: 200).verdict == .worse)
        let same = try PairedComparison(first, first, samples: 50)
        #expect(same.verdict == .undecided && same.difference == 0 && same.shareSecondHigher == 0.5)
    }

    @Test("results of different ground truth are not compared")
    func refusesOther() throws {
        let world = world(0.5, seed: 6)
        let evaluator = try Evaluator(world.annotations, protocol: world.settings)
        var fewer = world.annotations
        fewer.videos.removeLast()
        let other = try Evaluator(fewer, protocol: world.settings)
        #expect(throws: EvaluationError.self) {
            try PairedComparison(evaluator.match(world.detections), other.match(world.detections), samples: 10)
        }
    }
}
