import Annotations
import Extraction
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import Toolkit

@Suite("features of a long video while it is encoded")
struct GatheredFeaturesTests {
    @Test("the rows of a file are those that were in memory")
    func rows() throws {
        var generator = RandomGenerator(seed: 1)
        let batches = (1...5).map { Tensor.normal([$0, 3], using: &generator) }
        var gathered = GatheredFeatures { $0 > 5 }, all = GatheredFeatures { _ in false }
        for batch in batches {
            try gathered.append(batch)
            try all.append(batch)
        }
        #expect(gathered.isInFile && !all.isInFile && gathered.count == 15 && gathered.channels == 3)
        for range in [0..<15, 4..<7, 14..<15] {
            #expect(try gathered.rows(range).elements == all.tensor.slice(axis: 0, range).elements)
        }
        #expect(throws: (any Error).self) { try gathered.rows(14..<16) }
    }

    @Test("a video that is seen in windows has the actions of one that is seen at once")
    func windows() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mkv")
            try TestVideo.writeMovingSquare(to: file, count: 2000)
            let video = VideoInput(id: "v", path: file.path)
            var detector = try ActionDetector(run: Fixture.url("earlier/run").path)
            let whole = try detector.detect(in: video).detections
            guard case .exact(let usual)? = detector.finder.detector.longSequences?.method else {
                Issue.record("no exact windows")
                return
            }
            detector.finder.detector.longSequences = LongSequences(
                longest: 300,
                method: .exact(
                    SequenceWindows(length: 64 + 2 * usual.context, context: usual.context, unit: 64)))
            #expect(detector.finder.seesInWindows(length: 301))
            let found = try detector.detect(in: video).detections
            try #require(!whole.isEmpty && found.count == whole.count)
            for (one, other) in zip(found, whole) {
                #expect(one.label == other.label && abs(one.score - other.score) < 1e-5)
                #expect(abs(one.segment.start - other.segment.start) < 1e-3)
                #expect(abs(one.segment.end - other.segment.end) < 1e-3)
            }
        }
    }
}
