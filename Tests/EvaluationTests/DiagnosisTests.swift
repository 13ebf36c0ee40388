import Annotations
import Foundation
import TestSupport
import Testing

@testable import Evaluation

struct DiagnosisTests {
    private func detection(_ start: Double, _ end: Double, _ score: Double, _ label: String = "x") -> Detection {
        Detection(video: "a", label: label, segment: Segment(start: start, end: end), score: score)
    }

    private let annotations = AnnotationSet(videos: [
        AnnotatedVideo(
            id: "a", duration: 100,
            segments: [
                LabelledSegment(segment: Segment(start: 0, end: 10), label: "x"),
                LabelledSegment(segment: Segment(start: 50, end: 60), label: "y"),
            ])
    ])

    private func diagnose(_ detections: [Detection]) throws -> Diagnosis {
        var settings = EvaluationProtocol()
        settings.name = "diagnosis"
        settings.tiou = [0.5]
        return try Evaluator(annotations, protocol: settings).diagnose(DetectionTable(detections))
    }

    @Test("each kind of error is told from the others")
    func tellsErrors() throws {
        let diagnosis = try diagnose([
            detection(0, 10, 0.9), detection(0, 9, 0.8), detection(50, 60, 0.7), detection(6, 16, 0.6),
            detection(57, 67, 0.5), detection(80, 90, 0.4),
        ])
        let counts = Dictionary(uniqueKeysWithValues: diagnosis.costs.map { ($0.kind, $0.meanCount) })
        #expect(
            counts == [.doubleDetection: 1, .wrongLabel: 1, .localization: 1, .confusion: 1, .background: 1])
        #expect(diagnosis.profiles.first?.truePositives == 1)
        #expect(diagnosis.profiles[1].errors[.doubleDetection] == 1)
        #expect(diagnosis.missedShare == 0.5)
    }

    @Test("an error costs what taking its predictions away gains")
    func costsErrors() throws {
        let diagnosis = try diagnose([detection(80, 90, 0.9), detection(0, 10, 0.8), detection(50, 60, 0.7, "y")])
        #expect(diagnosis.averageMAP == 0.75)
        let costs = Dictionary(uniqueKeysWithValues: diagnosis.costs.map { ($0.kind, $0.averageMAPGain) })
        #expect(costs[.background] == 0.25 && costs[.localization] == 0)
    }

    @Test("only ten predictions for each segment are looked at")
    func limits() throws {
        let many = (0..<40).map { detection(70, 80, 1 - Double($0) / 100) }
        #expect(try diagnose(many).predictionCount == 10)
    }

    @Test("characteristics by hand")
    func characteristics() throws {
        let items = SegmentCharacteristics.of(annotations.videos[0])
        #expect(items[0].length == 10 && items[0].coverage == 0.1 && items[0].instanceCount == 2)
        #expect(items[0].contextDistance == 4 && items[0].contextSize == 4)
        #expect(items[1].contextSize == 8)
        let alone = SegmentCharacteristics.of(
            AnnotatedVideo(id: "a", segments: [LabelledSegment(segment: Segment(start: 1, end: 2), label: "x")]))
        #expect(alone[0].coverage == nil && alone[0].contextDistance == nil && alone[0].contextSize == nil)
    }

    @Test("groups cover every value once")
    func groupsCover() {
        for isShort in [true, false] {
            for groups in CharacteristicGroups.all(forShortActions: isShort) {
                #expect(groups.groupNames.count == groups.edges.count + 1)
                #expect(groups.edges == groups.edges.sorted())
            }
        }
    }

    @Test(
        "length, coverage and number of instances of THUMOS14 are those DETAD gives",
        arguments: DataFolder.present, ["test", "val"])
    func agreesWithDETAD(data: DataFolder, part: String) throws {
        let folder = data.url("annotations/thumos14")
        let path = folder.appendingPathComponent("detad_thumos14_\(part)_extra_characteristics.json.gz").path
        let given = try givenCharacteristics(path)
        var set = try AnnotationSet(contentsOf: path)
        // The durations behind the test file are known; those behind the other are only near TSP's.
        let tolerance = part == "test" ? 1e-9 : 0.003
        if part == "test" {
            let durations = try listedDurations(folder.appendingPathComponent("th14_test_durations.txt"))
            for index in set.videos.indices { set.videos[index].duration = durations[set.videos[index].id] }
        } else {
            set = try set.completed(byTable: folder.appendingPathComponent("tsp_thumos14_valid_metadata.csv").path)
        }
        var compared = 0
        for video in set.videos {
            let expected = try #require(given[video.id])
            for (item, other) in zip(SegmentCharacteristics.of(video), expected) {
                #expect(abs(item.length - other[0]) < 1e-9)
                #expect(abs((item.coverage ?? -1) / other[1] - 1) < tolerance, "\(video.id)")
                #expect(Double(item.instanceCount) == other[2])
                compared += 1
            }
        }
        #expect(compared == (data == .real ? (part == "test" ? 3_358 : 3_003) : part == "test" ? 5 : 13))
    }

    /// Durations from alternating lines of a path and a number.
    private func listedDurations(_ file: URL) throws -> [String: Double] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        var durations: [String: Double] = [:]
        for index in stride(from: 0, to: lines.count - 1, by: 2) {
            let name = lines[index].split(separator: "/").last?.dropLast(4) ?? ""
            durations[String(name)] = Double(lines[index + 1].trimmingCharacters(in: .whitespaces))
        }
        return durations
    }

    /// Length, coverage and number of instances as the file has them.
    private func givenCharacteristics(_ path: String) throws -> [String: [[Double]]] {
        struct File: Decodable {
            struct Video: Decodable {
                struct Item: Decodable {
                    var length: Double, coverage: Double
                    // The two files spell the key differently.
                    var testCount: Double?, validationCount: Double?
                    enum CodingKeys: String, CodingKey {
                        case length, coverage, testCount = "num-instances", validationCount = "num_instances"
                    }
                }
                var annotations: [Item]
            }
            var database: [String: Video]
        }
        let data = Data(try RunProcess.run("gzip", ["-dc", path]).output.utf8)
        return try JSONDecoder().decode(File.self, from: data).database.mapValues { video in
            video.annotations.map { [$0.length, $0.coverage, $0.testCount ?? $0.validationCount ?? -1] }
        }
    }

    @Test(
        "a set of detections is diagnosed consistently",
        arguments: ["toy_jitter", "toy_gaps"] + Fixture.cases(full: ["thumos14_real"], small: []))
    func setOfDetections(name: String) throws {
        let set = try ReferenceSet(name)
        let settings =
            try name == "thumos14_real" ? .named("thumos14-actionformer-212") : set.settings(.plain)
        let evaluator = try Evaluator(set.annotations, protocol: settings)
        let diagnosis = try evaluator.diagnose(set.detections), result = try evaluator.evaluate(set.detections)
        let segmentCount = result.counts.groundTruthSegments
        #expect(segmentCount > 50)
        for profile in diagnosis.profiles where profile.predictionCount > 0 {
            #expect(abs(profile.truePositives + profile.errors.values.reduce(0, +) - 1) < 1e-12)
        }
        #expect(diagnosis.costs.allSatisfy { $0.averageMAPGain >= -1e-12 })
        for item in diagnosis.sensitivities {
            #expect(item.groups.reduce(item.unknownCount) { $0 + $1.segmentCount } == segmentCount)
        }
        #expect(diagnosis.averageMAP <= result.averageMAP + 1e-12 && diagnosis.averageMAP > result.averageMAP - 0.02)
    }
}
