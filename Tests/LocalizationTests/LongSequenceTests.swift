import Annotations
import Features
import FoundationEssentials
import Tensors
import Testing

@testable import Localization

@Suite("videos that are too long to be seen at once")
struct LongSequenceTests {
    /// Features that can only be read in parts.
    private struct Parts: FeatureSource {
        let path = "parts"
        let all: FeatureSequence
        var videos: [String] { [all.video] }
        var origin: FeatureOrigin? { nil }

        func header(for video: String) throws -> FeatureHeader {
            FeatureHeader(
                length: all.length, channels: all.channels, grid: all.grid, durationSeconds: all.durationSeconds)
        }
        func sequence(for video: String) throws -> FeatureSequence {
            throw FeatureError.damaged(path: path, video: video, reason: "they are not read whole")
        }
        var readsParts: Bool { true }
        func part(_ range: Range<Int>, of video: String) throws -> Tensor {
            SamplePreparation.rows(range, of: all.features)
        }
    }

    private static let channels = 6

    private static func common(_ settings: inout CommonPyramidSettings) {
        (settings.channels, settings.neckChannels, settings.headChannels) = (8, 8, 8)
        (settings.maximumLength, settings.branchBlocks) = (32, 3)
        settings.regressionRanges = [[0, 4], [4, 8], [8, 16], [16, 10_000]]
    }

    private static func tridet(_ settings: inout LocalizationSettings) {
        common(&settings.tridet.common)
        (settings.tridet.channels, settings.tridet.neckChannels, settings.tridet.headChannels) = (16, 16, 16)
    }

    private static func settings(_ change: (inout LocalizationSettings) -> Void) throws -> LocalizationSettings {
        var settings = LocalizationSettings()
        common(&settings.actionformer.common)
        settings.actionformer.heads = 2
        settings.actionformer.windows = [5]
        // Scales of 10⁻⁴ would hide what the blocks see.
        settings.actionformer.dropPath = 0
        settings.postProcessing.scoreThreshold = 0
        settings.postProcessing.proposalsPerLevel = 40
        settings.postProcessing.suppression.maximumSegments = 60
        change(&settings)
        try settings.validate()
        return settings
    }

    private static func detector(_ settings: LocalizationSettings) throws -> Detector {
        var generator = RandomGenerator(seed: 3)
        let head = try settings.makeHead(featureChannels: channels, classes: 3, using: &generator)
        var features = FeatureContract()
        features.channels = channels
        return Detector(
            TrainedModel(head: head, settings: settings, labels: ["a", "b", "c"], features: features))
    }

    private static func features(_ length: Int) -> FeatureSequence {
        var generator = RandomGenerator(seed: 4)
        return FeatureSequence(
            video: "v", features: .normal([length, channels], using: &generator), grid: TemporalMaxerTests.grid,
            durationSeconds: Double(length) * 4 / 25)
    }

