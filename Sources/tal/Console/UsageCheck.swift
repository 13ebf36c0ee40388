import ArgumentParser
import Configuration
import Foundation

/// Looks through the arguments of a call for mistakes that the parser does not report, or reports worse: unknown options and
/// subcommands with what was perhaps meant, all missing options at once, options that are given twice.
struct UsageCheck {
    /// A command as the parser describes it.
    struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var kind: String
            var isOptional: Bool
            var isRepeating: Bool
            var names: [Name]?
            var valueName: String?

            /// As they are typed.
            var spellings: [String] {
                (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
            }
        }
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    /// Options of which a command wants at least one, the usual one first.
    private static let oneOfSeveral = ["convert": ["--out", "--clips", "--chapters", "--annotated"]]

    private struct Tool: Decodable { var command: Command }

    /// What is wrong with the call; nil where nothing is found.
    let problem: String?

    /// - Parameters:
    ///   - arguments: without the name of the program, as ``OptionNames/present(_:)`` gives them.
    ///   - tool: the whole program.
    init(_ arguments: [String], tool: Command) {
        var command = tool, path = [tool.commandName], rest = arguments[...]
        // `tal help COMMAND` is about a command too.
        let asksForHelp = rest.first == "help"
        if asksForHelp { rest = rest.dropFirst() }
        while let next = rest.first, let subcommands = command.subcommands, !subcommands.isEmpty, !next.hasPrefix("-") {
            guard let found = subcommands.first(where: { $0.commandName == next }) else {
                let near = SettingNames.nearest(to: next, in: subcommands.map(\.commandName))
                problem = "'\(path.joined(separator: " "))' has no subcommand '\(next)'" + Self.suggestion(near)
                return
            }
            command = found
            path.append(next)
            rest = rest.dropFirst()
        }
        let isGroup = !(command.subcommands ?? []).isEmpty && rest.isEmpty
        let others = OptionNames.aliases(of: arguments.first ?? "").map(\.other)
        problem =
            asksForHelp || isGroup ? nil : Words(Array(rest), of: command).problem(in: command, otherNames: others)
    }

    /// The arguments of one command, sorted by what they are.
    private struct Words {
        private static let builtIn = [
            "--help", "-h", "--version", "--help-hidden", "--generate-completion-script", "--experimental-dump-help",
        ]
        /// How often each known option is given, by its last spelling.
        private var counts: [String: Int] = [:]
        private var unknown: [String] = []
        private var positionals = 0
        private var asksForHelp = false

        init(_ arguments: [String], of command: Command) {
            let known = command.arguments ?? []
            var rest = arguments[...]
            while let argument = rest.popFirst() {
                if argument == "--" {
                    positionals += rest.count
                    return
                }
                guard argument.hasPrefix("-"), argument.count > 1 else {
                    positionals += 1
                    continue
                }
                let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
                // The parser lists its own flags among those of the command.
                if Self.builtIn.contains(name) {
                    asksForHelp = true
                } else if let option = known.first(where: { $0.spellings.contains(name) }) {
                    counts[option.spellings.last ?? name, default: 0] += 1
                    if option.kind == "option", name == argument { _ = rest.popFirst() }
                } else if let flags = Self.flags(argument, of: known) {
                    for flag in flags { counts[flag, default: 0] += 1 }
                } else if Double(argument) == nil {
                    unknown.append(name)
                }
            }
        }

        /// The flags that are written as one, such as `-qv`; nil where it is something else.
        private static func flags(_ argument: String, of known: [Command.Argument]) -> [String]? {
            guard argument.count > 2, !argument.hasPrefix("--") else { return nil }
            let flags = argument.dropFirst().compactMap { letter in
                known.first { $0.kind == "flag" && $0.spellings.contains("-\(letter)") }?.spellings.last
            }
            return flags.count == argument.count - 1 ? flags : nil
        }

        /// - Parameter otherNames: second names of options, of which one was perhaps meant.
        func problem(in command: Command, otherNames: [String]) -> String? {
            let known = command.arguments ?? []
            if !unknown.isEmpty {
                let spellings =
                    known.flatMap(\.spellings).filter { $0.hasPrefix("--") } + ["--help", "--version"] + otherNames
                return unknown.map { name in
                    "unknown option '\(name)'"
                        + suggestion(name.hasPrefix("--") ? SettingNames.nearest(to: name, in: spellings) : nil)
                }.joined(separator: "; ")
            }
            let options = known.filter { $0.kind == "option" }
            let twice = options.filter { !$0.isRepeating }.compactMap(\.spellings.last)
                .filter { counts[$0, default: 0] > 1 }
            if !twice.isEmpty { return "\(twice.joined(separator: ", ")) may be given only once" }
            guard !asksForHelp else { return nil }
            let wanted = known.filter { $0.kind == "positional" && !$0.isOptional }.map { "<\($0.valueName ?? "…")>" }
            var missing =
                wanted.dropFirst(positionals)
                + options.filter { !$0.isOptional }.compactMap(\.spellings.last).filter { counts[$0] == nil }
            if let choices = UsageCheck.oneOfSeveral[command.commandName], let first = choices.first,
                !choices.contains(where: { counts[$0] != nil })
            {
                missing.append(first)
            }
            return missing.isEmpty ? nil : "missing: \(missing.joined(separator: ", "))"
        }
    }

    private static func suggestion(_ name: String?) -> String { name.map { "; did you mean '\($0)'?" } ?? "" }

    /// Whether an option is given twice. Only the description of the command says whether it may be, and that takes time.
    ///
    /// - Parameter arguments: as ``OptionNames/present(_:)`` gives them.
    static func repeatsAnOption(_ arguments: [String]) -> Bool {
        var seen: Set<String> = []
        for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("-") {
            let name = String(word.prefix { $0 != "=" })
            guard let option = name.hasPrefix("--") ? name : OptionNames.shortNames[name] else { continue }
            if !seen.insert(option).inserted { return true }
        }
        return false
    }

    /// What the parser says of the program.
    static func describe(_ command: (some ParsableCommand).Type) -> Command? {
        try? JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8)).command
    }
}
