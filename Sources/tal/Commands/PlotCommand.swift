import Annotations
import ArgumentParser
import Extraction
import Files
import Foundation
import Reports

struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw timelines of videos: pictures, ground truth and detections, as SVG or PNG.",
        discussion: """
            Of the arguments, those that end like a video, folders and @FILE lists are videos; the others are files of detections, a track \
            each. Without videos those of the detections are drawn, without pictures. The colour of a bar is its class, its opacity \
            the score. With --annotations its outline says what is wrong with it, and a bracket marks what no run found.

            Without --top and --min-score the best 20 of each video are drawn. Pictures are 175 or 85 mm wide; PNG has 300 dots an inch.

            Examples:
              tal plot party.mp4 detections.json --annotations truth.json --out party.png
              tal plot first.json second.json --annotations truth.json --limit 4 --out compared.svg
            """)

    @Argument(help: "Videos, folders of videos, @FILE lists, and files of detections.")
    var inputs: [String]

    @Option(
        name: .customLong("annotations"),
        help: .value("file", "Annotations to draw and to judge by, plain or gzip; the layout is recognised."),
        completion: .file())
    var groundTruth: String?

    @Option(
        name: .customLong("protocol"),
        help: "The protocol to judge by; without it, the plain rule on the subset of the videos.")
    var protocolName: String?

    @Option(name: .long, help: .value("name", "The subset to judge, instead of the protocol's."), completion: .subsets)
    var subset: String?

    @Option(
        name: .long,
        help: .value("threshold", "The tIoU threshold at which detections are judged; by default that next to 0.5."))
    var tiou: Double?

    @Option(name: .long, help: .value("seconds", "Draw from this second on."))
    var from: Double?

    @Option(name: .long, help: .value("seconds", "Draw up to this second."))
    var until: Double?

    @Option(name: .long, help: .value("n", "The most videos that are drawn."))
    var limit = 12

    @Option(name: .long, help: .value("mm", "The width on paper in millimetres: 175 (a page) or 85 (a column)."))
    var width = 175

    @Option(
        name: [.short, .long], help: .value("file", "The .png or .svg file to write. May be repeated for both."),
        completion: .file(extensions: ["png", "svg"]))
    var out: [String]

    @OptionGroup(title: "Which detections") var selectionOptions: SelectionOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("name a file with --out") }
        for path in out where !["svg", "png"].contains((path as NSString).pathExtension.lowercased()) {
            throw ValidationError("--out must end in .svg or .png, not '\(path)'")
        }
        guard width == 85 || width == 175 else { throw ValidationError("--width must be 85 or 175, not \(width)") }
        guard (1...200).contains(limit) else { throw ValidationError("--limit must be from 1 to 200, not \(limit)") }
        guard (from == nil) == (until == nil) else { throw ValidationError("--from and --until go together") }
        if let from, let until, !(from >= 0 && until > from && until.isFinite) {
            throw ValidationError("--until must be after --from")
        }
        if groundTruth == nil {
            guard protocolName == nil, subset == nil, tiou == nil else {
                throw ValidationError("--protocol, --subset and --tiou need --annotations")
            }
            guard inputs.contains(where: { !Self.isVideo($0) }) else {
                throw ValidationError("name a file of detections, or annotations with --annotations")
            }
        }
    }

    func run() throws {
        try Outputs.check(out)
        var job = PlotJob(
            videos: inputs.filter(Self.isVideo), detections: inputs.filter { !Self.isVideo($0) },
            groundTruth: groundTruth)
        job.protocolName = protocolName
        job.subset = subset
        job.tIoU = tiou
        job.selection = selectionOptions.value
        if selectionOptions.top == nil, selectionOptions.minScore == nil { job.selection.top = 20 }
        job.limit = limit
        job.isWide = width == 175
        if let from, let until { job.span = from...until }
        let console = consoleOptions.makeConsole()
        let plot = try job.run(console.events)
        for notice in plot.notices { console.warn("\(notice)") }
        for path in out { try plot.write(to: path) }
        console.note(
            "\(out.joined(separator: ", ")): \(Quantity.text(plot.videoCount, "video")), "
                + Quantity.text(plot.detectionCount, "detection"))
    }

    private static func isVideo(_ argument: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
        return argument.hasPrefix("@") || exists && isFolder.boolValue
            || VideoInputs.extensions.contains((argument as NSString).pathExtension.lowercased())
    }
}
