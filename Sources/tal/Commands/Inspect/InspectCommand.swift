import ArgumentParser
import Features
import Files
import Foundation
import Tensors

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a file holds: features, weights, a video, annotations or detections.",
        discussion: """
            The content of a file says what it is. Folders are read as VIDEO.npy files with a grid.json, with \
            --fps as pictures. The status is 3 when \
            some videos of a feature file are damaged.

            Example:
              tal inspect features.h5 --check
              tal inspect features.h5 --npy arrays/
            """)

    @Argument(help: "Files, or folders of npy features.")
    var files: [String]

    @Flag(name: .long, help: "Read everything, not only what describes it: checksums, every value, every frame.")
    var check = false

    @Option(
        name: .long,
        help: .value(
            "dir", "Also write the features to this folder, a VIDEO.npy of [snippets, channels] for each video."),
        completion: .directory)
    var npy: String?

    @Option(name: .long, help: .value("file.json", "Write the same as JSON to this file."), completion: .json)
    var json: String?

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        try Outputs.check(json)
        var found: [JSONValue] = []
        var outcome = BatchOutcome(noun: "item")
        for file in files {
            let piped: PipedFile?
            do {
                piped = try PipedFile(file)
            } catch {
                outcome.fail(file, error)
                continue
            }
            do {
                let inspection = try Inspection(
                    piped?.path ?? file, isThorough: check, pictureRate: videoOptions.fps)
                let text = files.count > 1 ? "\(file)\n\(inspection.text)\n" : inspection.text
                Outputs.show(text, unlessIn: json)
                found.append(inspection.json(of: file))
                if let npy { try Self.write(FeatureSources.open(piped?.path ?? file), to: npy) }
                outcome.succeed()
                for (video, reason) in inspection.damagedVideos { outcome.fail("\(file): '\(video)'", reason: reason) }
            } catch {
                guard let piped else {
                    outcome.fail(file, error)
                    continue
                }
                outcome.fail(file, reason: ErrorReport.text(of: error).replacing(piped.path, with: file))
            }
        }
        if let json { try JSONValue.array(found).write(to: json) }
        try outcome.finish(on: consoleOptions.makeConsole())
    }

    /// Writes an array for each video; ids with a slash become folders.
    private static func write(_ source: any FeatureSource, to folder: String) throws {
        // Names come from the file, so each part of one is checked.
        for (video, name) in try FeatureConversion.names(of: source.videos, keepsFolders: true) {
            let path = "\(folder)/\(name).npy"
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try NpyFile.write(source.sequence(for: video).features, to: path)
        }
    }
}
