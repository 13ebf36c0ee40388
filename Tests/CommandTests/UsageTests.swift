import TestSupport
import Testing

@Suite("calling the program")
struct UsageTests {
    @Test(
        "wrong usage ends with status 2 and a line that names the program",
        arguments: [
            ["no-such-command"], ["--no-such-option"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("tal: "))
        #expect(!run.errors.contains("Error:"))
        #expect(run.output.isEmpty)
    }

    @Test("help and version go to standard output with status 0", arguments: [["--help"], ["--version"], []])
    func help(arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(run.errors.isEmpty)
    }
}
