import ArgumentParser
import Features
import Threads
import Toolkit

struct FeaturesVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read feature stores whole, and say whether they are sound and belong together.",
        discussion: """
            Every checksum and every value is looked at. Several stores must be of one encoder and, where they are for shards, for all \
            shards of one list, with every video once. The status is 0 only where all is well.

            Example:
              tal features verify features.*-of-8.h5
            """)

    @Argument(
        help: "Feature stores, as 'tal extract' writes them.", completion: .file(extensions: ["h5", "hdf5"]))
    var stores: [String]

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        let interruption = Interruption()
        let report: VerificationJob.Report
        do {
            report = try VerificationJob(stores).run(console.events, cancellation: interruption.flag)
        } catch is WorkInterrupted {
            try interruption.finish(on: console, "nothing was changed; begin again with: \(CommandLineText.present())")
        }
        var table = TextTable([
            .left("store"), .left("encoder"), .left("shard"), .right("videos"), .right("vectors"), .right("bytes"),
            .right("damaged"),
        ])
        for store in report.stores {
            let shard = store.shard.map { "\($0.index) of \($0.count)" } ?? "-"
            table.add(
                store.path, store.encoder, shard, "\(store.videoCount)", "\(store.length)", "\(store.bytes)",
                "\(store.damaged)")
        }
        if !table.isEmpty { print(table.description) }
        try BatchOutcome(report.batch, noun: "item").finish(on: console)
    }
}
