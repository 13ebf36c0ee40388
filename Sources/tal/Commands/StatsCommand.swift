import Annotations
import ArgumentParser
import Files
import Foundation
import Toolkit

struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count what annotations hold: subsets, classes, lengths; as tables and as a picture.",
        discussion: "Example: tal stats annotations.json --out stats.svg")

    @Argument(help: "Annotations, plain or gzip; training=FILE says the subset of all videos of a file.")
    var annotations: [String]

    @Option(
        name: [.short, .long],
        help: .value("file", "Write a picture (.svg or .png) of lengths, segments a video and classes."),
        completion: .file(extensions: ["svg", "png"]))
    var out: String?

    @Option(name: .long, help: .value("file.json", "Write the numbers as JSON to this file."), completion: .json)
    var json: String?

    @Option(
        name: [.customLong("annotations-fps"), .long],
        help: .value("rate", "Frames per second of annotations whose times are numbers of frames."))
    var fps: Double?

    @Option(
        name: .long,
        help: .value(
            "file.csv", "A csv table with durations or subsets of the videos, where the annotations lack them."),
        completion: .file(extensions: ["csv"]))
    var videoTable: String?

    @Flag(name: .long, help: "Also print how many segments each class has.")
    var perClass = false

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if annotations.isEmpty { throw ValidationError("name at least one file") }
        if let fps, !(fps > 0 && fps.isFinite) {
            throw ValidationError("--annotations-fps must be above 0, not \(fps)")
        }
        if let out, !["svg", "png"].contains((out as NSString).pathExtension.lowercased()) {
            throw ValidationError("--out must end in .svg or .png, not '\(out)'")
        }
    }

    func run() throws {
        try Outputs.check(out, json)
        let console = consoleOptions.makeConsole()
        var set = try AnnotationSet.reading(
            annotations, ReadingOptions(framesPerSecond: fps), acceptsPredictions: true)
        if let videoTable { set = try set.completed(byTable: videoTable) }
        for oddity in set.oddities { console.note("note: \(oddity)") }
        let summary = DataSummary(set)
        Outputs.show(SummaryText.text(of: summary, perClass: perClass), unlessIn: json)
        if let out { try summary.figure.write(to: out) }
        if let json { try summary.json.write(to: json) }
    }
}
