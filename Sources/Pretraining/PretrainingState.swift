import Annotations
import SViLM

/// Where a pre-training is, besides weights and optimiser; a part of its checkpoint.
struct PretrainingState: Codable {
    /// Where the clip source goes on.
    var position = 0
    /// Videos that could not be read, each once.
    var failures: [ClipFailure] = []
    let identity: Identity
    /// Where training that may end early stands; nil before its first evaluation.
    var selection: Selection?

    init(identity: Identity) { self.identity = identity }

    /// The best evaluation so far.
    struct Selection: Codable {
        /// L_t of the blended held-out clips.
        var best: Double
        /// Its step; 0 before training.
        var step: Int
        /// Evaluations since.
        var waited = 0
    }

    /// What must be the same for a run to go on.
    struct Identity: Codable, Equatable {
        var seed: UInt64
        /// The settings as YAML.
        var configuration: String
        var encoder: String
        var vocabularySize: Int
        /// A digest of the parameters that stay, which a checkpoint does not hold; nil where all are trained.
        var frozen: String?

        /// - Throws: ``SViLMError/unusableCheckpoint(file:reason:)`` where the run now is another one.
        func check(against other: Identity, file: String) throws(SViLMError) {
            func refuse(_ reason: String) -> SViLMError { .unusableCheckpoint(file: file, reason: reason) }
            guard seed == other.seed else { throw refuse("it was begun with seed \(seed)") }
            guard encoder == other.encoder, vocabularySize == other.vocabularySize else {
                throw refuse("its encoder or vocabulary is another")
            }
            guard frozen == other.frozen else { throw refuse("it began with other weights than those given now") }
            guard configuration == other.configuration else {
                throw refuse("its settings are others than those given now")
            }
        }
    }
}
