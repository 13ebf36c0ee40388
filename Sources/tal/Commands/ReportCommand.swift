import ArgumentParser
import Evaluation
import Files
import Foundation
import Reports
import Toolkit

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a page that shows detections, what is right and wrong in them, and why.",
        discussion: """
            The page is one HTML file that needs no other and no network: summary, charts, and a timeline of every video \
            with ground truth and detections, worst videos first. Several files of detections are compared; folders of \
            training runs add their curves. Without --annotations it shows the detections alone.

            Example:
              tal report detections.json --annotations thumos14.json --protocol thumos14 \\
                --videos videos --out report.html
            """)

    @Argument(help: "Files of detections, and folders of training runs.")
    var inputs: [String]

    @Option(
        name: .customLong("annotations"),
        help: .value("file", "Annotations to compare with, plain or gzip; the layout is recognised."),
        completion: .file())
    var groundTruth: String?

    @Option(
        name: .customLong("protocol"),
        help: .value(
            "protocol", "The name of a protocol, or a YAML file. Without it, tIoU 0.3 to 0.7 by the plain rule."),
        completion: .evaluationProtocols)
    var protocolName: String?

    @Option(
        name: .long, help: .value("name", "The subset to evaluate, instead of the protocol's."), completion: .subsets)
    var subset: String?

    @Option(
        name: .long, help: .value("dir", "A folder with the videos, for pictures along their time."),
        completion: .directory)
    var videos: String?

    @Option(
        name: .long,
        help: .value(
            "threshold", "The tIoU threshold at which single detections are judged; by default that next to 0.5."))
    var tiou: Double?

    @Option(name: .long, help: .value("n", "How many bootstrap samples the intervals are made of; 0 leaves them out."))
    var bootstrap = 200

    @Option(name: .long, help: .value("n", "The most detections of a video that are in the page, the best by score."))
    var limit = 200

    @Option(name: .long, help: .value("text", "The title of the page."))
    var title: String?

    @Option(
        name: [.short, .long], help: .value("file.html", "The HTML file to write."),
        completion: .file(extensions: ["html"]))
    var out: String

    @Option(
        name: .long, help: .value("dir", "Write each chart as SVG and PNG into this folder, too."),
        completion: .directory)
    var figures: String?

    @OptionGroup(title: "Which detections") var selectionOptions: SelectionOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else {
            throw ValidationError("--limit must be from 1 to 10000, not \(limit)")
        }
        guard bootstrap == 0 || (2...100_000).contains(bootstrap) else {
            throw ValidationError("--bootstrap must be 0, or from 2 to 100000, not \(bootstrap)")
        }
        if groundTruth == nil, protocolName != nil || subset != nil || tiou != nil {
            throw ValidationError("--protocol, --subset and --tiou need --annotations")
        }
    }

    func run() throws {
        try Outputs.check(out)
        var job = ReportJob(inputs, groundTruth: groundTruth)
        job.protocolName = protocolName
        job.subset = subset
        job.videos = videos
        job.tIoU = tiou
        job.bootstrapSamples = bootstrap
        job.drawnLimit = limit
        job.title = title
        job.selection = selectionOptions.value
        let console = consoleOptions.makeConsole()
        let report = try job.run(console.events)
        try report.write(to: out)
        for notice in report.notices { console.warn("\(notice)") }
        if let figures { try report.writeFigures(to: figures) }
        for run in report.runs {
            guard let result = run.result else { continue }
            print("\(run.name): average mAP \(String(format: "%.2f", 100 * result.averageMAP)) %")
        }
        if !consoleOptions.quiet { print("\(Quantity.text(report.videos.count, "video")) in \(out)") }
    }
}
