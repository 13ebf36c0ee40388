public import Networks
public import Tensors

/// A network from feature sequences to scored segments, with the loss that trains it.
///
/// A head may be run on several threads at once, each with a tape and samples of its own. The loss is therefore given as
/// sums that can be added over samples, and ``report(of:)`` turns the added sums into the loss of a batch and into the
/// gradients with which each tape is run backwards:
///
/// ```swift
/// let targets = head.targets(for: samples)                       // plain arrays, whole batch
/// head.note(targets)                                             // running averages
/// let sums = head.loss(head.forward(batch, on: tape), targets)   // on each tape
/// let report = head.report(of: addedSums)
/// tape.gradients(of: zip(sums, report.seeds)…)
/// ```
///
/// Suppression and conversion to seconds are not the head's business; see ``PostProcessing``.
public protocol LocalizationHead: Module {
    /// What the network computes.
    associatedtype Output
    /// What one sample is trained towards.
    associatedtype Targets: Sendable

    /// Number of classes it tells apart.
    var classes: Int { get }
    /// Number of channels of the features it takes.
    var inputChannels: Int { get }
    /// Length of the sequences it is trained with.
    var maximumLength: Int { get }
    /// The names of the parts of its loss.
    var lossTerms: [String] { get }
    /// What it remembers between batches besides its parameters; belongs to a checkpoint.
    var lossState: [String: Double] { get set }

    /// The length to which a sequence must be padded.
    func paddedLength(for length: Int) -> PaddedLength

    /// Runs the network; on a tape when gradients are wanted.
    func forward(_ batch: SequenceBatch, on tape: Tape?) -> Output

    /// The targets of a batch, one for each sample, for sequences padded to ``paddedLength(for:)`` of their own length.
    /// Statistics over the whole batch, where a loss needs them, are part of every target.
    ///
    /// - Parameters:
    ///   - samples: the batch.
    ///   - generator: for losses that draw random subsets.
    func targets(for samples: [Sample], using generator: inout RandomGenerator) -> [Targets]

    /// Updates ``lossState`` by the targets of the next training batch.
    mutating func note(_ targets: [Targets])

    /// The sums whose combination is the loss, in the order of ``lossTerms``, each a scalar on the tape of `output`.
    ///
    /// - Parameters:
    ///   - output: of the head, for the batch or a part of it.
    ///   - targets: one for each item of the output.
    func loss(_ output: Output, _ targets: [Targets]) -> [Tensor]

    /// The gradient of the loss with respect to each sum where it does not depend on the sums themselves. It allows to
    /// run a tape backwards as soon as its own sums are known.
    var seedsBeforehand: [Double]? { get }

    /// The loss of a batch.
    ///
    /// - Parameter sums: the sums of ``loss(_:_:)``, added over the batch.
    func report(of sums: [Double]) -> LossReport

    /// The scored segments of each item on the feature grid, before suppression.
    func proposals(_ output: Output, settings: PostProcessingSettings) -> [Proposals]
}

/// The loss of a batch.
public struct LossReport: Sendable, Equatable {
    /// The value that training lowers.
    public var total: Double
    /// The normalised value of each part, before it is weighted; in the order of the head's loss terms.
    public var terms: [Double]
    /// The gradient of ``total`` with respect to each sum.
    public var seeds: [Double]

    public init(total: Double, terms: [Double], seeds: [Double]) {
        self.total = total
        self.terms = terms
        self.seeds = seeds
    }
}
