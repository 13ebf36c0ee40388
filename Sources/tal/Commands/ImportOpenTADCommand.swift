import ArgumentParser
import Localization
import ModelImport
import Networks

struct ImportOpenTADCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opentad",
        abstract: "Import ActionFormer, TriDet, TemporalMaxer, BMN or G-TAD from OpenTAD.",
        discussion: """
            The configuration is OpenTAD's own (Python, of which only values are read; nothing is executed), beside the files \
            that it builds on. It must be of a model on features. Features of videos that OpenTAD resizes are interpolated \
            here where it averages over cells, and its limit of proposals before suppression holds for each pyramid level.

            Example:
              tal import opentad --config OpenTAD/configs/actionformer/thumos_i3d.py --weights epoch_34.pth \
                --class-names category_idx.txt --out runs/thumos
            """)

    @Option(
        name: [.short, .long], help: .value("file.py", "The model's configuration in OpenTAD (.py)."),
        completion: .file(extensions: ["py"]))
    var config: String

    @Option(
        name: .long, help: .value("file", "The weights: the checkpoint (.pth) or safetensors with its names."),
        completion: .file())
    var weights: String

    @Option(
        name: .customLong("class-names"),
        help: .value("file", "Class names, one a line, in the order of the classes; not needed for one class."),
        completion: .file())
    var labels: String?

    @Option(
        name: [.short, .long], help: .value("dir", "The run folder to write; new or without a run."),
        completion: .directory)
    var out: String

    @OptionGroup var replacement: ReplacementOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        let model = try OpenTADImport.run(
            configuration: config, weights: weights, labels: labels,
            folder: RunFolder(out, replaces: replacement.overwrite))
        console.note(
            "\(out): \(model.settings.head.rawValue) with \(model.head.parameterCount) parameters, \(model.labels.count) "
                + "class(es), features of \(model.head.inputChannels) channels")
    }
}
