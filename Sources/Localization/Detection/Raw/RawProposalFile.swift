import Features
import Foundation
import Networks
import Tensors

/// Raw proposals of many videos in a safetensors file: for each video an array `[proposals, 4]` of start, end, score and label,
/// and as metadata the grids, the classes, and which model and settings they are of.
public struct RawProposalFile: Sendable {
    /// What the proposals are of.
    struct Source: Codable, Equatable {
        /// Class names by label index.
        var labels: [String]
        /// SHA-256 of the head's weights.
        var weights: String
        /// The settings that chose the proposals.
        var scoreThreshold: Float
        var minimumLength: Float
        var lengthLimit: Float?
        var proposalsPerLevel: Int

        init(_ model: TrainedModel) {
            labels = model.labels
            weights = Weights.hash(of: model.head)
            scoreThreshold = model.settings.postProcessing.scoreThreshold
            minimumLength = model.settings.postProcessing.minimumLength
            lengthLimit = model.settings.postProcessing.lengthLimit
            proposalsPerLevel = model.settings.postProcessing.proposalsPerLevel
        }
    }

    /// Where the features of a video lie in time.
    struct Place: Codable {
        var grid: SnippetGrid
        var durationSeconds: Double?
        var windowSizes: [Int]
    }

    static let format = "tal raw proposals 1"

    /// Where the file lies.
    public let path: String
    /// The videos, sorted.
    public let videos: [String]
    let source: Source
    private let places: [String: Place]
    private let file: SafetensorsFile

    /// Opens a file; proposals are read when they are asked for.
    ///
    /// - Throws: `TensorFileError` or ``LocalizationError/rawProposals(file:problem:)``
    public init(path: String) throws {
        let file = try SafetensorsFile(path: path)
        self.file = file
        self.path = path
        guard file.metadata["format"] == Self.format else {
            throw LocalizationError.rawProposals(file: path, problem: "holds no raw proposals")
        }
        func read<Value: Decodable>(_ type: Value.Type, _ key: String) throws -> Value {
            do {
                return try JSONDecoder().decode(type, from: Data((file.metadata[key] ?? "").utf8))
            } catch {
                throw LocalizationError.rawProposals(file: path, problem: "is damaged")
            }
        }
        source = try read(Source.self, "source")
        let places = try read([String: Place].self, "videos")
        self.places = places
        videos = places.keys.sorted()
        for video in videos {
            let place = places[video]
            guard let shape = file.entries[video]?.shape, shape.count == 2, shape[1] == 4,
                let grid = place?.grid, grid.frameRateNumerator > 0, grid.frameRateDenominator > 0,
                grid.strideFrames > 0, grid.windowFrames > 0,
                let sizes = place?.windowSizes, sizes.allSatisfy({ (0...shape[0]).contains($0) }),
                sizes.reduce(0, +) == shape[0]
            else { throw LocalizationError.rawProposals(file: path, problem: "has no usable proposals of '\(video)'") }
        }
    }

    /// The proposals of a video.
    ///
    /// - Throws: `TensorFileError` or ``LocalizationError/rawProposals(file:problem:)``
    public func proposals(of video: String) throws -> RawProposals {
        let values = try file.tensor(named: video).elements
        guard let place = places[video] else {
            throw TensorFileError.missingTensor(file: path, name: video)
        }
        var proposals = Proposals()
        for row in stride(from: 0, to: values.count, by: 4) {
            guard let label = Int(exactly: values[row + 3]), source.labels.indices.contains(label) else {
                throw LocalizationError.rawProposals(file: path, problem: "has an unknown class in '\(video)'")
            }
            proposals.append(start: values[row], end: values[row + 1], score: values[row + 2], label: label)
        }
        return RawProposals(
            video: video, proposals: proposals, windowSizes: place.windowSizes, grid: place.grid,
            durationSeconds: place.durationSeconds)
    }

    /// Checks that the proposals are of a model.
    ///
    /// - Throws: ``LocalizationError/rawProposals(file:problem:)``
    func check(_ model: TrainedModel) throws(LocalizationError) {
        guard source.weights == Weights.hash(of: model.head), source.labels.count == model.labels.count else {
            throw .rawProposals(file: path, problem: "is of another model; make it again with this one")
        }
    }
}

/// Writes ``RawProposalFile``, one video in memory at a time.
public final class RawProposalWriter {
    private let writer: SafetensorsWriter
    private let source: RawProposalFile.Source
    private var places: [String: RawProposalFile.Place] = [:]

    /// - Parameters:
    ///   - model: the model that makes the proposals.
    ///   - path: where the file goes.
    /// - Throws: `TensorFileError`
    public init(_ model: TrainedModel, path: String) throws {
        writer = try SafetensorsWriter(path: path)
        source = RawProposalFile.Source(model)
    }

    /// Appends the proposals of a video; each video may be written once.
    ///
    /// - Throws: `TensorFileError`
    func append(_ raw: RawProposals) throws {
        let proposals = raw.proposals
        let values = Tensor([proposals.count, 4]) { target in
            for index in 0..<proposals.count {
                target[4 * index] = proposals.starts[index]
                target[4 * index + 1] = proposals.ends[index]
                target[4 * index + 2] = proposals.scores[index]
                target[4 * index + 3] = Float(proposals.labels[index])
            }
        }
        try writer.append(raw.video, values)
        places[raw.video] = RawProposalFile.Place(
            grid: raw.grid, durationSeconds: raw.durationSeconds, windowSizes: raw.windowSizes)
    }

    /// Puts the file in place.
    ///
    /// - Throws: `TensorFileError`
    public func finish() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        try writer.finish(metadata: [
            "format": RawProposalFile.format, "source": text(source), "videos": text(places),
        ])
    }
}
