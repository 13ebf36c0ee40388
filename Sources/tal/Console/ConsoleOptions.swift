import ArgumentParser

/// The options that every command has.
struct ConsoleOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: a line for every item that failed, and when each line was written.")
    var verbose = false

    @Option(
        name: .long,
        help: "How progress is shown: auto (a line that is redrawn on a terminal, else plain), plain, json or none.")
    var progress = Console.Progress.auto

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    }

    /// The console these options ask for.
    func makeConsole() -> Console {
        let style = quiet ? .quiet : progress == .auto ? Console.detectStyle() : .plain
        return Console(style: style, progress: progress, isVerbose: verbose)
    }
}

extension Console.Progress: ExpressibleByArgument {}
