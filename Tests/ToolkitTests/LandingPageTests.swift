import Annotations
import Evaluation
import Foundation
import Localization
import TestSupport
import Testing
import Toolkit

@Suite("the landing page of the reference documentation")
struct LandingPageTests {
    /// Videos of a square that rests and then moves, with annotations.
    private static func makeVideos(in folder: URL) throws -> AnnotationSet {
        var set = AnnotationSet(videos: [])
        for (index, subset) in ["training", "training", "validation", "test"].enumerated() {
            try TestVideo.writeMovingSquare(
                to: folder.appendingPathComponent("v\(index).mp4"), count: 80, speed: 1 + index)
            set.videos.append(
                AnnotatedVideo(
                    id: "v\(index)", subset: subset, duration: 8,
                    segments: [LabelledSegment(segment: Segment(start: 1, end: 6), label: "moving")]))
        }
        return set
    }

    @Test("the three calls on it train a head, detect with it and evaluate what it found")
    func calls() throws {
        try TemporaryFolder.with { folder in
            let path = { (name: String) in folder.appendingPathComponent(name).path }
            let (run, annotations, features) = (path("run"), path("annotations.json"), path("features.h5"))
            let (video, detections) = (path("v3.mp4"), path("detections.json"))
            let configuration = path("head.yaml")
            try Data(
                """
                head: temporalmaxer
                temporalmaxer: {maximum_length: 32, channels: 8, neck_channels: 8, head_channels: 8, branch_blocks: 1, \
                regression_ranges: [[0, 8], [8, 10000]]}
                training: {training_subset: training, validation_subset: validation, evaluation_protocol: demo, epochs: 2, \
                warmup_epochs: 1, batch_size: 2}
                """.utf8
            ).write(to: URL(fileURLWithPath: configuration))
            let truth = try Self.makeVideos(in: folder)
            let format = try #require(AnnotationFormat.named("activitynet"))
            _ = try AnnotationWriter.write(truth, as: format, to: annotations)
            let encoder = ActionDetector.Encoder(
                configuration: Checkout.url("configs/encoders/frame-difference.yaml").path)
            #expect(try ExtractionJob([folder.path], encoder: encoder, output: features).run().videoCount == 4)

            // Training.
            let training = TrainingJob(
                configuration: configuration, features: [features], annotations: [annotations], output: run)
            let report = try training.run()
            print(report.runs[0].folder, report.runs[0].summary.averageMAP ?? 0)
            #expect(report.runs.first?.summary.epochs == 3)

            // Detection.
            let detector = try ActionDetector(run: run)
            for action in try detector.detect(in: video).detections.prefix(5) {
                print(action.label, action.segment.start, action.segment.end, action.score)
            }
            let found = try detector.detect(in: video).detections
            #expect(!found.isEmpty && found.allSatisfy { $0.label == "moving" && $0.segment.end <= 8.5 })
            let named = found.map { Detection(video: "v3", label: $0.label, segment: $0.segment, score: $0.score) }
            try DetectionFile.write(DetectionTable(named), to: detections)

            // Evaluation.
            let inputs = EvaluationInputs(
                groundTruth: [annotations], predictions: [detections], protocolName: "demo")
            if case .detection(let result, _) = try EvaluationJob(inputs).run() {
                print(result.averageMAP)
            }
            guard case .detection(let result, _) = try EvaluationJob(inputs).run() else {
                Issue.record("the demo's protocol evaluates detections")
                return
            }
            #expect(result.counts.groundTruthSegments == 1)
            #expect((0...1).contains(result.averageMAP))
        }
    }

    @Test("its code is the code that is compiled here")
    func isCurrent() throws {
        let strangers = try CodeBlock.strangers(
            "swift", in: "Sources/Toolkit/Toolkit.docc/Toolkit.md", to: ["Tests/ToolkitTests/LandingPageTests.swift"])
        #expect(strangers.map(\.line) == [])
    }
}
