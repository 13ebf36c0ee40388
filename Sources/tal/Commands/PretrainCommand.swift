import Annotations
import ArgumentParser
import Configuration
import Evaluation
import Foundation
import Pretraining
import SViLM
import ShapeWorld

struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Train a video and a text encoder together on captioned clips.",
        discussion: """
            Without --videos the clips come from the generated world, made as they are needed. With --videos the last \
            lines of the manifest are held out and evaluated now and then (the setting validation_clips, at most a fifth).

            Examples:
              tal pretrain --config configs/pretrain/svilm-tiny.yaml --out runs/svilm-tiny
              tal pretrain --config configs/pretrain/svilm-base-adamw.yaml --videos videocc.jsonl --out runs/base
            """)

    @Option(name: .long, help: "The configuration of the pre-training.")
    var config: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "JSON lines {\"video\", \"caption\", \"start\"?, \"end\"?}, or the VideoCC table (.csv).",
            valueName: "manifest"))
    var videos: String?

    @Option(name: .long, help: "The run folder to write.")
    var out: String

    @Option(
        name: .long,
        help: "Begin with the weights of this run or model folder instead of random ones; its vocabulary is used.")
    var initial: String?

    @Flag(name: .long, help: "Go on from the folder's last checkpoint.")
    var resume = false

    @Option(name: .long, help: ArgumentHelp("Change a setting.", valueName: "key.path=value"))
    var set: [String] = []

    @Option(name: .long, help: "The seed of weights, clips and their order.")
    var seed: UInt64 = 0

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let settings = try ConfigurationFile.load(PretrainingConfiguration.self, from: config, overrides: set)
        let folder = URL(fileURLWithPath: config).deletingLastPathComponent()
        let encoder = try ConfigurationFile.load(
            EncoderConfiguration.self, from: URL(fileURLWithPath: settings.encoder, relativeTo: folder).path)
        let clips =
            try videos.map { try PretrainingClips(manifest: $0, settings: settings, encoder: encoder, seed: seed) }
            ?? PretrainingClips(world: settings, encoder: encoder, seed: seed)
        let start = try initial.map { try VideoLanguageModel.load(from: $0) }
        let vocabulary = try start?.tokenizer.vocabulary ?? makeVocabulary(settings, folder: folder, clips: clips)
        let trainer = try Pretrainer(
            settings, encoder: encoder, vocabulary: vocabulary, initial: start, source: clips.source,
            validation: clips.validation, folder: out, seed: seed, resume: resume)
        let bar = ProgressBar("pretrain", unit: "steps", total: settings.steps, console: console)
        bar.startingPoint(trainer.completedSteps)
        try trainer.run { report in
            bar.update(completed: Double(report.step), detail: PretrainingText.losses(report.losses))
            if let evaluation = report.evaluation {
                console.note(PretrainingText.evaluation(evaluation, step: report.step))
            }
        }
        bar.finish()
        var outcome = BatchOutcome(noun: "video")
        outcome.succeed()
        for failure in clips.failures + trainer.failures
        where !outcome.failures.contains(where: { $0.item == failure.video }) {
            outcome.fail(failure.video, reason: failure.reason)
        }
        try outcome.finish(on: console)
    }

    private func makeVocabulary(
        _ settings: PretrainingConfiguration, folder: URL, clips: PretrainingClips
    ) throws -> WordPieceVocabulary {
        try settings.vocabulary.isEmpty
            ? .covering(clips.source.captions() + settings.objectives.nounTemplates)
            : WordPieceVocabulary(path: URL(fileURLWithPath: settings.vocabulary, relativeTo: folder).path)
    }
}

/// What a pre-training reports, in words.
enum PretrainingText {
    static func losses(_ losses: StepLosses) -> String {
        var text = "loss \(ResultText.number(losses.total, 3))"
        let parts = [("L_c", losses.contrastive), ("L_t", losses.grouping), ("L_g", losses.grounding)]
        for (name, value) in parts { if let value { text += ", \(name) \(ResultText.number(value, 3))" } }
        return text
    }

    static func evaluation(_ evaluation: PretrainingEvaluation, step: Int) -> String {
        func percent(_ value: Double) -> String { ResultText.number(100 * value, 1) }
        func recalls(_ scores: RetrievalScores) -> String {
            "R@1/5/10 \(percent(scores.recall1))/\(percent(scores.recall5))/\(percent(scores.recall10)), "
                + "median rank \(ResultText.number(scores.medianRank, 1))"
        }
        var text =
            "step \(step): \(evaluation.clips) held-out clips, video to text \(recalls(evaluation.videoToText)); "
            + "text to video \(recalls(evaluation.textToVideo))"
        if let accuracy = evaluation.actionAccuracy { text += "; action told apart \(percent(accuracy)) %" }
        text += "; groups used \(ResultText.number(evaluation.groupsUsed, 1))"
        if let grouping = evaluation.groupingOfBlended { text += "; L_t \(ResultText.number(grouping, 4))" }
        if let grouping = evaluation.groupingOfUnblended { text += "; L_t unblended \(ResultText.number(grouping, 4))" }
        return text + "; explained by time \(percent(evaluation.explainedByTime)) %"
    }
}
