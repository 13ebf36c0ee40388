import Testing

@testable import tal

@Suite("Mistakes in the arguments of a call")
struct UsageCheckTests {
    private static func problem(_ arguments: String...) throws -> String? {
        UsageCheck(arguments, tool: try #require(UsageCheck.describe(Tal.self))).problem
    }

    @Test("an unknown option comes before missing ones, with what was meant")
    func unknownOption() throws {
        #expect(
            try Self.problem("train", "--feature", "x.h5")
                == "unknown option '--feature'; did you mean '--features'?")
    }

    @Test("all missing options are named at once")
    func missingOptions() throws {
        let problem = try #require(try Self.problem("train", "--features", "x.h5"))
        for name in ["--config", "--annotations", "--out"] { #expect(problem.contains(name)) }
        #expect(!problem.contains("--features"))
    }

    @Test("an unknown subcommand is answered with the nearest")
    func unknownSubcommand() throws {
        #expect(try Self.problem("trian") == "'tal' has no subcommand 'trian'; did you mean 'train'?")
        #expect(try Self.problem("import", "open-tad")?.contains("'opentad'") == true)
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
    }
}
