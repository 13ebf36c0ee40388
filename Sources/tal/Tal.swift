import ArgumentParser

@main
struct Tal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tal",
        abstract: "Find what happens when in untrimmed video.",
        version: "0.1.0",
        subcommands: [])
}
