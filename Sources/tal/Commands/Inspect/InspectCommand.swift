import ArgumentParser

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a file holds: features, weights, a video, annotations or detections.",
        discussion: """
            What it is, is told from the content. Folders are read as VIDEO.npy files with a grid.json, with \
            --fps as pictures. The status is 3 when \
            some videos of a feature file are damaged.

            Example:
              tal inspect features.h5 --check
            """)

    @Argument(help: "Files, or folders of npy features.")
    var files: [String]

    @Flag(name: .long, help: "Read everything, not only what describes it: checksums, every value, every frame.")
    var check = false

    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        var outcome = BatchOutcome(noun: "item")
        for file in files {
            do {
                let inspection = try Inspection(file, isThorough: check, pictureRate: videoOptions.fps)
                print(files.count > 1 ? "\(file)\n\(inspection.text)\n" : inspection.text)
                outcome.succeed()
                for (video, reason) in inspection.damagedVideos { outcome.fail("\(file): '\(video)'", reason: reason) }
            } catch {
                outcome.fail(file, error)
            }
        }
        try outcome.finish(on: consoleOptions.makeConsole())
    }
}
