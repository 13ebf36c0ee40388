import ArgumentParser
import Networks
import VideoTasks

/// The options of commands that can train an encoder further.
struct FineTuningOptions: ParsableArguments {
    @Flag(name: .long, help: "Go on training with the encoder included, and keep the best epoch.")
    var fineTune = false

    @Option(name: .long, help: .value("n", "With --fine-tune: passes over the training set."))
    var epochs = FineTuningSettings().epochs

    @Option(name: .long, help: .value("n", "With --fine-tune: samples of a step."))
    var batchSize = FineTuningSettings().batchSize

    @Option(name: .long, help: "With --fine-tune: the largest learning rate of the encoder.")
    var learningRate = FineTuningSettings().optimizer.learningRate

    func validate() throws {
        do {
            try settings.validate()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    var settings: FineTuningSettings {
        var settings = FineTuningSettings()
        settings.epochs = epochs
        settings.batchSize = batchSize
        settings.optimizer.learningRate = learningRate
        return settings
    }
}
