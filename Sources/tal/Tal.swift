import ArgumentParser
import Foundation
import Toolkit

@main
struct Tal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tal",
        abstract: "Find which actions happen in untrimmed video, and when.",
        discussion: """
            Exit status: 0 done, 1 nothing usable done, 2 wrong usage, 3 done but some items failed (each is listed \
            with its reason).
            """,
        version: ToolkitVersion.current,
        subcommands: [
            ExtractCommand.self,
            FeaturesCommand.self,
            ConvertCommand.self,
            EncodersCommand.self,
            TrainCommand.self,
            DetectCommand.self,
            SweepCommand.self,
            ConfigCommand.self,
            CheckCommand.self,
            StatsCommand.self,
            DataCommand.self,
            EvaluateCommand.self,
            DiagnoseCommand.self,
            CompareCommand.self,
            ReportCommand.self,
            PlotCommand.self,
            ViewCommand.self,
            InspectCommand.self,
            ImportCommand.self,
            GenerateCommand.self,
            PretrainCommand.self,
            AdaptCommand.self,
            RetrieveCommand.self,
            FindCommand.self,
            BenchmarkCommand.self,
            RecognizeCommand.self,
            VisualizeCommand.self,
            AnswerCommand.self,
            ExportCommand.self,
            DemoCommand.self,
            DoctorCommand.self,
        ])

    static func main() {
        let arguments = OptionNames.present(Array(CommandLine.arguments.dropFirst()))
        Interruption.beginCatchingSignals()
        if arguments == ["--version"] {
            print(VersionText.text)
            return
        }
        do {
            // The parser takes the last of two, and shows the help of the program for a command that it does not know.
            if UsageCheck.repeatsAnOption(arguments) || arguments.first == "help", let problem = usageProblem(arguments)
            {
                throw ValidationError(problem)
            }
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            var report = ErrorReport(error, command: Tal.self)
            if report.status == CommandStatus.wrongUsage.rawValue, let problem = usageProblem(arguments) {
                report.replaceFirstLine(with: problem)
            }
            if !report.output.isEmpty { print(CompletionScript.withFiles(report.output)) }
            if !report.message.isEmpty { Ranks.waitForFirst() }
            if !report.message.isEmpty { Console.writeToStandardError(report.message + "\n") }
            Foundation.exit(report.status)
        }
    }

    private static func usageProblem(_ arguments: [String]) -> String? {
        UsageCheck.describe(Tal.self).flatMap { UsageCheck(arguments, tool: $0).problem }
    }
}
