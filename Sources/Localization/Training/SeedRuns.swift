import Files
import Foundation

/// What runs that differ in their seed came to.
public struct SeedRuns: Sendable, Codable, Equatable {
    /// One run.
    public struct Run: Sendable, Codable, Equatable {
        public var seed: UInt64
        /// The run folder.
        public var folder: String
        /// Average mAP of the chosen weights on the validation subset, where it was evaluated.
        public var averageMap: Double?
        /// The epoch whose weights were chosen.
        public var epoch: Int

        public init(seed: UInt64, folder: String, averageMap: Double?, epoch: Int) {
            self.seed = seed
            self.folder = folder
            self.averageMap = averageMap
            self.epoch = epoch
        }
    }

    public private(set) var runs: [Run]
    /// Mean of the average mAPs; `nil` unless every run has one.
    public private(set) var mean: Double?
    /// Their standard deviation with n - 1 in the denominator; `nil` for fewer than two runs.
    public private(set) var standardDeviation: Double?

    public init(_ runs: [Run]) {
        self.runs = runs
        let scores = runs.compactMap(\.averageMap)
        guard !scores.isEmpty, scores.count == runs.count else { return }
        let mean = scores.reduce(0, +) / Double(scores.count)
        self.mean = mean
        guard scores.count > 1 else { return }
        standardDeviation =
            (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count - 1)).squareRoot()
    }

    private static func file(in folder: RunFolder) -> String { folder.file("seeds.json") }

    /// Deletes what earlier runs came to.
    ///
    /// - Parameter folder: the folder of the runs.
    /// - Throws: `FileError.unwritable`.
    public static func remove(from folder: RunFolder) throws {
        let file = file(in: folder)
        guard FileManager.default.fileExists(atPath: file) else { return }
        do {
            try FileManager.default.removeItem(atPath: file)
        } catch {
            throw FileError.unwritable(path: file, reason: error.localizedDescription)
        }
    }

    /// Writes them as `seeds.json` into a folder.
    ///
    /// - Throws: `FileError.unwritable`.
    public func write(to folder: RunFolder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try folder.write(encoder.encode(self), to: Self.file(in: folder))
    }
}
