import ArgumentParser
import Toolkit

struct DataFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Download what a manifest says can be downloaded, with the program curl.",
        discussion: """
            A download that was cut off is continued, and checksums are compared where they are known. What must be asked for by \
            hand is said at the end. Exit status: 0 all files are there, 3 some failed, 1 none.

            Example:
              tal data fetch epic-kitchens-100 --out epic/
            """)

    @Argument(help: "The name of a data set, or a manifest (YAML).")
    var name: String

    @Option(name: [.short, .long], help: .value("dir", "The folder to put the files into."), completion: .directory)
    var out: String

    @Option(name: .long, help: .value("name", "Only this file of the manifest. May be repeated."))
    var file: [String] = []

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        let manifest = try DataManifest.named(name)
        var download = DataDownload(manifest, into: out)
        download.names = file
        var done = 0, failed = 0
        for (name, file) in try download.files() {
            console.note("\(name): \(file.url)")
            switch try download.fetch(name, file) {
            case .present:
                print("\(out)/\(name): there already")
                done += 1
            case .fetched(let bytes, let isChecked):
                print(
                    "\(out)/\(name): \(bytes) bytes" + (isChecked ? ", checksum right" : "; no checksum is published"))
                done += 1
            case .failed(let reason):
                console.warn("\(name): \(reason)")
                failed += 1
            }
        }
        if done + failed == 0 { print("\(manifest.name): no file can be downloaded directly") }
        if file.isEmpty {
            for sentence in manifest.byHand { print("by hand: \(sentence)") }
        }
        if failed > 0 { throw (done > 0 ? CommandStatus.partlyDone : CommandStatus.nothingDone).exitCode }
        if done == 0 { throw CommandStatus.nothingDone.exitCode }
    }
}
