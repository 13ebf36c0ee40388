import Annotations
import Foundation
import Networks
import SViLM
import Tensors

/// All that is needed to go on with a pre-training, in one file so that it is whole or not there.
struct PretrainingCheckpoint {
    /// Steps done.
    var step: Int
    /// Where the clip source goes on.
    var position: Int
    var failures: [ClipFailure]

    /// What must be the same for a run to go on.
    struct Identity: Codable, Equatable {
        var seed: UInt64
        /// The settings as YAML.
        var configuration: String
        var encoder: String
        var vocabularySize: Int
    }

    private static let stateKey = "pretraining"

    private struct State: Codable {
        var step: Int
        var position: Int
        var optimizerSteps: Int
        var failures: [ClipFailure]
        var identity: Identity
    }

    /// Writes the state of a run.
    ///
    /// - Throws: `TensorFileError`
    func save(
        model: VideoLanguageModel, optimizer: any Optimizer, identity: Identity, to path: String
    ) throws {
        let memory = optimizer.state
        let state = State(
            step: step, position: position, optimizerSteps: memory.steps, failures: failures, identity: identity)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(state), as: UTF8.self)
        let weights = model.namedParameters().map { (name: "model/\($0.name)", tensor: $0.parameter.value) }
        try SafetensorsFile.write(weights + memory.moments, to: path, metadata: [Self.stateKey: text])
    }

    /// Reads the state of a run into a model and an optimiser of the same shape.
    ///
    /// - Throws: ``SViLMError/unusableCheckpoint(file:reason:)``, `TensorFileError` or `NetworkError`.
    static func load(
        from path: String, model: VideoLanguageModel, optimizer: inout any Optimizer, identity: Identity
    ) throws -> PretrainingCheckpoint {
        let file = try SafetensorsFile(path: path)
        func refuse(_ reason: String) -> SViLMError { .unusableCheckpoint(file: path, reason: reason) }
        guard let text = file.metadata[stateKey],
            let state = try? JSONDecoder().decode(State.self, from: Data(text.utf8)), state.step >= 0
        else { throw refuse("it holds no state of a pre-training") }
        guard state.identity.seed == identity.seed else {
            throw refuse("it was begun with seed \(state.identity.seed)")
        }
        guard state.identity.encoder == identity.encoder, state.identity.vocabularySize == identity.vocabularySize
        else { throw refuse("its encoder or vocabulary is another") }
        guard state.identity.configuration == identity.configuration else {
            throw refuse("its settings are others than those given now")
        }
        var values: [(Parameter, Tensor)] = []
        for (name, parameter) in model.namedParameters() {
            let value = try file.tensor(named: "model/\(name)")
            guard value.shape == parameter.shape else { throw refuse("'\(name)' has another shape") }
            values.append((parameter, value))
        }
        let moments = try file.names.filter { !$0.hasPrefix("model/") }.map {
            (name: $0, tensor: try file.tensor(named: $0))
        }
        try optimizer.restore(OptimizerState(steps: state.optimizerSteps, moments: moments), file: path)
        for (parameter, value) in values { parameter.value = value }
        return PretrainingCheckpoint(step: state.step, position: state.position, failures: state.failures)
    }
}
