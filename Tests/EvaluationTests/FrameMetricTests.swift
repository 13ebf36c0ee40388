import Annotations
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Measures of frames, against numbers of `eval/references/frame_metrics.py`.
@Suite("Measures of frames")
struct FrameMetricTests {
    private static func item(_ start: Double, _ end: Double, _ label: String, _ score: Double? = nil) -> LabelledSegment
    {
        LabelledSegment(segment: Segment(start: start, end: end), label: label, score: score)
    }

    /// Predictions made from the ground truth by the rule of the script.
    private static func disturbed(_ videos: [AnnotatedVideo]) -> DetectionTable {
        let labels = Set(videos.flatMap { $0.segments.map(\.label) }).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        var table = DetectionTable(), k = 0
        for video in videos {
            for item in video.segments {
                let shift = Double(k * 37 % 11 - 5) * 0.1
                let label = k % 5 == 0 ? labels[((numbers[item.label] ?? 0) + 1) % labels.count] : item.label
                if k % 7 != 0 {
                    let segment = Segment(start: item.segment.start + shift, end: item.segment.end + shift)
                    table.append(
                        Detection(
                            video: video.id, label: label, segment: segment, score: Double(k * 7919 % 1000) / 1000))
                }
                k += 1
            }
        }
        return table
    }

