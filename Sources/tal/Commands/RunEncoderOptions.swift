import ArgumentParser
import Toolkit

/// The options that name the encoder of a run that does not hold it.
struct RunEncoderOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .value("encoder", "The configuration of the encoder, where the run folder does not hold it."),
        completion: .encoders)
    var encoder: String?

    @Option(
        name: .customLong("encoder-weights"),
        help: .value("file", "The encoder's weights, where the run folder does not hold them."), completion: .file())
    var weights: String?

    @Option(
        name: .customLong("encoder-protocol"),
        help: .value("protocol", "With --encoder: the protocol of a published encoder."), completion: .encoderProtocols)
    var rules: String?

    @Option(name: .long, help: .value("n", "The seed of an encoder with random weights."))
    var seed: UInt64 = 0

    /// Whether an encoder or its weights are given.
    var isGiven: Bool { encoder != nil || weights != nil }

    /// The encoder that the options name.
    var value: ActionDetector.Encoder {
        .init(configuration: encoder, weights: weights, rules: rules, seed: seed)
    }
}
