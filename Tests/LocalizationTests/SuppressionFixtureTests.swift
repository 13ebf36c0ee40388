import Foundation
import TestSupport
import Testing

@testable import Localization

@Suite("Suppression agrees with the reference implementations")
struct SuppressionFixtureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let implementation: String
        let set: String
        var testDescription: String { "\(implementation), \(set)" }
    }

    static let sets = Fixture.cases(
        full: ["n5", "n5_ties", "n200", "n200_ties", "n3000", "n3000_ties"],
        small: ["n5", "n5_ties", "n200", "n200_ties"])
    static let cases: [Case] = ["af", "tridet", "opentad"].flatMap { implementation in
        sets.map { Case(implementation: implementation, set: $0) }
    }

    @Test("every call gives the segments, scores and labels of the reference, in its order", arguments: cases)
    func everyCallAgrees(_ item: Case) throws {
        let root = Fixture.reference("nms")
        let input = try proposals(try TensorFile(root.appendingPathComponent("\(item.set)_input.safetensors")), "")
        let expected = try TensorFile(root.appendingPathComponent("\(item.set)_\(item.implementation).safetensors"))
        let description = try Fixture.json(root.appendingPathComponent("expected.json"))
        let set = try #require((description[item.implementation] as? [String: Any])?[item.set] as? [String: Any])
        let calls = try #require(set["calls"] as? [String: [String: Any]])
        let isTied = set["ties"] as? Bool == true
        #expect(!calls.isEmpty)
        for (name, call) in calls {
            let settings = try settings(call, implementation: item.implementation)
            let result = NonMaximumSuppression(settings)(input)
            let parts = name.split(separator: "/", maxSplits: 1)
            let key = isTied ? "\(parts[0])_stable/\(parts[1])" : name
            let reference = try proposals(expected, key + "/")
            #expect(result.labels == reference.labels, "\(key)")
            #expect(largestDifference(result.scores, reference.scores) <= 1e-6, "\(key)")
            let tolerance: Float = settings.votingThreshold > 0 && !settings.classWise ? 1e-3 : 0
            #expect(largestDifference(result.starts, reference.starts) <= tolerance, "\(key)")
            #expect(largestDifference(result.ends, reference.ends) <= tolerance, "\(key)")
        }
    }

    @Test("unfiltered suppression keeps the same proposals in the same order", arguments: cases)
    func rawSelectionsAgree(_ item: Case) throws {
        let root = Fixture.reference("nms")
        let input = try proposals(try TensorFile(root.appendingPathComponent("\(item.set)_input.safetensors")), "")
        let expected = try TensorFile(root.appendingPathComponent("\(item.set)_\(item.implementation).safetensors"))
        for name in expected.entries.keys where name.contains("raw/hard") {
            let isPlainTie = item.set.hasSuffix("ties") && !name.hasSuffix("indices_stable")
            guard name.hasSuffix("indices") || name.hasSuffix("indices_stable"), !isPlainTie else { continue }
            let threshold = try #require(
                name.split(separator: "/").first { $0.hasPrefix("hard_iou") }.flatMap { Float($0.dropFirst(8)) })
            let kept = HardSuppression.select(
                from: input, overlapThreshold: threshold, minimumScore: 0, limit: .max)
            #expect(try kept == expected.integers(name), "\(name)")
        }
        for name in expected.entries.keys where name.contains("raw/soft") && name.hasSuffix("/indices") {
            let run = try #require(name.split(separator: "/").first { $0.hasPrefix("soft_") }).split(separator: "_")
            var settings = SuppressionSettings()
            settings.method = try #require(SuppressionMethod(rawValue: String(run[1])))
            settings.sigma = try #require(Float(run[2].dropFirst(5)))
            settings.overlapThreshold = 0.1
            let selections = SoftSuppression(settings).select(from: input, limit: .max)
            #expect(try selections.map(\.index) == expected.integers(name), "\(name)")
            let detections = try expected.values(name.dropLast(7) + "dets")
            #expect(
                largestDifference(
                    selections.map(\.score), stride(from: 2, to: detections.count, by: 3).map { detections[$0] })
                    <= 1e-6, "\(name)")
        }
    }

    private func proposals(_ file: TensorFile, _ prefix: String) throws -> Proposals {
        let segments = try file.values(prefix + "segments")
        return Proposals(
            starts: stride(from: 0, to: segments.count, by: 2).map { segments[$0] },
            ends: stride(from: 1, to: segments.count, by: 2).map { segments[$0] },
            scores: try file.values(prefix + "scores"), labels: try file.integers(prefix + "labels"))
    }

    private func settings(_ call: [String: Any], implementation: String) throws -> SuppressionSettings {
        func number(_ key: String) throws -> Float { try #require(call[key] as? NSNumber).floatValue }
        var settings = SuppressionSettings()
        settings.method = call["use_soft_nms"] as? Bool == true ? .gaussian : .hard
        if let method = call["method"] as? Int, method == 3 {
            settings.method = .improvedGaussian
            settings.overlapBase = try number("t1")
            settings.overlapSlope = try number("t2")
        }
        settings.overlapThreshold = try number("iou_threshold")
        settings.minimumScore = try number("min_score")
        settings.maximumSegments = Int(try number("max_seg_num"))
        settings.sigma = try number("sigma")
        settings.votingThreshold = try number("voting_thresh")
        settings.classWise = call["multiclass"] as? Bool == true
        settings.votingWeight = implementation == "af" ? .scoreAndOverlap : .score
        return settings
    }
}