    @Test("ten frames by hand: scored frames by rank, the others last and at once")
    func byHand() throws {
        let truth = AnnotationSet(videos: [AnnotatedVideo(id: "a", duration: 10, segments: [Self.item(1.5, 5.5, "x")])])
        var settings = EvaluationProtocol()
        (settings.name, settings.task, settings.frameRate) = ("mine", .frames, 1)
        let evaluator = try Evaluator(truth, protocol: settings)
        // Frames 2 to 5 are x. Frames 0 to 2 are shown first, then 3; 4 and 5 are never shown.
        let result = try evaluator.frameAveragePrecision(
            DetectionTable([
                Detection(video: "a", label: "x", segment: Segment(start: 0, end: 2), score: 0.9),
                Detection(video: "a", label: "x", segment: Segment(start: 2.5, end: 3), score: 0.5),
                Detection(video: "b", label: "x", segment: Segment(start: 0, end: 9), score: 1),
            ]))
        #expect(result.frameCount == 10 && result.classes[0].frameCount == 4 && result.droppedCount == 1)
        let expected = (1.0 / 3 + 2.0 / 4 + 2 * 4.0 / 10) / 4
        #expect(abs(result.meanAveragePrecision - expected) < 1e-12)
        #expect(throws: EvaluationError.self) {
            try Evaluator(
                AnnotationSet(videos: [AnnotatedVideo(id: "a", segments: [Self.item(1, 2, "x")])]), protocol: settings
            ).frameAveragePrecision(DetectionTable())
        }
    }

    @Test("an end of a segment belongs to it at the 25 times of Charades, and not at frames of a rate")
    func ends() throws {
        let truth = AnnotationSet(videos: [AnnotatedVideo(id: "a", duration: 25, segments: [Self.item(2, 4, "x")])])
        var settings = EvaluationProtocol()
        (settings.name, settings.task, settings.framesPerVideo) = ("mine", .frames, 25)
        let empty = DetectionTable()
        #expect(try Evaluator(truth, protocol: settings).frameAveragePrecision(empty).classes[0].frameCount == 3)
        (settings.framesPerVideo, settings.frameRate) = (nil, 1)
        #expect(try Evaluator(truth, protocol: settings).frameAveragePrecision(empty).classes[0].frameCount == 1)
        settings.framesPerVideo = 25
        #expect(throws: ConfigurationError.self) { try settings.validate() }
    }

    /// File, protocol, frames a second; what the script prints: frames and positives, mean and weighted precision.
    private typealias Dense = (String, String, Double?, [Int], [Double])
    private static let dense: [DataFolder: [Dense]] = [
        .real: [
            (
                "multithumos/multithumos.json.gz", "multithumos-frames", 2, [92_371, 143_628],
                [0.41660628395874066, 0.5663047240909188]
            ),
            (
                "charades/charades.json.gz", "charades-frames", nil, [46_575, 175_341],
                [0.5272108006153658, 0.5993606073274389]
            ),
        ],
        .invented: [
            (
                "multithumos/multithumos.json.gz", "multithumos-frames", 2, [258, 222],
                [0.4997805691752166, 0.500253638047912]
            ),
            (
                "charades/charades.json.gz", "charades-frames", nil, [200, 154],
                [0.49597093647800294, 0.5152171205417959]
            ),
        ],
    ]

    @Test("MultiTHUMOS at 2 frames a second and Charades as in numpy", arguments: DataFolder.present)
    func dense(folder: DataFolder) throws {
        for (file, name, rate, counts, precisions) in Self.dense[folder] ?? [] {
            let truth = try AnnotationSet(contentsOf: folder.url("annotations/\(file)").path)
            var settings = try EvaluationProtocol.named(name)
            if let rate { settings.frameRate = rate }
            let result = try Evaluator(truth, protocol: settings).frameAveragePrecision(
                Self.disturbed(truth.subset("testing").videos))
            #expect(result.frameCount == counts[0])
            #expect(result.classes.reduce(0) { $0 + $1.frameCount } == counts[1])
            #expect(abs(result.meanAveragePrecision - precisions[0]) < 1e-12, "\(result.meanAveragePrecision)")
            #expect(abs(result.weightedAveragePrecision - precisions[1]) < 1e-12)
        }
    }

    @Test("segmentation by hand: two of three segments in the wrong order of labels")
    func segmentationByHand() throws {
        let truth = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "a", duration: 10,
                segments: [
                    Self.item(0, 4, "x"), Self.item(4, 6, "y"), Self.item(6, 8, "background"), Self.item(8, 10, "x"),
                ])
        ])
        let shown = AnnotationSet(videos: [
            AnnotatedVideo(
                id: "a", segments: [Self.item(0, 5, "x", 0.5), Self.item(3, 4, "y", 0.9), Self.item(8, 10, "y", 0.1)])
        ])
        var settings = EvaluationProtocol()
        (settings.name, settings.task, settings.frameRate) = ("mine", .segmentation, 1)
        settings.backgroundLabels = ["background"]
        let result = try FrameSegmentation(shown, against: truth, protocol: settings)
        // x x x y x . . . y y against x x x x y y b b x x; frames without a label count as background.
        #expect(result.correctFrameCount == 5 && result.frameCount == 10)
        // x y x y against x y x.
        #expect(abs(result.editScore - 0.75) < 1e-12)
        // x 0..3 covers 3 of 4 frames; y 3..4 and y 8..10 touch y 4..6 nowhere; x 4..5 is nearest to the x that is taken.
        #expect(result.scores.map(\.truePositives) == [1, 1, 1])
        #expect(result.scores.map(\.falsePositives) == [3, 3, 3] && result.scores.map(\.falseNegatives) == [2, 2, 2])
        #expect(throws: EvaluationError.self) {
            try FrameSegmentation(
                AnnotationSet(videos: [AnnotatedVideo(id: "z")]), against: truth, protocol: settings)
        }
    }

    /// What the script prints for Breakfast.
    private struct Segmentation {
        var videos: Int, frames: Int, accuracy: Double
        /// Ignored labels, edit score, F1 at three overlaps.
        var scores: [([String], Double, [Double])]
    }

    private static let segmentations: [DataFolder: Segmentation] = [
        .real: Segmentation(
            videos: 146, frames: 384_034, accuracy: 0.9479212778035279,
            scores: [
                (["background"], 0.7746148068065876, [0.8766572920851747, 0.8605865809562073, 0.7890719164323021]),
                (
                    ["SIL", "background"], 0.834562192217309,
                    [0.92230296254891, 0.9211850195640022, 0.8753493571827837]
                ),
            ]),
        .invented: Segmentation(
            videos: 2, frames: 489, accuracy: 0.556237218813906,
            scores: [
                (["background"], 0.6904761904761905, [0.8461538461538461, 0.6153846153846154, 0.46153846153846156]),
                (["SIL", "background"], 1, [1, 0.6666666666666666, 0.4444444444444444]),
            ]),
    ]

    @Test("Breakfast with labels that lag by a second, as in numpy", arguments: DataFolder.present)
    func breakfast(folder: DataFolder) throws {
        let expected = try #require(Self.segmentations[folder])
        var truth = try AnnotationSet(
            contentsOf: folder.url("annotations/breakfast/breakfast_groundTruth_splits.tar.gz").path,
            ReadingOptions(framesPerSecond: 15))
        truth.videos = truth.videos.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
            .enumerated().filter { $0.offset % 10 == 0 }.map(\.element)
        func frames(_ video: AnnotatedVideo) -> [String] {
            video.segments.flatMap { item in
                Array(
                    repeating: item.label,
                    count: Int((item.segment.end * 15).rounded()) - Int((item.segment.start * 15).rounded()))
            }
        }
        var shown = truth
        for index in truth.videos.indices {
            let labels = frames(truth.videos[index])
            var lagging =
                Array(repeating: labels[0], count: min(15, labels.count)) + labels.dropLast(min(15, labels.count))
            for frame in (labels.count / 2)..<min(labels.count / 2 + 40, labels.count) { lagging[frame] = labels[0] }
            shown.videos[index].segments = lagging.enumerated().map {
                Self.item(Double($0.offset) / 15, Double($0.offset + 1) / 15, $0.element)
            }
        }
        let settings = try EvaluationProtocol.named("breakfast")
        for (background, edit, f1) in expected.scores {
            var own = settings
            own.backgroundLabels = background
            let result = try FrameSegmentation(shown, against: truth, protocol: own)
            #expect(result.videoCount == expected.videos && result.frameCount == expected.frames)
            #expect(abs(result.accuracy - expected.accuracy) < 1e-12)
            #expect(abs(result.editScore - edit) < 1e-12, "\(result.editScore)")
            for (score, expected) in zip(result.scores, f1) { #expect(abs(score.f1 - expected) < 1e-12) }
        }
    }
}
