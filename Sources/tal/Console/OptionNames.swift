/// Second names of options: those of earlier versions, and those that mean the same elsewhere.
///
/// They are replaced before the arguments are parsed, so that help, completions and messages know one name for each option.
enum OptionNames {
    /// A second name.
    struct Alias: Sendable {
        /// As it is typed.
        let other: String
        /// What the help calls it.
        let name: String
        /// The first words of the commands that know it.
        let commands: [String]
    }

    /// In the order of docs/command-line.md.
    static let aliases: [Alias] = [
        Alias(
            other: "--ground-truth", name: "--annotations",
            commands: [
                "evaluate", "diagnose", "compare", "sweep", "report", "plot", "view", "train", "detect", "check",
                "recognize",
                "generate",
            ]),
        Alias(other: "--weights", name: "--encoder-weights", commands: ["train", "detect"]),
        Alias(other: "--encoder-weights", name: "--weights", commands: ["extract", "find", "retrieve", "recognize"]),
        Alias(other: "--protocol", name: "--encoder-protocol", commands: ["detect"]),
        Alias(other: "--encoder-protocol", name: "--protocol", commands: ["extract", "find", "retrieve"]),
        Alias(other: "--model", name: "--encoder", commands: ["find", "retrieve"]),
        Alias(other: "--run", name: "--model", commands: ["detect", "sweep"]),
        Alias(other: "--samples", name: "--bootstrap", commands: ["compare"]),
        Alias(other: "--labels", name: "--class-names", commands: ["import"]),
        Alias(other: "--videos", name: "--captions", commands: ["pretrain"]),
        Alias(other: "--split", name: "--official-split", commands: ["recognize"]),
        Alias(other: "--split", name: "--subset", commands: ["retrieve"]),
        Alias(other: "--again", name: "--overwrite", commands: ["extract"]),
    ]

    /// The second names that a command knows.
    ///
    /// - Parameter command: its first word.
    static func aliases(of command: String) -> [Alias] { aliases.filter { $0.commands.contains(command) } }

    /// What the short names of options with a value stand for, in every command that has them.
    static let shortNames = ["-c": "--config", "-j": "--threads", "-o": "--out"]

    /// The arguments of a call with the names that the help has.
    ///
    /// - Parameter arguments: without the name of the program.
    static func present(_ arguments: [String]) -> [String] {
        guard let command = arguments.first else { return arguments }
        let known = aliases(of: command)
        guard !known.isEmpty else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { argument in
            let name = argument.prefix { $0 != "=" }
            guard let alias = known.first(where: { $0.other == name }) else { return argument }
            return alias.name + argument.dropFirst(name.count)
        } + arguments[end...]
    }
}
