import ArgumentParser
import Configuration
import Foundation
import ModelImport
import Networks
import SViLM
import Tensors

struct ImportBERTCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bert",
        abstract: "Make a published BERT the text encoder of a model folder.",
        discussion: """
            Writes text.yaml, text.safetensors and vocabulary.txt. With a video encoder in the same folder ('tal import vit' \
            and its kin) the folder serves as the beginning of a pre-training.

            Example:
              tal import bert --weights bert-base-uncased.safetensors --vocabulary vocab.txt --out start
              tal import vit --encoder configs/encoders/svilm-base.yaml --weights vit-base.safetensors --out start
              tal pretrain --config configs/pretrain/svilm-base-adamw.yaml --initial start --captions list.jsonl --out run
            """)

    @Option(
        name: .long, help: .value("file", "The weights under their official names: safetensors."), completion: .file())
    var weights: String
    @Option(
        name: .long, help: .value("file", "The vocabulary of the same model, one word piece a line."),
        completion: .file())
    var vocabulary: String
    @Option(name: .long, help: .value("n", "Attention heads; one for 64 channels unless given."))
    var heads: Int?
    @Option(name: .long, help: .value("n", "Longest text in word pieces."))
    var maximumLength = 32
    @Option(name: .long, help: .value("n", "Channels of the space shared with video."))
    var commonSpace = 256
    @Option(name: .long, help: .value("n", "The seed of what has no counterpart."))
    var seed: UInt64 = 0
    @Option(
        name: [.short, .long], help: .value("dir", "The model folder to write to, made where it is missing."),
        completion: .directory)
    var out: String
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let vocabulary = try WordPieceVocabulary(path: vocabulary)
        let (encoder, report) = try BERTImport.textEncoder(
            from: weights, vocabulary: vocabulary, heads: heads, maximumLength: maximumLength, commonSpace: commonSpace,
            seed: seed)
        try VideoLanguageModel.save(encoder, vocabulary: vocabulary, to: out)
        let console = consoleOptions.makeConsole()
        console.note(
            "\(out): text encoder of \(encoder.configuration.depth) layers, \(encoder.parameterCount) parameters")
        ImportText.note(report, on: console)
    }
}

/// What the imports of vision models have in common.
struct VisionImportOptions: ParsableArguments {
    @Option(
        name: .long, help: .value("encoder", "The configuration of the video encoder, of the same width and depth."),
        completion: .encoders)
    var encoder: String
    @Option(
        name: .long, help: .value("file", "The weights under their official names: safetensors."), completion: .file())
    var weights: String
    @Option(name: .long, help: .value("n", "The seed of what has no counterpart."))
    var seed: UInt64 = 0
    @Option(
        name: [.short, .long], help: .value("dir", "The model folder to write to, made where it is missing."),
        completion: .directory)
    var out: String
    @OptionGroup var consoleOptions: ConsoleOptions

    func run(_ model: VisionImport.Model) throws {
        let encoder = try EncoderFile.load(configuration: encoder, weights: nil, seed: seed)
        let report = try VisionImport.fill(encoder, from: weights, of: model)
        try VideoLanguageModel.save(encoder, to: out)
        let console = consoleOptions.makeConsole()
        console.note(
            "\(out): video encoder of \(encoder.configuration.depth) layers, \(encoder.parameterCount) parameters")
        ImportText.note(report, on: console)
    }
}

struct ImportViTCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vit", abstract: "Begin a video encoder with a published ViT (names of transformers or timm).",
        discussion:
            "Example: tal import vit --encoder configs/encoders/svilm-base.yaml --weights vit-base.safetensors --out start"
    )
    @OptionGroup var options: VisionImportOptions
    func run() throws { try options.run(.vit) }
}

struct ImportCLIPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clip", abstract: "Begin a video encoder with a published CLIP (names of transformers or OpenAI).",
        discussion:
            "Example: tal import clip --encoder configs/encoders/svilm-base.yaml --weights clip-b16.safetensors --out start"
    )
    @OptionGroup var options: VisionImportOptions
    func run() throws { try options.run(.clip) }
}

struct ImportVideoMAECommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "videomae",
        abstract: "Begin a video encoder with a published VideoMAE (names of transformers or the authors).",
        discussion:
            "Example: tal import videomae --encoder configs/encoders/svilm-base.yaml --weights videomae.safetensors --out start"
    )
    @OptionGroup var options: VisionImportOptions
    func run() throws { try options.run(.videomae) }
}

/// What an import did, in words.
enum ImportText {
    static func note(_ report: ImportReport, on console: Console) {
        let random = Set(report.random.map { $0.split(separator: ".").first.map(String.init) ?? $0 }).sorted()
        if !random.isEmpty { console.note("random, having no counterpart: \(random.joined(separator: ", "))") }
        if !report.unused.isEmpty {
            let shown = report.unused.prefix(5).joined(separator: ", ")
            console.note("\(report.unused.count) tensor(s) not used: \(shown)\(report.unused.count > 5 ? ", …" : "")")
        }
    }
}
