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

    @Test("THUMOS variants see the videos and segments they are named after", .enabled(if: SharedData.isPresent))
    func countsThumosVariants() throws {
        for (name, file) in [
            ("thumos14-actionformer-212", "thumos14"), ("thumos14-opentad-211", "thumos_14_anno"),
            ("thumos14-gtad-210", "thumos_gt"), ("thumos14", "thumos14_flat"),
        ] {
            let annotations = try AnnotationSet(
                contentsOf: SharedData.url("data/annotations/thumos14/\(file).json.gz").path)
            let result = try Evaluator(annotations, protocol: .named(name)).evaluate(DetectionTable())
            #expect(result.warnings.count == 1, "\(name): \(result.warnings)")
        }
        let other = try AnnotationSet(contentsOf: SharedData.url("data/annotations/thumos14/thumos14.json.gz").path)
        let result = try Evaluator(other, protocol: .named("thumos14-opentad-211")).evaluate(DetectionTable())
        #expect(result.warnings.first?.contains("200 videos where the protocol is defined on 211") == true)
    }
}
