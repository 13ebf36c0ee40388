import ArgumentParser
import Networks
import SViLM
import Tensors

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a pre-trained model with weights of half precision, for passing on.",
        discussion: """
            Writes encoder.yaml, text.yaml, vocabulary.txt and both weights as float16, half the size of the run's.

            Example:
              tal export --model runs/svilm-tiny --out models/svilm-tiny
            """)

    @Option(name: .long, help: .value("dir", "The run or model folder."), completion: .directory)
    var model: String

    @Option(
        name: [.short, .long], help: .value("dir", "The folder to write to, made where it is missing."),
        completion: .directory)
    var out: String

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let model = try VideoLanguageModel.load(from: model)
        try model.save(to: out, as: .float16)
        consoleOptions.makeConsole().note(
            "\(out): video encoder of \(model.video.parameterCount) and text encoder of \(model.text.parameterCount) parameters"
        )
    }
}
