import ArgumentParser
import Configuration
import Localization
import ModelImport
import Networks
import Toolkit

struct ImportGTADCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gtad",
        abstract: "Import a model of the authors' release of G-TAD.",
        discussion: """
            The release keeps its settings in its program; give a configuration of this package with the same ones.

            Example:
              tal import gtad --config configs/heads/gtad-thumos14.yaml --weights GTAD_best.pth.tar --out runs/gtad
            """)

    @Option(
        name: [.short, .long], help: .value("file.yaml", "A configuration of this package with head gtad."),
        completion: .heads)
    var config: String

    @Option(
        name: .long, help: .value("file", "The weights: the release's checkpoint (.pth.tar) or safetensors."),
        completion: .file())
    var weights: String

    @Option(
        name: [.short, .long], help: .value("dir", "The run folder to write; new or without a run."),
        completion: .directory)
    var out: String

    @OptionGroup var replacement: ReplacementOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        let settings = try ConfigurationFile.load(
            LocalizationSettings.self, from: ShippedFiles.standard.resolve(config, as: .head).path)
        let model = try GTADImport.run(
            settings: settings, weights: weights, folder: RunFolder(out, replaces: replacement.overwrite))
        console.note(
            "\(out): G-TAD with \(model.head.parameterCount) parameters, features of \(model.head.inputChannels) channels"
        )
    }
}
