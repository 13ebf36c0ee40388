public import Networks
public import Tensors

/// A network from feature sequences to scored segments, with the loss that trains it.
///
/// A head may be run on several threads at once, each with a tape and samples of its own. The loss is therefore given as
/// sums that can be added over samples. ``combine(_:)`` turns the added sums into the loss of a batch and the output
/// gradients of each tape's backward pass:
///
/// ```swift
/// let targets = head.targets(for: samples)                       // plain arrays, whole batch
/// head.updateState(with: targets)                                // running averages
/// let sums = head.loss(head.forward(batch, on: tape), targets)   // on each tape
/// let report = head.combine(addedSums)
/// tape.gradients(of: zip(sums, report.outputGradients)…)
/// ```
///
/// The head does not suppress overlapping segments or convert to seconds; see ``PostProcessing``.
public protocol LocalizationHead: Module {
    /// What the network computes.
    associatedtype Output
    /// The training targets of one sample.
    associatedtype Targets: Sendable

    /// Number of classes.
    var classes: Int { get }
    /// Number of channels of the features it takes.
    var inputChannels: Int { get }
    /// Length of the sequences it is trained with.
    var maximumLength: Int { get }
    /// The names of the parts of its loss.
    var lossTerms: [String] { get }
    /// State besides the parameters that is kept between batches and saved in checkpoints.
    var lossState: [String: Double] { get set }

    /// The length to which a sequence must be padded.
    func paddedLength(for length: Int) -> PaddedLength

    /// Runs the network, on a tape if gradients are needed.
    func forward(_ batch: SequenceBatch, on tape: Tape?) -> Output

    /// The targets of a batch, one for each sample, for sequences padded to ``paddedLength(for:)`` of their own length.
    /// Statistics over the whole batch, where a loss needs them, are part of every target.
    ///
    /// - Parameters:
    ///   - samples: the batch. Where several processes divide it, those of others have no features but their number.
    ///   - generator: for losses that draw random subsets.
    func targets(for samples: [Sample], using generator: inout RandomGenerator) -> [Targets]

    /// Updates ``lossState`` by the targets of the next training batch.
    mutating func updateState(with targets: [Targets])

    /// The sums whose combination is the loss, in the order of ``lossTerms``, each a scalar on the tape of `output`.
    ///
    /// - Parameters:
    ///   - output: of the head, for the batch or a part of it.
    ///   - targets: one for each item of the output.
    func loss(_ output: Output, _ targets: [Targets]) -> [Tensor]

    /// The gradient of the loss with respect to each sum, if it does not depend on the sums; `nil` otherwise. With it the
    /// backward pass of a tape can start as soon as its own forward pass ends.
    var constantOutputGradients: [Double]? { get }

    /// Combines sums into the loss of a batch.
    ///
    /// - Parameter sums: the sums of ``loss(_:_:)``, added over the batch.
    func combine(_ sums: [Double]) -> LossReport

    /// The scored segments of each item on the feature grid, before suppression.
    func proposals(_ output: Output, settings: PostProcessingSettings) -> [Proposals]

    /// How much speaks for each class at each position of each item, `[length, classes]`, from 0 to 1. It is for people to look
    /// at, and detection does not depend on it.
    ///
    /// A head that scores no positions takes the best score of the segments that cover one; that is what heads have that do not
    /// implement it.
    ///
    /// - Parameters:
    ///   - output: what the head computed for a batch.
    ///   - lengths: the number of real positions of each item.
    func scoreCurves(_ output: Output, lengths: [Int]) -> [Tensor]
}

extension LocalizationHead {
    public func scoreCurves(_ output: Output, lengths: [Int]) -> [Tensor] {
        var settings = PostProcessingSettings()
        (settings.scoreThreshold, settings.proposalsPerLevel, settings.minimumLength) = (0, .max, 0)
        return zip(proposals(output, settings: settings), lengths).map { proposals, length in
            proposals.bestScores(length: length, classes: classes)
        }
    }
}

/// The loss of a batch.
public struct LossReport: Sendable, Equatable {
    /// The value that training minimises.
    public var total: Double
    /// The normalised value of each part, before it is weighted; in the order of the head's loss terms.
    public var terms: [Double]
    /// The gradient of ``total`` with respect to each sum.
    public var outputGradients: [Double]

    public init(total: Double, terms: [Double], outputGradients: [Double]) {
        self.total = total
        self.terms = terms
        self.outputGradients = outputGradients
    }
}
