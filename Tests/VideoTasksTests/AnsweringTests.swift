import Annotations
import Files
import Foundation
import ModelSupport
import Networks
import Pretraining
import TestSupport
import Testing
import Video

@testable import SViLM
@testable import Tensors
@testable import VideoTasks

@Suite("Questions about videos")
struct AnsweringTests {
    private static func model() throws -> VideoLanguageModel {
        VideoLanguageModel(
            encoder: SmallModel.encoder, text: SmallModel.settings().text,
            vocabulary: try .covering(["what colour shape is it"]), seed: 3)
    }

    private static let settings: AnswerSettings = {
        var settings = AnswerSettings()
        settings.hidden = 32
        settings.epochs = 60
        settings.batchSize = 16
        settings.optimizer.learningRate = 3e-3
        return settings
    }()

    /// Videos with a colour and a shape, each a direction of the features, and two questions about each.
    private static func examples(_ count: Int, seed: UInt64) throws -> AnswerTrainer.Examples {
        var generator = RandomGenerator(seed: seed)
        let colours = ["red", "green", "blue"], shapes = ["circle", "star"]
        var rows: [Tensor] = []
        var lines = ""
        for video in 0..<count {
            let colour = generator.integer(in: 0...2), shape = generator.integer(in: 0...1)
            var values = Tensor.normal([32], using: &generator).elements.map { $0 * 0.1 }
            values[colour] += 1
            values[8 + shape] += 1
            rows.append(Tensor(values))
            for (question, answer) in [("what colour is it?", colours[colour]), ("what shape is it?", shapes[shape])] {
                lines += "{\"video\": \"/\(video).mp4\", \"question\": \"\(question)\", \"answer\": \"\(answer)\"}\n"
            }
        }
        let set = try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("questions.jsonl").path
            try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
            return try QuestionSet(path: path)
        }
        return .init(questions: set, features: .stacked(rows))
    }

    @Test("a head learns to answer by video and question; the question alone does not suffice")
    func learns() throws {
        let training = try Self.examples(60, seed: 1), test = try Self.examples(40, seed: 2)
        let trainer = try AnswerTrainer(try Self.model(), training: training, settings: Self.settings, seed: 5)
        let model = try trainer.frozen()
        #expect(Set(model.answers) == ["red", "green", "blue", "circle", "star"])
        let accuracy = model.accuracy(test)
        #expect(accuracy.top1 > 0.95 && accuracy.top5 == 1 && accuracy.samples == 80)
        var blind = test
        blind.features = .zeros(test.features.shape)
        let questionOnly = try trainer.questionOnly().accuracy(blind)
        #expect(questionOnly.top1 < 0.65)
        #expect(test.majorityAccuracy(trainer.majorityAnswer) < questionOnly.top1)

        try TemporaryFolder.with { folder in
            try model.save(to: folder.path)
            let read = try AnswerModel.load(from: folder.path)
            let item = test.questions.items[0]
            let video = test.features.gathered([item.video])
            #expect(
                read.answer(item.question, video: video, count: 3)
                    == model.answer(item.question, video: video, count: 3))
            #expect(read.answer(item.question, video: video, count: 1).first?.text == item.answer)
            #expect(throws: FileError.self) { try AnswerModel.load(from: folder.path + "/none") }
        }
    }

    @Test("training evaluates the head beside the question alone and the most frequent answer")
    func training() throws {
        let examples = try Self.examples(60, seed: 1), test = try Self.examples(40, seed: 2)
        var training = AnswerTraining()
        training.settings = Self.settings
        training.seed = 5
        var answers = 0
        let trained = try training.train(
            try Self.model(), on: examples, validation: nil, testing: test, encode: { _, _ in nil },
            begin: { answers = $0 }, report: { _ in })
        #expect(answers == 5)
        let evaluation = try #require(trained.evaluation)
        #expect(evaluation.trained.top1 > 0.95 && evaluation.frozen == nil)
        #expect(try #require(evaluation.questionOnly).top1 < 0.7 && evaluation.majority ?? 1 < 0.5)
    }

    @Test("a tenth of the videos is set aside for fine-tuning, and nothing without it")
    func parts() throws {
        let questions = try Self.examples(40, seed: 3).questions
        var training = AnswerTraining()
        var parts = training.parts(of: questions, validation: nil)
        #expect(parts.training == questions && parts.validation == nil)
        training.fineTuning = FineTuningSettings()
        parts = training.parts(of: questions, validation: questions)
        #expect(parts.training == questions && parts.validation == questions)
        parts = training.parts(of: questions, validation: nil)
        let held = try #require(parts.validation)
        #expect(held.videos.count == 4 && Set(held.videos).isDisjoint(with: parts.training.videos))
        #expect(held.items.count + parts.training.items.count == questions.items.count)
    }

    @Test("an answer that training lacks is never right, and a single answer is refused")
    func answers() throws {
        let training = try Self.examples(10, seed: 1)
        var settings = Self.settings
        (settings.answers, settings.epochs) = (2, 1)
        let model = try AnswerTrainer(try Self.model(), training: training, settings: settings, seed: 5).frozen()
        #expect(model.answers.count == 2)
        let known = training.questions.items.count { model.answers.contains($0.answer) }
        #expect(model.accuracy(training).top5 == Double(known) / 20)
        settings.answers = 1
        #expect(throws: SViLMError.self) {
            try AnswerTrainer(try Self.model(), training: training, settings: settings, seed: 5)
        }
    }

    @Test("fine-tuning reads the videos and never ends worse than it began")
    func fineTuning() throws {
        try TemporaryFolder.with { folder in
            var lines = ""
            for index in 0..<4 {
                let name = "v\(index).mp4"
                try RecognitionTests.writeVideo(folder.appendingPathComponent(name).path, bright: index % 2 == 0)
                let answer = index % 2 == 0 ? "bright" : "dark"
                lines += "{\"video\": \"\(name)\", \"question\": \"what is it?\", \"answer\": \"\(answer)\"}\n"
            }
            let path = folder.appendingPathComponent("q.jsonl").path
            try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
            let set = try QuestionSet(path: path)
            let model = try Self.model()
            let features = Tensor.stacked(
                try WholeVideoEncoder(model.video).encode(set.videos.map { ($0, nil) }).map { try $0.get().feature })
            var settings = Self.settings
            settings.epochs = 2
            let trainer = try AnswerTrainer(
                model, training: .init(questions: set, features: features), settings: settings, seed: 1)
            var tuning = FineTuningSettings()
            (tuning.epochs, tuning.batchSize) = (2, 3)
            var reports: [AnswerTrainer.EpochReport] = []
            let tuned = try trainer.fineTune(trainer.frozen(), validation: set, settings: tuning) { reports.append($0) }
            #expect(reports.map(\.epoch) == [0, 1, 2])
            #expect(reports.allSatisfy { $0.skipped == 0 && $0.loss.isFinite })
            let again = Tensor.stacked(
                try WholeVideoEncoder(tuned.model.video).encode(set.videos.map { ($0, nil) }).map {
                    try $0.get().feature
                })
            let final = tuned.accuracy(.init(questions: set, features: again)).top1
            #expect(final == reports.map(\.accuracy).max())
        }
    }

    @Test("the JSON of MSRVTT-QA gives questions about videos found by number; bad entries are listed")
    func publicLayout() throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("TestVideo"), withIntermediateDirectories: true)
            let video = folder.appendingPathComponent("TestVideo/video7010.mp4")
            try Data().write(to: video)
            let text = """
                [{"answer": "couch", "category_id": 14, "id": 158581, "question": "what is a man sitting on?", "video_id": 7010},
                 {"answer": "dog", "id": 2, "question": "what barks?", "video_id": "vid12"},
                 {"answer": "", "id": 3, "question": "what barks?", "video_id": 7010}, {"answer": 5}, null]
                """
            let path = folder.appendingPathComponent("val_qa.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let set = try QuestionSet(path: path)
            #expect(set.videos == [video.path, "vid12"])
            #expect(set.items[0] == .init(video: 0, question: "what is a man sitting on?", answer: "couch"))
            #expect(set.failures.map(\.video) == (3...5).map { "\(path), entry \($0)" })
            let kept = set.keeping(videos: [1])
            #expect(kept.videos == ["vid12"] && kept.items.map(\.answer) == ["dog"])
            try Data("[]".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self) { try QuestionSet(path: path) }
        }
    }
}
