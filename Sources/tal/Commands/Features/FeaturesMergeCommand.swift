import ArgumentParser
import Features
import Files
import Threads
import Toolkit

struct FeaturesMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the feature stores of shards, or of one encoder, into one.",
        discussion: """
            All shards of a list must be there, each with all its videos; stores that are for no shard are added as they are. Nothing \
            is computed: values are checked once and copied as they lie in the files. The result has the same bytes in whatever order \
            the stores are named and however the videos were divided between them.

            A merge that is interrupted leaves the output as it was, and is run again. An output that is there already keeps \
            what it has.

            Examples:
              tal features merge features.*-of-8.h5 --out features.h5
              tal features merge training.h5 validation.h5 --out all.h5
            """)

    @Argument(
        help: "Feature stores, as 'tal extract' writes them.", completion: .file(extensions: ["h5", "hdf5"]))
    var stores: [String]

    @Option(
        name: [.short, .long], help: .value("file.h5", "The merged store."),
        completion: .file(extensions: ["h5", "hdf5"]))
    var out: String

    @Flag(name: .long, help: "Merge what there is where shards or videos are missing, and say what is.")
    var allowMissing = false

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        let interruption = Interruption()
        var job = MergeJob(stores, output: out)
        job.allowsGaps = allowMissing
        do {
            let report = try job.run(console.events, cancellation: interruption.flag)
            let videos = Quantity.text(report.videoCount, "video")
            console.note("\(out): \(videos), \(report.bytes) bytes\(report.wasComplete ? ", there already" : "")")
        } catch is WorkInterrupted {
            try interruption.finish(on: console, "\(out) is as it was; begin again with: \(CommandLineText.present())")
        }
    }
}
