public import ArgumentParser
import Configuration
import Files
public import Toolkit

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print every setting with its default, its meaning, its unit and the authors' name for it.",
        discussion: """
            The output is YAML that reads back as the same settings, to be edited and given to --config. NAME is a head, one of \
            the configurations and protocols that come with the program, adaptation, or a file. docs/settings.md lists all settings.

            Examples:
              tal config actionformer --out mine.yaml
              tal config tridet --set training.epochs=10
              tal config configs/pretrain/svilm-tiny.yaml
              tal config videomae-official --kind encoder-protocol
            """)

    @Argument(
        help: .value(
            "name", "A head, a configuration or a protocol by name, or a YAML file; a list of names unless given."),
        completion: .settings)
    var name: String?

    @Option(name: .long, help: .value("kind", "Which settings are meant, where several have the name."))
    var kind: NamedSettings.Kind?

    @Option(
        name: .customLong("set"), help: .value("key=value", "Change one setting: key.path=value. May be repeated."))
    var overrides: [String] = []

    @Option(
        name: [.short, .long], help: .value("file.yaml", "Write to this file instead of the standard output."),
        completion: .yaml)
    var out: String?

    @Flag(name: .long, help: "Print the page that lists all settings of all kinds, docs/settings.md.")
    var reference = false

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if reference, name != nil || kind != nil || !overrides.isEmpty {
            throw ValidationError("--reference takes the place of a name, --kind and --set")
        }
        if name == nil, !overrides.isEmpty { throw ValidationError("--set needs the name of settings") }
    }

    func run() throws {
        try Outputs.check(out)
        try TextFile.write(text(), to: out ?? "-")
    }

    private func text() throws -> String {
        if reference { return try SettingsReference.markdown() }
        guard let name else {
            let kinds = kind.map { [$0] } ?? NamedSettings.Kind.allCases
            return kinds.map { "\($0.rawValue): \(NamedSettings.names(of: $0).joined(separator: ", "))\n" }.joined()
        }
        let found = try NamedSettings.find(name, kind: kind, assignments: overrides)
        if kind == nil, let other = found.otherKinds.first {
            consoleOptions.makeConsole().note(
                "note: '\(name)' is also the name of \(other.title); --kind \(other.rawValue) prints those settings")
        }
        return try found.listing.yaml(head: "The settings of \(found.kind.title): \(name).")
    }
}

extension NamedSettings.Kind: ExpressibleByArgument {}
