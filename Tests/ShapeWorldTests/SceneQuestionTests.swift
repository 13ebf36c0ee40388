import Foundation
import TestSupport
import Testing

@testable import ShapeWorld

@Suite("Questions about scenes")
struct SceneQuestionTests {
    private static func actor(_ colour: Palette, _ shape: Shape) -> Actor {
        Actor(shape: shape, colour: colour, surface: .plain, radius: 0.1, steps: [])
    }

    @Test("a question is asked only where it has one answer")
    func unambiguous() {
        let questions = SceneQuestion.all(about: [
            (Self.actor(.red, .square), .spinning), (Self.actor(.blue, .square), nil), (Self.actor(.red, .star), nil),
        ])
        #expect(
            questions == [
                SceneQuestion(question: "which shape spins?", answer: "square"),
                SceneQuestion(question: "what colour is the shape that spins?", answer: "red"),
                SceneQuestion(question: "what colour is the star?", answer: "red"),
            ])
        let alone = SceneQuestion.all(about: [(Self.actor(.cyan, .ring), .resting)])
        #expect(
            alone == [
                SceneQuestion(question: "what colour is the ring?", answer: "cyan"),
                SceneQuestion(question: "what does the ring do?", answer: "rests"),
                SceneQuestion(question: "what does the cyan shape do?", answer: "rests"),
            ])
    }

    @Test("scenes of the world answer questions of every kind")
    func world() {
        let world = CaptionWorld(settings: Difficulty.default.settings, scenesPerGroup: 1, seed: 3)
        let scenes = (0..<200).map { world.scene(at: $0) }
        let questions = scenes.flatMap(\.questions)
        #expect(questions.count > 400)
        for start in ["what colour is the shape", "which shape", "what does the", "what colour is the"] {
            #expect(questions.contains { $0.question.hasPrefix(start) })
        }
        let answers = Set(
            Palette.allCases.map(\.rawValue) + Shape.allCases.map(\.rawValue) + ActionKind.allCases.map(\.verb))
        #expect(questions.allSatisfy { answers.contains($0.answer) })
        #expect(scenes.allSatisfy { Set($0.questions.map(\.question)).count == $0.questions.count })
    }

    @Test("questions are written beside the captions")
    func files() throws {
        try TemporaryFolder.with { folder in
            var dataset = CaptionDataset()
            (dataset.trainingCount, dataset.validationCount, dataset.heldOutCount) = (3, 0, 1)
            (dataset.seconds, dataset.size) = (0.8, 32)
            let summary = try dataset.write(to: folder.path)
            #expect(
                summary.questions.map { ($0.path as NSString).lastPathComponent } == [
                    "training-questions.jsonl", "held-out-questions.jsonl",
                ])
            for (path, count) in summary.questions {
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                #expect(lines.count == count)
                for line in lines {
                    let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
                    #expect(Set(fields.keys) == ["video", "question", "answer"])
                }
            }
        }
    }
}
