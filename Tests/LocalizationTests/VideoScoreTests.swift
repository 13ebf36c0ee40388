import Annotations
import Features
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("Class scores of whole videos")
struct VideoScoreTests {
    private static func read(
        _ content: String, name: String = "scores.json", _ change: (inout ScoreFusionSettings) -> Void = { _ in }
    ) throws -> VideoClassScores {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent(name)
            try Data(content.utf8).write(to: file)
            var settings = ScoreFusionSettings()
            settings.scores = file.path
            change(&settings)
            return try #require(try VideoClassScores.load(settings))
        }
    }

    private static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("the CUHK file's classes are in its own order, and ids are known with and without v_")
    func cuhk() throws {
        let scores = try Self.read(#"{"class": ["b", "a", "c"], "results": {"x1": [0.5, 0.25, 0], "x2": [0, 0, 1]}}"#)
        #expect(scores.classes == ["b", "a", "c"])
        #expect(scores.scores(of: "v_x1") == [0.5, 0.25, 0])
        #expect(scores.scores(of: "x2") == [0, 0, 1])
        #expect(scores.scores(of: "x3") == nil)
    }

    @Test("broken files are refused with the mend")
    func refusals() throws {
        #expect(
            Self.message { _ = try Self.read(#"{"class": ["a"], "results": {"x": [0.5, 0.25]}}"#) }
                .contains("2 scores of video 'x' for 1 classes"))
        #expect(Self.message { _ = try Self.read(#"{"class": ["a"], "results": {"x": [-2]}}"#) }.contains("softmax"))
        #expect(Self.message { _ = try Self.read(#"{"results": {"x": [[1]]}}"#) }.contains("CUHK"))
        #expect(Self.message { _ = try Self.read("nonsense") }.contains("scores.json"))
        var settings = ScoreFusionSettings()
        settings.scores = "/nowhere/scores.json"
        #expect(Self.message { _ = try VideoClassScores.load(settings) }.contains("/nowhere/scores.json"))
    }

    @Test("logits become probabilities where that is asked for")
    func logits() throws {
        let scores = try Self.read(#"{"class": ["a", "b"], "results": {"x": [-1, 1]}}"#) { $0.softmax = true }
        let row = try #require(scores.scores(of: "x"))
        #expect(abs(row[1] - 1 / (1 + exp(-2.0))) < 1e-12 && abs(row[0] + row[1] - 1) < 1e-12)
    }

    @Test("what is written is read again, with 0 for classes that a video does not list")
    func roundTrip() throws {
        let scores = try VideoClassScores(
            path: "s", classes: ["run", "jump"], scores: ["v": [0.25, 0.75], "w": [1, 0]])
        try TemporaryFolder.with { folder in
            var settings = ScoreFusionSettings()
            settings.scores = folder.appendingPathComponent("scores.json").path
            try scores.write(to: settings.scores ?? "")
            let read = try #require(try VideoClassScores.load(settings))
            #expect(read.classes == ["jump", "run"] && read.videos == ["v", "w"])
            #expect(read.scores(of: "v") == [0.75, 0.25] && read.scores(of: "w") == [0, 1])
        }
        let partial = try Self.read(
            #"{"results": {"v": [{"label": "a", "score": 0.5}], "w": [{"label": "b", "score": 1}]}}"#)
        #expect(partial.scores(of: "v") == [0.5, 0])
    }

    @Test("an array is read with lists of its classes and videos, and refused without")
    func array() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try NpyFile.write(Tensor([0.5, 0.25, 0.125, 1, 0, 2], shape: [2, 3]), to: path("scores.npy"))
            try Data("c\na\nb\n".utf8).write(to: URL(fileURLWithPath: path("classes.txt")))
            try Data("second\nfirst\n".utf8).write(to: URL(fileURLWithPath: path("videos.txt")))
            var settings = ScoreFusionSettings()
            settings.scores = path("scores.npy")
            #expect(Self.message { _ = try VideoClassScores.load(settings) }.contains("fusion.classes"))
            (settings.classes, settings.videos) = (path("classes.txt"), path("videos.txt"))
            let scores = try #require(try VideoClassScores.load(settings))
            #expect(scores.classes == ["c", "a", "b"] && scores.scores(of: "first") == [1, 0, 2])
            settings.classes = path("videos.txt")
            #expect(Self.message { _ = try VideoClassScores.load(settings) }.contains("lists 2 videos"))
        }
    }

    /// Scores as UntrimmedNet's file has them, right for the invented test videos: a row for each number of a video, a column for
    /// each of the 101 classes in the order of THUMOS14.
    private static func writeScores(to path: String) throws {
        var values = [Float](repeating: 0, count: 1574 * 101)
        for (video, type) in [(1, 40), (2, 26), (3, 12)] { values[(video - 1) * 101 + type - 1] = 9 }
        try NpyFile.write(Tensor(values, shape: [1574, 101]), to: path)
    }

    @Test("UntrimmedNet's rows and columns are those of the annotated videos", arguments: DataFolder.present)
    func untrimmedNet(folder: DataFolder) throws {
        guard folder == .invented else {
            return try Self.expectRight(folder.url("annotations/thumos14/uNet_test.npy").path, in: folder)
        }
        try TemporaryFolder.with {
            let path = $0.appendingPathComponent("uNet_test.npy").path
            try Self.writeScores(to: path)
            try Self.expectRight(path, in: folder)
        }
    }

    private static func expectRight(_ file: String, in folder: DataFolder) throws {
        var settings = ScoreFusionSettings()
        settings.scores = file
        let scores = try #require(try VideoClassScores.load(settings))
        #expect(scores.classes.count == 20 && scores.videos.count == 1574)
        let truth = try AnnotationSet(
            contentsOf: folder.url("annotations/thumos14/thumos14.json.gz").path
        ).subset("test")
        // The invented videos show three of the twenty classes.
        let gaps = scores.gaps(videos: truth.videos.map(\.id), labels: truth.labels)
        #expect(gaps.count == folder.value(real: 0, invented: 1), "\(gaps)")
        let right = try truth.videos.count { video in
            let row = try #require(scores.scores(of: video.id))
            let best = row.indices.max { row[$0] < row[$1] } ?? 0
            return video.segments.contains { $0.label == scores.classes[best] }
        }
        // A shifted row or column leaves one in twenty.
        #expect(Double(right) > 0.8 * Double(truth.videos.count), "\(right) of \(truth.videos.count)")
    }

    @Test("missing videos and classes are counted and named")
    func gaps() throws {
        let scores = try VideoClassScores(path: "s.json", classes: ["a", "b"], scores: ["v": [1, 0]])
        let lines = scores.gaps(videos: ["v", "w"], labels: ["a", "c"])
        #expect(lines.count == 3)
        #expect(lines[0].contains("1 of 2 videos") && lines[0].contains("(w)"))
        #expect(lines[1].contains("(c)") && lines[2].contains("(b)"))
    }

    @Test("each formula joins the scores as it says", arguments: FusionFormula.allCases)
    func formulas(_ formula: FusionFormula) {
        var settings = ScoreFusionSettings()
        (settings.formula, settings.classWeight) = (formula, 0.25)
        let segment = ScoredSegment(segment: Segment(start: 0, end: 1), score: 0.16, label: 0)
        let fused = ScoreFusion(settings).fuse([segment], videoScores: [0.0625, 0])
        let expected: Double
        switch formula {
        case .geometricMean: expected = 0.1
        case .product: expected = 0.01
        case .weighted: expected = pow(0.16, 0.75) * 0.5
        }
        // The class with the score 0 is not taken.
        #expect(fused.count == 1 && abs(fused[0].score - expected) < 1e-12)
    }

    // MARK: - In detection and training

    static func model(labels: [String], classAgnostic: Bool = true, seed: UInt64 = 3) throws -> TrainedModel {
        var settings = LocalizationSettings()
        settings.classAgnostic = classAgnostic
        (settings.actionformer.channels, settings.actionformer.neckChannels) = (16, 16)
        (settings.actionformer.headChannels, settings.actionformer.heads) = (16, 2)
        settings.actionformer.maximumLength = 64
        settings.postProcessing.scoreThreshold = 0
        var generator = RandomGenerator(seed: seed)
        var contract = FeatureContract()
        contract.channels = 3
        let head = try settings.makeHead(featureChannels: 3, classes: labels.count, using: &generator)
        return TrainedModel(head: head, settings: settings, labels: labels, features: contract)
    }

    @Test("a class-agnostic head names its detections by the video's best classes; a video without scores is refused")
    func detection() throws {
        let scores = try VideoClassScores(path: "s.json", classes: ["a", "b", "c"], scores: ["v": [0.2, 0, 0.9]])
        let detector = Detector(try Self.model(labels: ["action"]), videoScores: scores)
        let found = try detector.detections(in: DatasetTests.sequence("v"))
        #expect(Set(found.map(\.label)) == ["a", "c"])
        #expect(
            Self.message { _ = try detector.detections(in: DatasetTests.sequence("w")) }
                .contains("no class scores of video 'w'"))
    }

    @Test("without scores the only annotated class is taken, and with several the error says the mend")
    func naming() throws {
        func annotations(_ labels: [String]) -> AnnotationSet { AnnotationSet(videos: [], labels: labels) }
        let nameless = try Self.model(labels: ["action"])
        #expect(try Detector(naming: nameless, annotations: annotations(["run"])).model.labels == ["run"])
        #expect(throws: LocalizationError.nameless) {
            try Detector(naming: nameless, annotations: annotations(["run", "jump"]))
        }
        #expect(throws: LocalizationError.nameless) { try Detector(naming: nameless, annotations: nil) }
        #expect(
            try Detector(naming: nameless, annotations: nil, allowsNameless: true).model.labels == ["action"])
        let own = try Self.model(labels: ["x", "y"], classAgnostic: false)
        #expect(try Detector(naming: own, annotations: nil).model.labels == ["x", "y"])
        #expect(annotations(["run", "Ambiguous"]).commonLabel(ignoring: ["Ambiguous"]) == "run")
        #expect(annotations(["run", "jump"]).commonLabel() == "action")
    }

    @Test("class scores for a head that classifies by itself are refused")
    func selfClassifying() {
        var settings = LocalizationSettings()
        settings.postProcessing.fusion.scores = "scores.json"
        #expect(throws: (any Error).self) { try settings.validate() }
        settings.classAgnostic = true
        #expect(throws: Never.self) { try settings.validate() }
    }
}
