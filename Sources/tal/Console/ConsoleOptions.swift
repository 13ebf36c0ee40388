import ArgumentParser

/// The options that every command has.
struct ConsoleOptions: ParsableArguments {
    @Flag(name: .long, help: "Say nothing but warnings and errors.")
    var quiet = false

    /// The console these options ask for.
    func makeConsole() -> Console {
        Console(style: quiet ? .quiet : Console.detectStyle())
    }
}
