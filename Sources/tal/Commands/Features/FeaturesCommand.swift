import ArgumentParser

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Merge and verify feature stores.",
        subcommands: [FeaturesMergeCommand.self, FeaturesVerifyCommand.self])
}
