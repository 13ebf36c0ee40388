import ArgumentParser
import Evaluation

/// The options of every command that evaluates.
struct EvaluationOptions: ParsableArguments {
    @Option(name: .long, help: "Annotations, plain or gzip; the format is recognised.")
    var groundTruth: String

    @Option(name: .customLong("protocol"), help: "The name of a protocol, or a YAML file.")
    var protocolName: String

    @Option(name: .long, help: "The subset to evaluate, in place of the protocol's.")
    var subset: String?

    @Option(name: .long, help: "A csv table with durations or subsets of the videos, where the annotations lack them.")
    var videoTable: String?

    func validate() throws {
        do {
            _ = try EvaluationProtocol.named(protocolName)
        } catch let error as EvaluationError {
            throw ValidationError("\(error)")
        }
    }

    func with(predictions: String) -> EvaluationInputs {
        EvaluationInputs(
            groundTruth: groundTruth, predictions: predictions, protocolName: protocolName, subset: subset,
            videoTable: videoTable)
    }
}
