import Testing

@testable import tal

@Suite("Mistakes in the arguments of a call")
struct UsageCheckTests {
    private static func problem(_ arguments: String...) throws -> String? {
        UsageCheck(OptionNames.present(arguments), tool: try #require(UsageCheck.describe(Tal.self))).problem
    }

    @Test("an unknown option comes before missing ones, with what was meant")
    func unknownOption() throws {
        #expect(
            try Self.problem("train", "--feature", "x.h5")
                == "unknown option '--feature'; did you mean '--features'?")
        #expect(try Self.problem("train", "-x", "x") == "unknown option '-x'")
        #expect(try Self.problem("doctor", "--x") == "unknown option '--x'")
        #expect(try Self.problem("--verison") == "unknown option '--verison'; did you mean '--version'?")
        // Of a second name the nearest is one too.
        #expect(
            try Self.problem("evaluate", "--ground-trut", "a")?.hasSuffix("did you mean '--ground-truth'?") == true)
        // What follows an option is its value, whatever it looks like.
        #expect(try Self.problem("export", "--model", "--x", "--out", "o") == nil)
    }

    @Test("all missing options are named at once")
    func missingOptions() throws {
        let problem = try #require(try Self.problem("train", "--features", "x.h5"))
        for name in ["--config", "--annotations", "--out"] { #expect(problem.contains(name)) }
        #expect(!problem.contains("--features"))
        #expect(try Self.problem("train") == "missing: --config, --features, --annotations, --out")
        #expect(try Self.problem("extract", "--encoder", "e.yaml") == "missing: --out")
        #expect(try Self.problem("convert", "--to", "csv") == "missing: <inputs>, --out")
        #expect(try Self.problem("compare", "a.json") == "missing: <second>")
        // One of several options is enough.
        #expect(try Self.problem("convert", "a.json", "--videos", "v", "--clips", "c") == nil)
        #expect(try Self.problem("convert", "a.json", "--videos", "v") == "missing: --out")
        // The value of an option is no input.
        #expect(try Self.problem("convert", "--to", "csv", "a.json") == "missing: --out")
    }

    @Test("groups of commands, and calls for help, lack nothing", arguments: [[], ["import"], ["help", "train"]])
    func nothingMissing(arguments: [String]) throws {
        #expect(UsageCheck(arguments, tool: try #require(UsageCheck.describe(Tal.self))).problem == nil)
        #expect(try Self.problem("train", "--help") == nil)
    }

    @Test("every command with something required names all of it when nothing is given")
    func allCommands() throws {
        let tool = try #require(UsageCheck.describe(Tal.self))
        var checked = 0
        func visit(_ command: UsageCheck.Command, _ path: [String]) {
            for subcommand in command.subcommands ?? [] { visit(subcommand, path + [subcommand.commandName]) }
            let required = (command.arguments ?? []).filter { !$0.isOptional && $0.kind != "flag" }
            guard !required.isEmpty, (command.subcommands ?? []).isEmpty else { return }
            checked += 1
            let problem = UsageCheck(path, tool: tool).problem ?? ""
            for argument in required {
                let name = argument.spellings.last ?? "<\(argument.valueName ?? "")>"
                #expect(problem.contains(name), "\(path): \(problem)")
            }
        }
        visit(tool, [])
        #expect(checked > 20)
    }

    @Test("an unknown subcommand is answered with the nearest")
    func unknownSubcommand() throws {
        #expect(try Self.problem("trian") == "'tal' has no subcommand 'trian'; did you mean 'train'?")
        #expect(try Self.problem("import", "open-tad")?.contains("'opentad'") == true)
        #expect(try Self.problem("help", "trian")?.contains("'train'") == true)
    }

    @Test("a short name of an option with a value stands for the same option in every command that has it")
    func shortNames() throws {
        var found: [String: Set<String>] = [:]
        func visit(_ command: UsageCheck.Command) {
            for option in command.arguments ?? [] where option.kind == "option" {
                for short in option.spellings where !short.hasPrefix("--") {
                    found[short, default: []].insert(option.spellings.last ?? "")
                }
            }
            command.subcommands?.forEach(visit)
        }
        visit(try #require(UsageCheck.describe(Tal.self)))
        #expect(found == OptionNames.shortNames.mapValues { [$0] })
    }

    @Test("an option that may not be repeated is refused the second time, one that may is not")
    func repeatedOption() throws {
        #expect(try Self.problem("doctor") == nil)
        let twice = try Self.problem(
            "train", "--config", "c", "--features", "f", "--annotations", "a", "--out", "o", "--out", "p")
        #expect(twice == "--out may be given only once")
        #expect(
            try Self.problem(
                "train", "--config", "c", "--features", "f", "--features", "g", "--annotations", "a", "--out", "o")
                == nil)
        #expect(UsageCheck.repeatsAnOption(["--out", "a", "--out=b"]) && !UsageCheck.repeatsAnOption(["--a", "--b"]))
        // The short name of an option is looked up, so a call that has one is not slower than others.
        #expect(!UsageCheck.repeatsAnOption(["train", "-c", "a", "-o", "b", "-j", "2", "-q", "-v"]))
        #expect(UsageCheck.repeatsAnOption(["-o", "a", "--out=b"]) && UsageCheck.repeatsAnOption(["-o=a", "-o", "b"]))
        #expect(
            !UsageCheck.repeatsAnOption(["-o", "a", "--", "-o"]) && !UsageCheck.repeatsAnOption(["-1", "-1", "-"]))
        // A short name, a second name and flags written as one are the same option.
        #expect(
            try Self.problem("export", "--model", "m", "-o", "a", "--out", "b") == "--out may be given only once")
        #expect(
            try Self.problem("detect", "v.mp4", "--run", "a", "--model", "b") == "--model may be given only once")
        #expect(try Self.problem("doctor", "-qv") == nil)
        #expect(try Self.problem("doctor", "-qq") == nil)
        #expect(try Self.problem("doctor", "-qx") == "unknown option '-qx'")
    }
}
