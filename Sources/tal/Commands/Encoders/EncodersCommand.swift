import ArgumentParser

struct EncodersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoders",
        abstract: "Published encoders: list what is known, check one against its reference.",
        subcommands: [EncodersListCommand.self, EncodersVerifyCommand.self],
        defaultSubcommand: EncodersListCommand.self)
}
