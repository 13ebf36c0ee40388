import ArgumentParser

/// The command that a call names, and the options that it has.
struct CommandAtHand {
    /// Such as `features merge`; empty for the program itself.
    let name: String
    /// With their dashes; second names are not among them.
    let options: Set<String>

    /// That of this process.
    static let current = CommandAtHand(Array(CommandLine.arguments.dropFirst()))

    /// - Parameter arguments: without the name of the program.
    init(_ arguments: [String]) {
        var command: any ParsableCommand.Type = Tal.self
        var words: [String] = []
        for word in arguments {
            guard let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word })
            else { break }
            command = next
            words.append(word)
        }
        name = words.joined(separator: " ")
        options = Set((UsageCheck.describe(command)?.arguments ?? []).flatMap(\.spellings))
    }
}
