import ArgumentParser
import Encoders
import Files
import Foundation
import Tensors

struct EncodersVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare an encoder, stage by stage, with what a reference implementation computed.",
        discussion: """
            The folder holds weights and configuration as published, inputs.safetensors, outputs.safetensors with the stages of \
            each run as RUN/STAGE, and expected.json with sizes and tolerances; ../shared/fixtures/encoders/README.md of the \
            project describes the layout.

            Exit status 1 when a stage is outside its tolerance.
            """)

    @Argument(help: "The folder.")
    var folder: String

    @Option(name: .long, help: .value("file", "The weight file, where it is not in the folder."), completion: .file())
    var weights: String?

    @Option(
        name: .long,
        help: .value(
            "file.json",
            """
            Write the result as JSON: {"passed": BOOL, "stages": {"RUN/STAGE": {"max_abs": X, "tolerance": T}}}.
            """), completion: .json)
    var json: String?

    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let verification = try EncoderVerification(
            folder: folder, weights: weights, precision: precisionOptions.precision)
        var table = TextTable([.left("stage"), .right("largest difference"), .right("tolerance"), .left("")])
        for stage in verification.stages {
            table.add([
                stage.name, Self.text(stage.largestDifference), Self.text(stage.tolerance), stage.passes ? "" : "off",
            ])
        }
        Outputs.show(table.description, unlessIn: json)
        if let json { try value(verification).write(to: json) }
        if !verification.leftOver.isEmpty {
            console.warn("not used: \(verification.leftOver.joined(separator: ", "))")
        }
        let off = verification.stages.count { !$0.passes }
        console.note(
            "\(verification.encoder): \(verification.stages.count - off) of \(verification.stages.count) stages within "
                + "tolerance")
        if !verification.passes { throw ExitCode(1) }
    }

    private static func text(_ value: Double) -> String { value.isFinite ? String(format: "%.2e", value) : "\(value)" }

    private func value(_ verification: EncoderVerification) -> JSONValue {
        let stages = verification.stages.map { stage in
            // JSON has no infinity: what is no number is a difference beyond all.
            let difference = stage.largestDifference.isFinite ? stage.largestDifference : .greatestFiniteMagnitude
            return (
                stage.name,
                JSONValue.object([("max_abs", .number(difference)), ("tolerance", .number(stage.tolerance))])
            )
        }
        return .object([("passed", .boolean(verification.passes)), ("stages", .object(stages))])
    }
}
