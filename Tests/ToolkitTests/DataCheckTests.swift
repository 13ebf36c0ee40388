import Annotations
import Features
import Files
import Tensors
import Testing

@testable import Toolkit

@Suite("The check of data")
struct DataCheckTests {
    /// Features held in memory.
    private struct Source: FeatureSource {
        var headers: [String: FeatureHeader]
        var path: String { "features" }
        var videos: [String] { headers.keys.sorted() }
        var origin: FeatureOrigin? { nil }

        func header(for video: String) throws -> FeatureHeader { try #require(headers[video]) }
        func sequence(for video: String) throws -> FeatureSequence {
            let header = try header(for: video)
            return FeatureSequence(
                video: video, features: .zeros([header.length, header.channels]), grid: header.grid)
        }
    }

    /// Features of 10 seconds: 19 windows of 16 frames, a stride of 4, at the given rate.
    private static func header(fps: Int = 8, length: Int = 17, channels: Int = 4) -> FeatureHeader {
        FeatureHeader(
            length: length, channels: channels,
            grid: SnippetGrid(frameRateNumerator: fps, strideFrames: 4, windowFrames: 16))
    }

    private static func video(
        _ id: String, _ subset: String = "training", duration: Double? = 10, at start: Double = 2, length: Double = 3
    ) -> AnnotatedVideo {
        AnnotatedVideo(
            id: id, subset: subset, duration: duration,
            segments: [LabelledSegment(segment: Segment(start: start, end: start + length), label: "jump")])
    }

    private static func kinds(
        _ videos: [AnnotatedVideo], _ headers: [String: FeatureHeader]?, _ change: (inout DataCheck) -> Void = { _ in }
    ) throws -> [DataFinding.Kind: DataFinding] {
        var check = DataCheck(AnnotationSet(videos: videos), features: headers.map { Source(headers: $0) })
        check.trainingSubset = "training"
        check.validationSubset = "validation"
        change(&check)
        return Dictionary(try check.findings().map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test("good data has nothing to be said about it")
    func good() throws {
        let videos = [Self.video("a"), Self.video("b", "validation")]
        #expect(try Self.kinds(videos, ["a": Self.header(), "b": Self.header()]).isEmpty)
    }

    @Test("a wrong frame rate is one notice for all videos")
    func wrongRate() throws {
        let videos = (0..<6).map { Self.video("v\($0)") }
        let headers = Dictionary(uniqueKeysWithValues: videos.map { ($0.id, Self.header(fps: 24)) })
        let finding = try #require(try Self.kinds(videos, headers)[.duration])
        #expect(finding.severity == .notice && finding.notice.count == 6 && finding.notice.examples.count == 3)
        #expect(finding.notice.message.contains("0.33") && finding.notice.message.contains("frame rate"))
    }

    @Test("segments after the end of the features are counted")
    func segmentsPastFeatures() throws {
        let videos = [Self.video("a", duration: 60, at: 40), Self.video("b", duration: 60)]
        let found = try Self.kinds(videos, ["a": Self.header(), "b": Self.header()])
        #expect(found[.segmentsPastFeatures]?.notice.count == 1 && found[.segmentsPastFeatures]?.severity == .notice)
        // A head would be trained on nothing.
        let all = try Self.kinds([Self.video("a", duration: 60, at: 40)], ["a": Self.header()])
        #expect(all[.segmentsPastFeatures]?.severity == .error)
        #expect(found[.duration]?.notice.count == 2)
    }

    @Test("features a window shorter than the video are whole")
    func lastWindow() throws {
        let found = try Self.kinds([Self.video("a")], ["a": Self.header(length: 15)])
        #expect(found[.duration] == nil)
    }

    @Test("ids that differ by prefix, extension, case or Unicode form are shown from both sides")
    func nearIdentifiers() throws {
        for (annotated, stored) in [
            ("abc", "v_abc"), ("abc.mp4", "abc"), ("Abc", "abc"), ("caf\u{E9}.mp4", "cafe\u{301}"),
        ] {
            let finding = try #require(try Self.kinds([Self.video(annotated)], [stored: Self.header()])[.ids])
            #expect(finding.severity == .fatal)
            #expect(finding.notice.description.contains(annotated) && finding.notice.description.contains(stored))
        }
        let partly = try Self.kinds([Self.video("a"), Self.video("b")], ["a": Self.header(), "v_b": Self.header()])
        #expect(partly[.ids]?.severity == .notice)
    }

    @Test("arrays with the axes the wrong way round are told by their shapes")
    func transposed() throws {
        let videos = (0..<4).map { Self.video("v\($0)") }
        let headers = Dictionary(
            uniqueKeysWithValues: videos.enumerated().map { ($1.id, Self.header(length: 2048, channels: 30 + $0)) })
        #expect(try Self.kinds(videos, headers)[.transposed]?.severity == .error)
    }

    @Test("training on what is evaluated is an error unless it is allowed")
    func overlap() throws {
        let videos = [Self.video("a"), Self.video("a", "validation")]
        let headers = ["a": Self.header()]
        #expect(try Self.kinds(videos, headers)[.overlap]?.severity == .error)
        #expect(try Self.kinds(videos, headers) { $0.allowed = [.overlap] }[.overlap]?.severity == .notice)
        let same = try Self.kinds([Self.video("a")], headers) { $0.validationSubset = "training" }
        #expect(same[.overlap]?.severity == .error)
    }

    @Test("the test videos of THUMOS14 are not trained on")
    func testVideos() throws {
        let videos = [Self.video("video_test_0000004"), Self.video("video_test_0000006")]
        #expect(try Self.kinds(videos, nil)[.testVideos]?.severity == .error)
    }

    @Test("a subset without a labelled segment is an error that cannot be allowed")
    func noSegments() throws {
        let videos = [AnnotatedVideo(id: "a", subset: "training", duration: 10)]
        let found = try Self.kinds(videos, ["a": Self.header()]) { $0.allowed = Set(DataFinding.Kind.allCases) }
        #expect(found[.emptySubset]?.severity == .fatal)
    }

    @Test("classes that only one subset has are named")
    func classes() throws {
        var other = Self.video("b", "validation")
        other.segments[0].label = "swim"
        let found = try Self.kinds([Self.video("a"), other], nil)
        #expect(found[.classes]?.severity == .notice)
        #expect(found[.classes]?.notice.examples == ["swim"])
    }
}
