import Annotations
import Features
import Files
import Foundation
import Localization
import Tensors
import TestSupport
import Testing
import Video

@testable import Toolkit

/// Files that version 0.1.0 made (Tests/Fixtures/earlier/make.sh) still open.
@Suite("files of version 0.1.0")
struct EarlierVersionTests {
    private static func path(_ name: String) -> String { Fixture.url("earlier/\(name)").path }

    private static func job(_ input: DetectionJob.Input? = nil) -> DetectionJob {
        DetectionJob(
            run: path("run"),
            input: input
                ?? .features([path("features.h5")], annotations: [path("annotations.json")], subset: "test"))
    }

    @Test("a feature store is read: every video, its grid, its origin, finite values")
    func store() throws {
        let source = try FeatureSources.open(Self.path("features.h5"))
        let annotations = try AnnotationSet(contentsOf: Self.path("annotations.json"))
        #expect(source.videos.sorted() == annotations.videos.map(\.id).sorted())
        #expect(source.videos.count == 5)
        for video in annotations.videos {
            let sequence = try source.sequence(for: video.id)
            #expect(sequence.features.shape.count == 2 && sequence.features.shape[0] > 0)
            let areFinite = sequence.features.elements.allSatisfy { $0.isFinite }
            #expect(areFinite)
            let header = try source.header(for: video.id)
            #expect(header.length == sequence.features.shape[0] && header.channels == sequence.features.shape[1])
            let duration = try #require(video.duration)
            // Snippets lie in their video.
            #expect(header.grid.seconds(at: Double(header.length - 1)) < duration)
        }
    }

    @Test("a run finds what it found then")
    func detects() throws {
        let report = try Self.job().run()
        #expect(report.batch.failures.isEmpty)
        let then = try DetectionFile.read(Self.path("detections.json")).detections
        #expect(Array(report.detections.keys) == then.videos)
        let now = report.detections.values.flatMap { $0 }
        #expect(now.count == then.count && !now.isEmpty)
        // The order of operations has changed since, so the last digits may differ, and neighbours change places.
        for old in then {
            let isFound = now.contains { new in
                new.label == old.label && abs(new.score - old.score) < 1e-4
                    && abs(new.segment.start - old.segment.start) < 1e-3
                    && abs(new.segment.end - old.segment.end) < 1e-3
            }
            #expect(isFound, "\(old)")
        }
    }

    @Test("a run that holds its encoder's configuration looks at videos by itself")
    func looksAtVideos() throws {
        try TemporaryFolder.with { folder in
            let video = folder.appendingPathComponent("v.mp4")
            try TestVideo.write(to: video, count: 60, rate: .init(10))
            let detector = try ActionDetector(run: Self.path("run"))
            #expect(!detector.usesRandomWeights)
            let labels = Set(try LabelFile.read(Self.path("run/labels.txt")))
            for action in try detector.detect(in: video.path).detections { #expect(labels.contains(action.label)) }
        }
    }

    @Test("training such a run further is refused by name")
    func resuming() throws {
        try TemporaryFolder.with { folder in
            let run = folder.appendingPathComponent("run")
            try FileManager.default.copyItem(at: Fixture.url("earlier/run"), to: run)
            var job = TrainingJob(
                configuration: run.appendingPathComponent("config.yaml").path, features: [Self.path("features.h5")],
                annotations: [Self.path("annotations.json")], output: run.path)
            job.resumes = true
            job.allowed = Set(DataFinding.Kind.allCases)
            let error = #expect(throws: LocalizationError.self) { try job.run() }
            #expect(try "\(#require(error))".contains("checkpoint of tal 0.1"))
        }
    }
}
