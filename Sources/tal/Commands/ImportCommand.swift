import ArgumentParser
import Localization
import ModelImport
import Networks

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take up published weights: a head as a run folder, an encoder as the beginning of a pre-training.",
        discussion: """
            Example:
              tal import actionformer --config thumos_i3d.yaml --weights epoch_039.pth.tar \\
                --class-names labels.txt --out runs/thumos
            """,
        subcommands: [
            ImportActionFormerCommand.self, ImportTriDetCommand.self, ImportGTADCommand.self, ImportOpenTADCommand.self,
            ImportBERTCommand.self, ImportCLIPCommand.self, ImportViTCommand.self, ImportVideoMAECommand.self,
        ])
}

/// What importing a model of a release needs.
struct ImportOptions: ParsableArguments {
    @Option(
        name: [.short, .long], help: .value("file", "The model's configuration, YAML or JSON."),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String

    @Option(
        name: .long,
        help: .value("file", "The weights: the release's checkpoint (.pth, .pth.tar) or safetensors with its names."),
        completion: .file())
    var weights: String

    @Option(
        name: .customLong("class-names"),
        help: .value("file", "Class names, one a line, in the order of the model's classes."), completion: .file())
    var labels: String

    @Option(
        name: [.short, .long], help: .value("dir", "The run folder to write; new or without a run."),
        completion: .directory)
    var out: String

    @OptionGroup var replacement: ReplacementOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run(_ kind: HeadKind, name: String) throws {
        let console = consoleOptions.makeConsole()
        let model = try OfficialImport.run(
            kind, configuration: config, weights: weights, labels: labels,
            folder: RunFolder(out, replaces: replacement.overwrite))
        console.note(
            "\(out): \(name) with \(model.head.parameterCount) parameters, \(model.head.classes) classes, features "
                + "of \(model.head.inputChannels) channels")
    }
}

struct ImportActionFormerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actionformer",
        abstract: "Import a model of the authors' release of ActionFormer.",
        discussion: """
            The configuration is the release's experiment file (sections dataset, model, train_cfg, test_cfg) or the \
            arguments of the model's constructor, as YAML or JSON.

            Example:
              tal import actionformer --config thumos_i3d.yaml --weights epoch_039.pth.tar \\
                --class-names labels.txt --out runs/thumos
            """)

    @OptionGroup var options: ImportOptions

    func run() throws { try options.run(.actionformer, name: "ActionFormer") }
}