    /// The same detector with short windows.
    private static func inWindows(_ detector: Detector, step: Int, context change: Int = 0) throws -> Detector {
        var other = detector
        guard case .exact(let windows) = try #require(detector.longSequences).method else {
            Issue.record("no exact windows")
            return other
        }
        let context = windows.context + change
        other.longSequences = LongSequences(
            longest: 64,
            method: .exact(SequenceWindows(length: step + 2 * context, context: context, unit: 8)))
        return other
    }

    static let heads: [(String, @Sendable (inout LocalizationSettings) -> Void)] = [
        ("local attention", { _ in }),
        ("relative positions", { $0.actionformer.relativePositions = true }),
        ("convolutions", { $0.actionformer.backbone = .convolution }),
        ("pyramid neck", { $0.actionformer.neck = .pyramid }),
        (
            "coarse levels only",
            {
                $0.actionformer.startLevel = 2
                $0.actionformer.regressionRanges = [[0, 8], [8, 10_000]]
            }
        ),
        ("OpenTAD", { $0.actionformer.conventions = .opentad }),
        (
            "max pooling",
            {
                common(&$0.temporalmaxer.common)
                $0.temporalmaxer.stemBlocks = 0
            }
        ),
        ("centred", { $0.window.centering = true }),
        ("every second", { $0.window.downsampling = 2 }),
        ("greedy", { $0.postProcessing.suppression.method = .hard }),
        (
            "linear, all classes together, with votes",
            {
                $0.postProcessing.suppression.method = .linear
                $0.postProcessing.suppression.classWise = false
                $0.postProcessing.suppression.votingThreshold = 0.7
            }
        ),
        ("no suppression", { $0.postProcessing.suppression.method = .none }),
        (
            "bounds of length",
            {
                $0.postProcessing.minimumLength = 1.5
                $0.postProcessing.lengthLimit = 20
            }
        ),
    ]

    @Test("windows find what is found at once", arguments: heads.indices, [397, 400])
    func same(head: Int, length: Int) throws {
        let whole = try Self.detector(Self.settings(Self.heads[head].1))
        let features = Self.features(length)
        let parts = try Self.inWindows(whole, step: 48)
        #expect(!whole.seesInWindows(length: length) && parts.seesInWindows(length: length))
        let expected = try whole.detections(in: features)
        #expect(!expected.isEmpty)
        for found in [try parts.detections(in: features), try parts.detections(of: "v", in: Parts(all: features))] {
            try #require(found.count == expected.count)
            for (one, other) in zip(found, expected) {
                #expect(one.label == other.label && abs(one.score - other.score) < 1e-5)
                #expect(abs(one.segment.start - other.segment.start) < 1e-3)
                #expect(abs(one.segment.end - other.segment.end) < 1e-3)
            }
        }
    }

    @Test("a long video whose curves are kept is seen at once")
    func curves() throws {
        let whole = try Self.detector(Self.settings(Self.heads[0].1))
        let parts = try Self.inWindows(whole, step: 48), features = Self.features(400)
        let (expected, found) = (
            try whole.response(to: features, keepsCurves: true), try parts.response(to: features, keepsCurves: true)
        )
        #expect(found.raw == expected.raw)
        #expect(found.curves?.features.shape == [400, 3])
        #expect(found.curves?.features.elements == expected.curves?.features.elements)
    }

    @Test("with less around it than the head sees, a window finds something else", arguments: [0, 2, 3, 6])
    func contextMatters(head: Int) throws {
        let whole = try Self.detector(Self.settings(Self.heads[head].1))
        let features = Self.features(400)
        let context = try #require((whole.model.head as? any PointHead)?.reach)
        let parts = try Self.inWindows(whole, step: 48, context: -(context + 7) / 8 * 8 + 8)
        let (one, other) = (try parts.rawProposals(in: features), try whole.rawProposals(in: features))
        #expect(largestDifference(one.proposals.scores.sorted(), other.proposals.scores.sorted()) > 1e-5)
    }

    @Test(
        "heads that see all of a video are given all of it",
        arguments: [
            { $0.actionformer.windows = [1] }, { $0.actionformer.absolutePositions = true },
            { $0.actionformer.neckGroups = 2 }, { tridet(&$0) }, { $0.window.policy = .resample },
        ] as [@Sendable (inout LocalizationSettings) -> Void])
    func whole(change: @Sendable (inout LocalizationSettings) -> Void) throws {
        #expect(try Self.detector(Self.settings(change)).longSequences == nil)
    }

    @Test("sliding windows that are read one after the other are those of the whole", arguments: [false, true])
    func sliding(perWindow: Bool) throws {
        let whole = try Self.detector(
            Self.settings {
                Self.tridet(&$0)
                $0.window.policy = .sliding
                $0.window.centering = true
                $0.postProcessing.suppressesWindows = perWindow
            })
        var parts = whole
        parts.longSequences = LongSequences(longest: 64, method: .sliding)
        let features = Self.features(400)
        let expected = try whole.rawProposals(in: features)
        #expect(expected.windowSizes.count > 10)
        #expect(try parts.rawProposals(in: features) == expected)
        #expect(try parts.rawProposals(of: "v", in: Parts(all: features)) == expected)
        #expect(try parts.detections(in: features) == whole.detections(in: features))
    }

    @Test("ordinary videos are seen at once, and long ones in windows that begin at blocks of attention")
    func usual() throws {
        let detector = try Self.detector(Self.settings { _ in })
        #expect(!detector.seesInWindows(length: 16_384) && detector.seesInWindows(length: 16_385))
        guard case .exact(let windows)? = detector.longSequences?.method else {
            Issue.record("no exact windows")
            return
        }
        #expect(windows.unit == 512 && windows.step % 512 == 0 && windows.context % 8 == 0)
    }
}
