import Annotations
import Features
import Tensors
import Testing

@testable import Localization

/// Features held in memory.
struct MemoryFeatures: FeatureSource {
    let path = "memory"
    var origin: FeatureOrigin?
    let sequences: [String: FeatureSequence]

    init(_ sequences: [FeatureSequence], origin: FeatureOrigin? = nil) {
        self.sequences = Dictionary(sequences.map { ($0.video, $0) }, uniquingKeysWith: { first, _ in first })
        self.origin = origin
    }

    var videos: [String] { sequences.keys.sorted() }

    func header(for video: String) throws -> FeatureHeader {
        let sequence = try sequence(for: video)
        return FeatureHeader(
            length: sequence.length, channels: sequence.channels, grid: sequence.grid,
            durationSeconds: sequence.durationSeconds)
    }

    func sequence(for video: String) throws -> FeatureSequence {
        guard let sequence = sequences[video] else { throw FeatureError.unknownVideo(path: path, video: video) }
        return sequence
    }
}

@Suite("Features and annotations together")
struct DatasetTests {
    static let grid = SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1)

    static func sequence(_ video: String, length: Int = 20, channels: Int = 3) -> FeatureSequence {
        FeatureSequence(video: video, features: .ones([length, channels]), grid: grid)
    }

    private static let annotations = AnnotationSet(videos: [
        AnnotatedVideo(
            id: "b", duration: 21,
            segments: [
                LabelledSegment(segment: Segment(start: 2.5, end: 7.5), label: "run"),
                LabelledSegment(segment: Segment(start: 4, end: 4), label: "run"),
                LabelledSegment(segment: Segment(start: 5, end: 6), label: "Ambiguous"),
                LabelledSegment(segment: Segment(start: 5, end: 6), label: "fly"),
            ]),
        AnnotatedVideo(id: "gone"),
        AnnotatedVideo(id: "a"),
    ])

    private func dataset(classAgnostic: Bool = false) -> Dataset {
        Dataset(
            features: MemoryFeatures([Self.sequence("a"), Self.sequence("b"), Self.sequence("c")]),
            annotations: Self.annotations, labels: classAgnostic ? ["action"] : ["jump", "run"],
            classAgnostic: classAgnostic, ignoredLabels: ["Ambiguous"],
            preparation: SamplePreparation(WindowSettings(), maximumLength: 32))
    }

    @Test("a name is the same in composed and decomposed form, and is used as the features spell it")
    func matchesNames() {
        let dataset = Dataset(
            features: MemoryFeatures([Self.sequence("e\u{301}te\u{301}")]),
            annotations: AnnotationSet(videos: [AnnotatedVideo(id: "\u{E9}t\u{E9}")]), labels: ["run"],
            preparation: SamplePreparation(WindowSettings(), maximumLength: 32))
        #expect(dataset.items.map { Array($0.video.utf8) } == [Array("e\u{301}te\u{301}".utf8)])
        #expect(dataset.omissions.videosWithoutFeatures.isEmpty)
    }

    @Test("videos keep the order of the annotations, and what is left out is counted")
    func omissions() {
        let dataset = dataset()
        #expect(dataset.items.map(\.video) == ["b", "a"])
        #expect(dataset.omissions.videosWithoutFeatures == ["gone"])
        #expect(dataset.omissions.unknownLabels == ["fly": 1])
        #expect(dataset.omissions.emptySegments == ["b": 1])
        #expect(dataset.omissions.lines().count == 3)
        #expect(dataset.omissions.lines(withMissing: false).count == 2)
        #expect(dataset.emptyClasses == [0])
    }

    @Test("a sample has its segments on the grid and the duration of the annotations")
    func sample() throws {
        let sample = try dataset().sample(0)
        #expect(sample.segments == [GridSegment(start: 2, end: 7, label: 1)])
        #expect(sample.durationSeconds == 21 && sample.length == 20)
    }

    @Test("a class-agnostic set has every action in class 0")
    func classAgnostic() throws {
        let segments = dataset(classAgnostic: true).items[0].segments
        #expect(segments.map(\.label) == [0, 0])
        #expect(dataset(classAgnostic: true).omissions.unknownLabels.isEmpty)
    }

    @Test("without annotations every video of the source is there")
    func detectionSet() {
        let dataset = Dataset(
            features: MemoryFeatures([Self.sequence("a"), Self.sequence("b")]), labels: ["x"],
            preparation: SamplePreparation(WindowSettings(), maximumLength: 32))
        #expect(dataset.items.map(\.video) == ["a", "b"] && dataset.count == 2)
    }

    @Test("a contract accepts the features it was made of and names what differs in others")
    func contract() throws {
        let origin = FeatureOrigin(encoder: "svilm", encoderConfiguration: "{}", weightsSHA256: "ab")
        let source = MemoryFeatures([Self.sequence("a"), Self.sequence("b")], origin: origin)
        let contract = try FeatureContract(of: source, videos: ["a", "b"])
        let header = try source.header(for: "a")
        try contract.check(header, origin: origin, video: "a", file: "f")
        // A folder of arrays says nothing of its encoder.
        try contract.check(header, origin: nil, video: "a", file: "f")

        var other = header
        other.channels = 4
        #expect { try contract.check(other, origin: origin, video: "a", file: "f") } throws: {
            "\($0)".contains("4 channels")
        }
        other = header
        other.grid.strideFrames = 8
        #expect { try contract.check(other, origin: origin, video: "a", file: "f") } throws: {
            "\($0)".contains("stride 8")
        }
        var stranger = origin
        stranger.encoder = "i3d"
        #expect { try contract.check(header, origin: stranger, video: "a", file: "f") } throws: {
            "\($0)".contains("i3d")
        }
        stranger = origin
        stranger.weightsSHA256 = "cd"
        #expect { try contract.check(header, origin: stranger, video: "a", file: "f") } throws: {
            "\($0)".contains("weights")
        }
    }

    @Test("a contract leaves open in what videos differ, but not their channels")
    func mixedContract() throws {
        var fast = Self.sequence("b")
        fast.grid.frameRateNumerator = 2
        let contract = try FeatureContract(of: MemoryFeatures([Self.sequence("a"), fast]), videos: ["a", "b"])
        #expect(contract.framesPerSecond == nil && contract.strideFrames == 1 && contract.encoder == nil)
        let mixed = MemoryFeatures([Self.sequence("a"), Self.sequence("b", channels: 5)])
        #expect(throws: LocalizationError.self) { try FeatureContract(of: mixed, videos: ["a", "b"]) }
    }
}
