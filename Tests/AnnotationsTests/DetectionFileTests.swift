import Files
import Foundation
import TestSupport
import Testing

@testable import Annotations

struct DetectionFileTests {
    private func read(_ data: Data) throws -> DetectionFile {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("detections.json")
            try data.write(to: file)
            return try DetectionFile.read(file.path)
        }
    }

    private let sample: [String: [Detection]] = [
        "v \"quoted\" é": [
            Detection(
                video: "v \"quoted\" é", label: "line\nbreak\u{1}", segment: Segment(start: 0.1, end: 1.0 / 3),
                score: 1e-7),
            Detection(
                video: "v \"quoted\" é", label: "x", segment: Segment(start: -2, end: 1e20), score: 0.30000000000000004),
        ],
        "empty": [],
    ]

    @Test("what is written reads back the same, also for another JSON parser")
    func roundTrips() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("d.json").path
            try DetectionFile.write(sample, to: path)
            let file = try DetectionFile.read(path)
            var found = Dictionary(uniqueKeysWithValues: file.detections.videos.map { ($0, [Detection]()) })
            for detection in file.detections { found[detection.video, default: []].append(detection) }
            #expect(found == sample)
            #expect(file.version == "VERSION 1.3")
            #expect(file.oddities.isEmpty)
            let object = try Fixture.json(URL(fileURLWithPath: path))
            let results = object["results"] as? [String: [[String: Any]]]
            #expect(results?["v \"quoted\" é"]?.first?["score"] as? Double == 1e-7)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["d.json"])
        }
    }

    @Test("two forms of one text are one video and one label")
    func composesNames() throws {
        let entry = #"[{"segment": [5, 10], "label": "LABEL", "score": 0.9}]"#
        let text =
            "{\"results\": {\"\u{E9}\": \(entry.replacing("LABEL", with: "caf\u{E9}")), \"e\u{301}\": "
            + "\(entry.replacing("LABEL", with: "cafe\u{301}"))}}"
        let file = try read(Data(text.utf8))
        #expect(file.detections.videos.map { Array($0.utf8) } == [Array("\u{E9}".utf8)])
        #expect(file.detections.labels == ["caf\u{E9}"] && file.detections.count == 2)
        #expect(file.oddities.map(\.kind) == [.videoTwice])
    }

    @Test("gzip is told from the content, and damage to it is seen")
    func readsGzip() throws {
        let text =
            "H4sIAAAAAAACAxWMUQqAIBAFryL7LZFBP10lJLZaIjAF10IQ797uz4N5DNPgo8x3irAYcGANZOI3FBZugLJrg4A7BRWqCnykTELj"
            + "MCvR9VAsKjprJt99l5dqoRwxbCcWjbTef5TxxBlqAAAA"
        let data = try #require(Data(base64Encoded: text))
        #expect(try read(data).detections.count == 1)
        let cut = #expect(throws: FileError.self) { try read(data.prefix(60)) }
        #expect("\(try #require(cut))".contains("damaged gzip data (unexpected end of file)"))
        var damaged = data
        damaged[80] ^= 0x55
        #expect(throws: FileError.self) { try read(damaged) }
    }

    @Test("scores of a table that are no numbers are an error, and not the best score", arguments: ["90%", "zero"])
    func refusesScores(score: String) throws {
        let text = "video,start,end,label,score\nv,5,10,x,0.5\nw,5,10,x,\(score)\n"
        let error = #expect(throws: FileError.self) { try read(Data(text.utf8)) }
        #expect("\(try #require(error))".contains("1 scores are no numbers such as 0.9 (line 3: '\(score)')"))
    }

    @Test("entries that cannot be used are left out and counted")
    func countsUnusable() throws {
        let file = try read(
            Data(
                """
                {"results": {"a": [{"label": "x", "score": 1, "segment": [0, 1]}, {"label": "x", "score": 1}, 7,
                 {"score": 1, "segment": [0, 1]}, {"label": "x", "score": null, "segment": [0, 1]},
                 {"label": "x", "score": 1, "segment": [0, 1, 2]}, {"label": 4, "score": "0.5", "segment": ["0", "1"]},
                 {"label": "x", "score": NaN, "segment": [0, Infinity]}], "b": 3, "a": []}, "external_data": {"used": false}}
                """.utf8))
        #expect(file.detections.count == 3)
        #expect(file.detections[1].label == "4" && file.detections[1].score == 0.5)
        #expect(file.detections[2].score.isNaN)
        let counts = Dictionary(uniqueKeysWithValues: file.oddities.map { ($0.kind, $0.count) })
        #expect(counts == [.unusableEntry: 6, .videoTwice: 1])
    }

    @Test("a value that JSON cannot say is refused and leaves no file")
    func refusesNonFinite() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("d.json").path
            let detection = Detection(video: "a", label: "x", segment: Segment(start: 0, end: 1), score: .nan)
            #expect(throws: FileError.self) { try DetectionFile.write(["a": [detection]], to: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("annotations given as predictions are recognised")
    func refusesAnnotations() {
        #expect(throws: FileError.self) { try read(Data(#"{"database": {}}"#.utf8)) }
        let error = #expect(throws: FileError.self) { try read(Data("\n".utf8)) }
        #expect(error?.description.hasSuffix("the file is empty") == true)
    }

    @Test("joined tables equal the table of all detections")
    func joins() {
        let detections = sample.values.flatMap { $0 }
        var joined = DetectionTable(detections.prefix(1))
        joined.append(contentsOf: DetectionTable(detections.dropFirst()))
        #expect(Array(joined) == Array(DetectionTable(detections)))
    }

    @Test("predictions have the counts that are known of them")
    func readsPredictions() throws {
        for (name, count) in [("toy_jitter", 360), ("toy_gaps", 668)] {
            let file = try DetectionFile.read(Fixture.reference("eval/\(name)_predictions.json.gz").path)
            #expect(file.detections.count == count)
        }
        guard SharedData.isPresent else { return }
        let folder = "data/predictions/"
        let sample = try DetectionFile.read(
            SharedData.url(folder + "activitynet_sample/sample_detection_prediction.json.gz").path)
        #expect(sample.detections.count == 7_654)
        let real = try DetectionFile.read(
            SharedData.url(folder + "activitynet_upc_2016/results_detection_06_e100_validation.json.gz").path)
        #expect(real.detections.count == 4_572)
    }
}
