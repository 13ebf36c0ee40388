import ArgumentParser
import Evaluation
import Files
import Toolkit

struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Say why detections are wrong, and on which segments.",
        discussion: """
            Divides the false positives into double detections, wrong labels, localization, confusion and background \
            errors, says what mAP each kind costs, and how results depend on coverage, length, number of instances and \
            context (after DETAD, Alwassel et al. 2018).

            Example:
              tal diagnose --annotations thumos14.json --predictions detections.json \\
                --protocol thumos14 --json diagnosis.json
            """)

    @OptionGroup var inputs: EvaluationOptions

    @Option(
        name: .long, help: .value("file.json", "Detections in the ActivityNet results layout, plain or gzip."),
        completion: .file())
    var predictions: [String]

    @Option(name: .long, help: .value("n", "How many predictions to look at for each segment of a class."))
    var limit = 10

    @Option(name: .long, help: .value("file.json", "Write the diagnosis as JSON to this file."), completion: .json)
    var json: String?

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if !(1...1000).contains(limit) { throw ValidationError("--limit must be from 1 to 1000, not \(limit)") }
    }

    func run() throws {
        try Outputs.check(json)
        var job = DiagnosisJob(inputs.with(predictions: predictions))
        job.limit = limit
        let diagnosis = try job.run(consoleOptions.makeConsole().events)
        Outputs.show(TaskText.text(of: diagnosis), unlessIn: json)
        if let json { try diagnosis.json.write(to: json) }
    }
}
