import ArgumentParser
import Foundation
import Viewer

struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Show videos with labels and detections in a browser, and correct the labels.",
        discussion: """
            Starts a server that only this machine can reach, prints the address of its page, and opens it in the browser. \
            With --out labels can be drawn, moved, renamed and deleted, and detections accepted as labels; a file that exists \
            is continued. Ctrl-C ends it; edits that were not saved are there at the next start.

            Example:
              tal view videos --predictions detections.json --out labels.json
            """)

    @Argument(help: "Folders of videos, videos, and folders of runs (with detections.json or predictions.json).")
    var inputs: [String]

    @Option(name: .long, help: "The port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 8600

    @Flag(name: .long, help: "Print the address only.")
    var noBrowser = false

    @Option(
        name: .customLong("annotations"),
        help: .value("file", "Annotations to begin with, plain or gzip; the layout is recognised."), completion: .file()
    )
    var groundTruth: String?

    @Option(
        name: .long, parsing: .upToNextOption, help: .value("file.json", "Files of detections, a track each."),
        completion: .file())
    var predictions: [String] = []

    @Option(
        name: .long, parsing: .upToNextOption,
        help: .value(
            "file.h5",
            "Scores over the time, as 'tal detect --curves' writes them, drawn as curves; a.curves.h5 beside a.json is."
        ),
        completion: .file())
    var curves: [String] = []

    @Option(
        name: [.short, .long],
        help: .value(
            "file", "The file for corrected labels; .json is ActivityNet's layout, other extensions as in tal convert."),
        completion: .file())
    var out: String?

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        // A browser that goes away while a video is sent must not end the program.
        signal(SIGPIPE, SIG_IGN)
        var job = ViewerJob(inputs)
        job.groundTruth = groundTruth
        job.predictions = predictions
        job.curves = curves
        job.output = out
        job.port = port
        let opensBrowser = !noBrowser
        try job.run(notify: { console.warn("\($0)") }) { address in
            print(address)
            fflush(nil)
            if opensBrowser { Self.open(address) }
        }
    }

    /// Opens the system's browser; where there is none, the printed address is all.
    private static func open(_ address: String) {
        #if os(macOS)
            let opener = "open"
        #else
            let opener = "xdg-open"
        #endif
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [opener, address]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? process.run()
    }
}
