import Annotations
import ArgumentParser
import Evaluation
import Toolkit

/// The options of every command that evaluates.
struct EvaluationOptions: ParsableArguments {
    @Option(
        name: .customLong("annotations"),
        help: .value(
            "file",
            """
            Annotations, plain or gzip; the format is recognised. May be repeated; training=FILE says the subset of all videos of a file.
            """), completion: .file())
    var groundTruth: [String]

    @Option(
        name: .customLong("protocol"),
        help: .value("protocol", "The name of a protocol, or a YAML file; --dataset knows the usual one."),
        completion: .evaluationProtocols)
    var givenProtocol: String?

    @OptionGroup var datasetOptions: DatasetOptions

    @Option(
        name: .long, help: .value("name", "The subset to evaluate, instead of the protocol's."), completion: .subsets)
    var subset: String?

    @Option(
        name: .long,
        help: .value(
            "file.csv", "A csv table with durations or subsets of the videos, where the annotations lack them."),
        completion: .file(extensions: ["csv"]))
    var videoTable: String?

    /// The protocol that is given, or the usual one of the data set.
    var protocolName: String { givenProtocol ?? datasetOptions.value?.manifest.protocols.first ?? "" }

    func validate() throws {
        if givenProtocol == nil, datasetOptions.value?.manifest.protocols.first == nil {
            throw ValidationError("Missing expected argument '--protocol <protocol>' (or a --dataset that has one)")
        }
        do {
            _ = try EvaluationProtocol.named(protocolName)
        } catch let error as EvaluationError {
            throw ValidationError("\(error)")
        }
    }

    /// What the annotations call the part that the data set is evaluated on, where the protocol calls it something else.
    private var usualSubset: String? {
        guard let dataset = datasetOptions.value, let settings = try? EvaluationProtocol.named(protocolName),
            !settings.subset.isEmpty, let truth = try? AnnotationSet.reading(groundTruth),
            let evaluated = dataset.subsets(of: truth).evaluated
        else { return nil }
        let isThere = (try? truth.subset(settings.subset))?.videos.first?.subset == evaluated
        return isThere ? nil : evaluated
    }

    func with(predictions: [String]) -> EvaluationInputs {
        EvaluationInputs(
            groundTruth: groundTruth, predictions: predictions, protocolName: protocolName,
            subset: subset ?? usualSubset,
            videoTable: videoTable)
    }
}
