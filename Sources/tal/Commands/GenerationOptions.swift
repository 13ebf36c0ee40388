public import ArgumentParser
import ShapeWorld

/// The options of every command that writes generated videos.
struct GenerationOptions: ParsableArguments {
    @Option(
        name: [.short, .long], help: .value("dir", "Folder to write to; created where missing."), completion: .directory
    )
    var out: String
    @Option(help: "How hard the world is.")
    var difficulty = Difficulty.default
    @Option(help: .value("n", "Width and height in pixels, even."))
    var size = DemoDataset().size
    @Option(help: .value("n", "Seed of everything random."))
    var seed = DemoDataset().seed
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions
}

extension Difficulty: ExpressibleByArgument {}
