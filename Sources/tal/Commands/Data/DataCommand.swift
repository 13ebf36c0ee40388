import ArgumentParser

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Say what is known of data sets, and fetch what can be fetched.",
        subcommands: [DataListCommand.self, DataShowCommand.self, DataFetchCommand.self])
}
