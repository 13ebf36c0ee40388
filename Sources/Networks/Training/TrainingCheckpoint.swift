import Files
import Foundation
import Tensors

/// Everything that a run needs to resume, in one file: parameters, optimisers, the average, and the client's own state.
///
/// The file is written under a temporary name and renamed, so a run that is killed at any moment leaves one complete state
/// and never parts of two. It is synchronised with the disk first, so the same holds after a power cut. Tensors are called `parameters/NAME`, `average/NAME` and `optimizer/MOMENT/NAME`.
public struct TrainingCheckpoint: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// Whether there is a file.
    public var exists: Bool { FileManager.default.fileExists(atPath: path) }

    private static let key = "tal.checkpoint"

    fileprivate struct Content<State> {
        var steps: Int
        var averageUpdates: Int?
        var state: State
    }

    /// Writes the state of a run.
    ///
    /// - Parameters:
    ///   - state: what the client needs besides weights and optimiser.
    ///   - loop: holds weights, optimisers and average.
    /// - Throws: `FileError.unwritable`, or what encoding the state throws.
    public func save(_ state: some Encodable, loop: TrainingLoop) throws {
        // Its parent is the run folder. If that is gone, the run must not continue in a new one.
        let folder = DurableFile.folder(of: path)
        if !FileManager.default.fileExists(atPath: folder) {
            try DurableFile.makeFolder(folder)
            try DurableFile.synchronize(DurableFile.folder(of: folder))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let content = Content(steps: loop.steps, averageUpdates: loop.average?.updates, state: state)
        var tensors = loop.parameters.map { (name: "parameters/\($0.name)", tensor: $0.parameter.value) }
        if let average = loop.average {
            tensors += zip(loop.parameters, average.values).map { (name: "average/\($0.name)", tensor: $1) }
        }
        for group in loop.groups {
            tensors += group.optimizer.state.moments.map { (name: "optimizer/\($0.name)", tensor: $0.tensor) }
        }
        try SafetensorsFile.write(
            tensors, to: path, metadata: [Self.key: String(decoding: try encoder.encode(content), as: UTF8.self)],
            durable: true)
    }

    /// Restores weights, optimisers and average, and returns the client's state. Nothing changes unless everything fits.
    ///
    /// - Parameters:
    ///   - type: the type of the client's state.
    ///   - loop: a loop over the same parameters that has taken no step.
    ///   - check: refuses the state of another run.
    /// - Throws: `FileError`, `TensorFileError`, ``NetworkError`` or what `check` throws.
    public func restore<State: Decodable>(
        _ type: State.Type = State.self, loop: inout TrainingLoop, check: (State) throws -> Void = { _ in }
    ) throws -> State {
        let file = try SafetensorsFile(path: path)
        guard let text = file.metadata[Self.key] else {
            throw FileError.malformed(
                path: path,
                problem:
                    "is no checkpoint of this version (those of tal 0.1 cannot be resumed); train again in another "
                    + "folder")
        }
        guard let content = try? JSONDecoder().decode(Content<State>.self, from: Data(text.utf8)), content.steps >= 0
        else { throw FileError.malformed(path: path, problem: "is damaged or of another kind of training") }
        try check(content.state)
        let parameters = loop.parameters
        func tensors(_ prefix: String) throws -> [Tensor] {
            try parameters.map { name, parameter in
                let tensor = try file.tensor(named: "\(prefix)/\(name)")
                guard tensor.shape == parameter.value.shape else {
                    throw NetworkError.shapeMismatch(
                        file: path, name: "\(prefix)/\(name)", found: tensor.shape, expected: parameter.value.shape)
                }
                return tensor
            }
        }
        let values = try tensors("parameters")
        let average = try loop.average.map { _ in try tensors("average") }
        let prefix = "optimizer/"
        let moments = try file.names.filter { $0.hasPrefix(prefix) }.map {
            (name: String($0.dropFirst(prefix.count)), tensor: try file.tensor(named: $0))
        }
        try loop.restore(
            steps: content.steps, moments: moments, average: average, averageUpdates: content.averageUpdates ?? 0,
            file: path)
        for ((_, parameter), value) in zip(parameters, values) { parameter.value = value }
        return content.state
    }
}

extension TrainingCheckpoint.Content: Encodable where State: Encodable {}
extension TrainingCheckpoint.Content: Decodable where State: Decodable {}
