import Annotations
import Configuration
import Foundation
import TestSupport
import Testing

@testable import Evaluation

struct ProtocolTests {
    @Test("the copies in the binary are the files of eval/protocols")
    func copiesEqualFiles() throws {
        let folder = Checkout.url("eval/protocols")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(Set(files.map { String($0.dropLast(5)) }) == Set(EvaluationProtocol.builtInNames))
        for file in files {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let copy = BuiltInProtocols.texts[String(file.dropLast(5))].map { $0 + "\n" }
            #expect(copy == text, "\(file) differs; run eval/protocols/embed.sh")
        }
    }

    @Test("every protocol is valid and named as its file", arguments: EvaluationProtocol.builtInNames)
    func isValid(name: String) throws {
        let settings = try EvaluationProtocol.named(name)
        #expect(settings.name == name)
        #expect(!settings.about.isEmpty && (settings.task != .detection || !settings.tiou.isEmpty))
        #expect(settings.excludeVideos.allSatisfy { settings.exclusionReasons[$0] != nil })
    }

    @Test("a file with only name, subset and tiou is enough")
    func readsMinimalFile() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("mine.yaml")
            try Data("name: mine\nsubset: test\ntiou: [0.5, 0.75]\ncompatibility: official\n".utf8).write(to: file)
            let settings = try EvaluationProtocol.named(file.path)
            #expect(settings.tiou == [0.5, 0.75] && settings.compatibility == .official)
            try Data("name: mine\nsubset: test\ntiou: [1.5]\n".utf8).write(to: file)
            #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named(file.path) }
            try Data("name: mine\nsubset: test\ntious: [0.5]\n".utf8).write(to: file)
            #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named(file.path) }
        }
        #expect(throws: EvaluationError.self) { try EvaluationProtocol.named("no-such-protocol") }
    }

    /// Annotations with as many videos and segments in each subset as one of the files of THUMOS14 has.
    private static func thumos(_ subsets: [(String, Int, Int)]) -> AnnotationSet {
        AnnotationSet(
            videos: subsets.flatMap { subset, videos, segments in
                (0..<videos).map { index in
                    // The first videos take one more where the division leaves a rest.
                    let count = segments / videos + (index < segments % videos ? 1 : 0)
                    return AnnotatedVideo(
                        id: "\(subset) \(index)", subset: subset, duration: 1000,
                        segments: (0..<count).map {
                            LabelledSegment(segment: Segment(start: Double($0), end: Double($0) + 1), label: "Diving")
                        })
                }
            })
    }

    @Test("THUMOS variants see the videos and segments they are named after", arguments: DataFolder.present)
    func countsThumosVariants(folder: DataFolder) throws {
        func read(_ file: String, _ counts: [(String, Int, Int)]) throws -> AnnotationSet {
            guard folder == .real else { return Self.thumos(counts) }
            return try AnnotationSet(contentsOf: folder.url("annotations/thumos14/\(file).json.gz").path)
        }
        for (name, file, counts) in [
            ("thumos14-actionformer-212", "thumos14", [("Validation", 200, 3_007), ("Test", 212, 3_358)]),
            ("thumos14-opentad-211", "thumos_14_anno", [("training", 200, 3_003), ("validation", 211, 3_325)]),
            ("thumos14-gtad-210", "thumos_gt", [("train", 200, 3_007), ("test", 210, 3_311)]),
            ("thumos14", "thumos14_flat", [("validation", 200, 3_007), ("test", 212, 3_358)]),
        ] {
            let annotations = try read(file, counts)
            let result = try Evaluator(annotations, protocol: .named(name)).evaluate(DetectionTable())
            #expect(result.warnings.count == 1, "\(name): \(result.warnings)")
        }
        let other = try read("thumos14", [("Validation", 200, 3_007), ("Test", 212, 3_358)])
        let result = try Evaluator(other, protocol: .named("thumos14-opentad-211")).evaluate(DetectionTable())
        #expect(result.warnings.first?.contains("200 videos where the protocol is defined on 211") == true)
    }
}
