import ArgumentParser

/// The options that every command has.
struct ConsoleOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: a line for every item that failed, and when each line was written.")
    var verbose = false

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    }

    /// The console these options ask for.
    func makeConsole() -> Console {
        Console(style: quiet ? .quiet : Console.detectStyle(), isVerbose: verbose)
    }
}
