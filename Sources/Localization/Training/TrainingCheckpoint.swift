import Foundation
import Networks
import Tensors

/// All that resuming needs, kept in the folder `last/` of a run.
///
/// A checkpoint is written to a folder beside it that then takes its place, so a run killed at any moment has a whole one.
struct TrainingCheckpoint {
    /// What is not a tensor.
    struct Progress: Codable, Equatable {
        /// Epochs finished.
        var epoch = 0
        /// Optimiser steps taken.
        var step = 0
        /// Updates of the average.
        var averageUpdates = 0
        var lossState: [String: Double]
        /// Average mAP of the weights that are the model of the run, where they were evaluated.
        var chosenScore: Double?
        var chosenEpoch: Int?
        /// Best average mAP so far and the evaluations since; for early stopping.
        var bestScore: Double?
        var evaluationsSinceBest: Int?
    }

    let run: RunFolder

    private var folder: String { run.last }
    private var incoming: String { run.last + ".new" }
    private var outgoing: String { run.last + ".old" }

    /// Where the last finished epoch lies, if any.
    private var present: String? {
        [folder, outgoing].first { FileManager.default.fileExists(atPath: $0 + "/progress.json") }
    }

    func save(
        _ progress: Progress, parameters: [(name: String, parameter: Parameter)], average: MovingAverage?,
        optimizer: OptimizerState
    ) throws {
        let files = FileManager.default
        do {
            if files.fileExists(atPath: incoming) { try files.removeItem(atPath: incoming) }
            try files.createDirectory(atPath: incoming, withIntermediateDirectories: true)
        } catch {
            throw LocalizationError.runFolder(path: run.path, problem: "the checkpoint folder cannot be made")
        }
        let values = parameters.map { (name: $0.name, tensor: $0.parameter.value) }
        try SafetensorsFile.write(values, to: incoming + "/weights.safetensors")
        if let average {
            let averaged = zip(parameters, average.values).map { (name: $0.name, tensor: $1) }
            try SafetensorsFile.write(averaged, to: incoming + "/average.safetensors")
        }
        try SafetensorsFile.write(
            optimizer.moments, to: incoming + "/optimizer.safetensors", metadata: ["steps": String(optimizer.steps)])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try run.write(encoder.encode(progress), to: incoming + "/progress.json")
        do {
            if files.fileExists(atPath: folder) {
                if files.fileExists(atPath: outgoing) { try files.removeItem(atPath: outgoing) }
                try files.moveItem(atPath: folder, toPath: outgoing)
            }
            try files.moveItem(atPath: incoming, toPath: folder)
            if files.fileExists(atPath: outgoing) { try files.removeItem(atPath: outgoing) }
        } catch {
            throw LocalizationError.runFolder(path: run.path, problem: "the checkpoint cannot be put in place")
        }
    }

    /// Continues from the checkpoint; `nil` when the run has none yet.
    ///
    /// - Throws: `TensorFileError`, `NetworkError` or ``LocalizationError/runFolder(path:problem:)``.
    func restore(
        parameters: [(name: String, parameter: Parameter)], optimizer: inout any Optimizer,
        averageSettings: (decay: Double, warmsUp: Bool)?
    ) throws -> (progress: Progress, average: MovingAverage?)? {
        guard let present else { return nil }
        guard let data = FileManager.default.contents(atPath: present + "/progress.json"),
            let progress = try? JSONDecoder().decode(Progress.self, from: data)
        else { throw LocalizationError.runFolder(path: present, problem: "progress.json is damaged; train anew") }
        let weights = try tensors(present + "/weights.safetensors", like: parameters)
        var average: MovingAverage?
        if let averageSettings {
            average = MovingAverage(
                values: try tensors(present + "/average.safetensors", like: parameters), decay: averageSettings.decay,
                warmsUp: averageSettings.warmsUp, updates: progress.averageUpdates)
        }
        let moments = try SafetensorsFile(path: present + "/optimizer.safetensors")
        let steps = moments.metadata["steps"].flatMap(Int.init) ?? progress.step
        guard (0...progress.step).contains(steps) else {
            throw LocalizationError.runFolder(path: moments.path, problem: "is damaged; train anew")
        }
        let state = OptimizerState(
            steps: steps,
            moments: try moments.names.map { (name: $0, tensor: try moments.tensor(named: $0)) })
        try optimizer.restore(state, file: moments.path)
        for ((_, parameter), value) in zip(parameters, weights) { parameter.value = value }
        return (progress, average)
    }

    private func tensors(_ path: String, like parameters: [(name: String, parameter: Parameter)]) throws -> [Tensor] {
        let file = try SafetensorsFile(path: path)
        return try parameters.map { name, parameter in
            let tensor = try file.tensor(named: name)
            guard tensor.shape == parameter.shape else {
                throw NetworkError.shapeMismatch(
                    file: path, name: name, found: tensor.shape, expected: parameter.shape)
            }
            return tensor
        }
    }
}
