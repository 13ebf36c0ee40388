import Annotations
import Configuration
import Features
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("From features and annotations to samples")
struct SamplePreparationTests {
    static let grid = SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16)

    private func sequence(_ count: Int, channels: Int = 2, grid: SnippetGrid = grid) -> FeatureSequence {
        FeatureSequence(
            video: "v", features: Tensor((0..<(count * channels)).map(Float.init), shape: [count, channels]),
            grid: grid, durationSeconds: 12)
    }

    @Test("segments in seconds land on the grid of the features")
    func segmentsOnGrid() {
        let sample = SamplePreparation(WindowSettings(), maximumLength: 64).sample(
            of: sequence(40), segments: [IndexedSegment(segment: Segment(start: 0, end: 4), label: 3)])
        // t · fps / stride - window / (2 · stride)
        #expect(sample.segments == [GridSegment(start: -2, end: 28, label: 3)])
        #expect(sample.halfWindow == 2)
        #expect(sample.length == 40)
    }

    @Test("downsampling keeps every second vector and doubles the stride")
    func downsampling() {
        var settings = WindowSettings()
        settings.downsampling = 2
        let sample = SamplePreparation(settings, maximumLength: 64).sample(of: sequence(5))
        #expect(sample.features.elements == [0, 1, 4, 5, 8, 9])
        #expect(sample.grid.strideFrames == 8 && sample.grid.windowFrames == 16)
    }

    @Test("centring leaves a mean of zero over time")
    func centering() {
        var settings = WindowSettings()
        settings.centering = true
        let sample = SamplePreparation(settings, maximumLength: 64).sample(of: sequence(3))
        #expect(sample.features.elements == [-2, -2, 0, 0, 2, 2])
    }

    @Test("resampling keeps the times of segments")
    func resamplingKeepsTimes() {
        var settings = WindowSettings()
        settings.policy = .resample
        let segment = Segment(start: 1.5, end: 3.25)
        let sample = SamplePreparation(settings, maximumLength: 48).sample(
            of: sequence(31), segments: [IndexedSegment(segment: segment, label: 0)])
        #expect(sample.length == 48)
        #expect(abs(sample.grid.seconds(at: Double(sample.segments[0].start)) - segment.start) < 1e-5)
        #expect(abs(sample.grid.seconds(at: Double(sample.segments[0].end)) - segment.end) < 1e-5)
    }

    @Test("training crops resampled videos too, by the same shares")
    func croppingAfterResampling() {
        var settings = WindowSettings()
        settings.policy = .resample
        let preparation = SamplePreparation(settings, maximumLength: 64)
        let segment = IndexedSegment(segment: Segment(start: 1, end: 2), label: 0)
        let sample = preparation.trainingSample(of: sequence(31), segments: [segment], draw: { $0.lowerBound })
        #expect(sample.length == 58)
        settings.cropShares = nil
        let whole = SamplePreparation(settings, maximumLength: 64)
            .trainingSample(of: sequence(31), segments: [segment], draw: { $0.lowerBound })
        #expect(whole.length == 64)
    }

    @Test("clipping drops segments behind the features and shortens others")
    func clipping() {
        var settings = WindowSettings()
        settings.clipsToFeatures = true
        settings.cropShares = nil
        let grid = SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1)
        let segments = [(8.0, 11.5), (10.2, 20.0), (12.0, 13.0)].map {
            IndexedSegment(segment: Segment(start: $0.0, end: $0.1), label: 0)
        }
        let sample = SamplePreparation(settings, maximumLength: 64)
            .trainingSample(of: sequence(10, grid: grid), segments: segments, draw: { $0.lowerBound })
        #expect(sample.segments == [GridSegment(start: 7.5, end: 10.5, label: 0)])
    }

    @Test("an epoch over all windows has each window with enough of an action, and segments keep their bounds")
    func allWindows() throws {
        let grid = SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1)
        var settings = WindowSettings()
        settings.policy = .sliding
        settings.trainingWindows = .all
        settings.minimumInside = 0
        let preparation = SamplePreparation(settings, maximumLength: 10)
        // On the grid these are [6.5, 11.5] and [26.5, 31.5]; windows begin at 0, 5, 10, 15, 20 and 22.
        let segments = [(7.0, 12.0), (27.0, 32.0)].map {
            IndexedSegment(segment: Segment(start: $0.0, end: $0.1), label: 0)
        }
        let whole = sequence(32, grid: grid)
        let header = FeatureHeader(length: 32, channels: 2, grid: grid, durationSeconds: 32)
        // Windows at 0 and 10 hold 60 and 40 % of the first segment, that at 20 60 % of the second.
        #expect(preparation.trainedWindowStarts(of: header, segments: segments) == [5, 22])
        let window = preparation.trainingWindow(of: whole, segments: segments, first: 22)
        #expect(window.length == 10 && window.features[0, 0] == 44)
        #expect(window.segments == [GridSegment(start: 4.5, end: 9.5, label: 0)])
        settings.requiredInside = 0.5
        let more = SamplePreparation(settings, maximumLength: 10)
        #expect(more.trainedWindowStarts(of: header, segments: segments) == [0, 5, 20, 22])
        // What reaches out of a window is not cut off; what lies outside of it altogether is no target.
        let first = more.trainingWindow(of: whole, segments: segments, first: 0)
        #expect(first.segments == [GridSegment(start: 6.5, end: 11.5, label: 0)])
    }

    @Test("windows of downsampled features are those of the sequence that the head sees")
    func downsampledWindows() {
        let grid = SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1)
        var settings = WindowSettings()
        settings.policy = .sliding
        settings.trainingWindows = .all
        settings.downsampling = 2
        let preparation = SamplePreparation(settings, maximumLength: 10)
        let segments = [IndexedSegment(segment: Segment(start: 30, end: 36), label: 0)]
        let header = FeatureHeader(length: 39, channels: 2, grid: grid)
        let starts = preparation.trainedWindowStarts(of: header, segments: segments)
        // 20 vectors remain; the segment lies around vectors 15 to 18.
        #expect(starts == [10])
        let window = preparation.trainingWindow(of: sequence(39, grid: grid), segments: segments, first: 10)
        #expect(window.length == 10 && window.features[0, 0] == 40 && window.segments.count == 1)
    }

    @Test("a video without an action has no trained window, and one that fits has one")
    func fewWindows() {
        let grid = SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1)
        var settings = WindowSettings()
        settings.policy = .sliding
        settings.trainingWindows = .all
        settings.requiredInside = 0
        let preparation = SamplePreparation(settings, maximumLength: 10)
        let header = FeatureHeader(length: 8, channels: 2, grid: grid)
        #expect(preparation.trainedWindowStarts(of: header, segments: []).isEmpty)
        let segments = [IndexedSegment(segment: Segment(start: 1, end: 2), label: 0)]
        #expect(preparation.trainedWindowStarts(of: header, segments: segments) == [0])
        #expect(preparation.trainingWindow(of: sequence(8, grid: grid), segments: segments, first: 0).length == 8)
    }

    @Test("all windows need the policy that makes them")
    func allWindowsNeedSliding() {
        var settings = WindowSettings()
        settings.trainingWindows = .all
        #expect(throws: ConfigurationError.self) { try settings.validate() }
        settings.policy = .sliding
        #expect(throws: Never.self) { try settings.validate() }
    }

    @Test("a cropped sample keeps features and segments together", arguments: 0..<20)
    func croppingIsConsistent(_ seed: Int) {
        var generator = RandomGenerator(seed: UInt64(seed))
        let whole = sequence(100, grid: SnippetGrid(frameRateNumerator: 1, strideFrames: 1, windowFrames: 1))
        let segment = IndexedSegment(segment: Segment(start: 30.5, end: 40.5), label: 1)
        let sample = SamplePreparation(WindowSettings(), maximumLength: 64)
            .trainingSample(of: whole, segments: [segment]) { generator.integer(in: $0) }
        #expect(sample.length == 64)
        let first = sample.features[0, 0] / 2
        #expect(sample.segments.count == 1)
        #expect(sample.segments[0].length >= 5)
        if sample.segments[0].length == 10 { #expect(sample.segments[0].start + first == 30) }
    }
}

