import ArgumentParser
import Foundation

@main
struct Tal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tal",
        abstract: "Find what happens when in untrimmed video.",
        discussion: """
            Exit status: 0 done, 1 nothing usable done, 2 wrong usage, 3 done but some items failed (each is listed \
            with its reason).
            """,
        version: "0.1.0",
        subcommands: [
            ExtractCommand.self,
            TrainCommand.self,
            DetectCommand.self,
            SweepCommand.self,
            EvaluateCommand.self,
            DiagnoseCommand.self,
            CompareCommand.self,
            InspectCommand.self,
            ImportCommand.self,
            GenerateCommand.self,
            PretrainCommand.self,
            RetrieveCommand.self,
            BenchmarkCommand.self,
            RecognizeCommand.self,
            VisualizeCommand.self,
            AnswerCommand.self,
            ExportCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let report = ErrorReport(error, command: Tal.self)
            if !report.output.isEmpty { print(report.output) }
            if !report.message.isEmpty { Console.writeToStandardError(report.message + "\n") }
            Foundation.exit(report.status)
        }
    }
}