@Suite("Data operations agree with the reference")
struct DataFixtureTests {
    static let folder = Fixture.reference("actionformer/dataset")

    @Test("linear resampling and the grid that follows")
    func resampling() throws {
        let file = try TensorFile(Self.folder.appendingPathComponent("dataset.safetensors"))
        let object = try Fixture.json(Self.folder.appendingPathComponent("dataset.json"))
        let cases = try #require(object["upsample"] as? [[String: Any]])
        #expect(!cases.isEmpty)
        for (index, item) in cases.enumerated() {
            func number(_ key: String) throws -> Double { try #require(item[key] as? NSNumber).doubleValue }
            let count = Int(try number("T")), channels = Int(try number("C")), length = Int(try number("max_seq_len"))
            let input = Self.transposed(try file.values("up\(index)/in"), rows: channels, columns: count)
            let grid = SnippetGrid(
                frameRateNumerator: Int(try number("fps")), strideFrames: try number("feat_stride"),
                windowFrames: try number("num_frames"))
            var settings = WindowSettings()
            settings.policy = .resample
            let seconds = try #require(item["segments_seconds"] as? [[NSNumber]])
            let sample = SamplePreparation(settings, maximumLength: length).sample(
                of: FeatureSequence(video: "v", features: Tensor(input, shape: [count, channels]), grid: grid),
                segments: seconds.map {
                    IndexedSegment(segment: Segment(start: $0[0].doubleValue, end: $0[1].doubleValue), label: 0)
                })
            let expected = Self.transposed(try file.values("up\(index)/out"), rows: channels, columns: length)
            #expect(largestDifference(sample.features.elements, expected) < 2e-5)
            #expect(abs(sample.grid.strideFrames - (try number("derived_feat_stride"))) < 1e-9)
            #expect(abs(sample.grid.windowFrames - (try number("derived_num_frames"))) < 1e-9)
            #expect(sample.halfWindow == Float(try number("feat_offset")))
            let segments = sample.segments.flatMap { [$0.start, $0.end] }
            #expect(largestDifference(segments, try file.values("up\(index)/segments_grid")) < 1e-4)
        }
    }

    @Test("random truncation with the recorded draws")
    func truncation() throws {
        let file = try TensorFile(Self.folder.appendingPathComponent("dataset.safetensors"))
        let object = try Fixture.json(Self.folder.appendingPathComponent("dataset.json"))
        let cases = try #require(object["truncate"] as? [[String: Any]])
        #expect(!cases.isEmpty)
        for (index, item) in cases.enumerated() {
            func number(_ key: String) throws -> Double { try #require(item[key] as? NSNumber).doubleValue }
            let shares = (item["crop_ratio"] as? [NSNumber]).map { $0[0].doubleValue...$0[1].doubleValue }
            var draws = try #require(item["random_draws"] as? [[String: Int]])
            let window = RandomTruncation(
                maximumLength: Int(try number("max_seq_len")), shares: shares,
                minimumInside: Float(try number("trunc_thresh"))
            ).window(
                length: Int(try number("T")), segments: try Self.segments(file, "tr\(index)", "in"),
                halfWindow: Float(try number("offset"))
            ) { range in
                guard !draws.isEmpty else { return -1 }
                let draw = draws.removeFirst()
                #expect(draw["low"] == range.lowerBound && draw["high"] == range.upperBound)
                return draw["value"] ?? -1
            }
            #expect(draws.isEmpty)
            #expect(window.range.count == Int(try number("out_T")))
            #expect(window.range.lowerBound == Int(try number("out_first_feature")))
            #expect(try window.segments == Self.segments(file, "tr\(index)", "out"))
        }
    }

    private static func segments(_ file: TensorFile, _ prefix: String, _ suffix: String) throws -> [GridSegment] {
        let bounds = try file.values("\(prefix)/segments_\(suffix)")
        return try file.integers("\(prefix)/labels_\(suffix)").enumerated().map { index, label in
            GridSegment(start: bounds[2 * index], end: bounds[2 * index + 1], label: label)
        }
    }

    static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        (0..<(rows * columns)).map { values[($0 % rows) * columns + $0 / rows] }
    }
}
