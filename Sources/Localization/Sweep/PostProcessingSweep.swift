public import Annotations
public import Configuration
import Foundation
import Tensors
public import Threads

/// Tries settings of post-processing on proposals that were kept, without running the head again.
///
/// Proposals are read again for every combination of settings, so memory holds only the detections of as many combinations
/// as there are threads.
public struct PostProcessingSweep: Sendable {
    /// What one combination of settings came to.
    public struct Outcome: Sendable, Equatable {
        /// The value of each setting of the grid.
        public var values: [String]
        public var averageMAP: Double
        public var detectionCount: Int
    }

    /// Average mAP of detections.
    public typealias Evaluation = @Sendable (DetectionTable) throws -> Double

    /// What is tried, keys from the top of the configuration.
    public let grid: SettingsGrid
    private let settings: [PostProcessingSettings]

    /// Most combinations of one sweep.
    public static let limit = 10_000
    private static let section = "post_processing."
    /// Settings that need the head to be run, or another file to be read, for each value.
    private static let fixed = [
        "proposals_per_level": "needs another run of the head; sweep maximum_proposals",
        "fusion.scores": "cannot be swept; choose one file", "fusion.classes": "cannot be swept",
        "fusion.videos": "cannot be swept", "fusion.softmax": "cannot be swept; choose one",
    ]

    /// - Parameters:
    ///   - grid: settings of post-processing; `post_processing.` before a key may be left out.
    ///   - run: the run folder of the model.
    ///   - overlays: files of settings that hold for every combination.
    ///   - overrides: `key.path=value` texts that hold for every combination.
    ///   - adjust: a change of the settings of every combination.
    /// - Throws: `ConfigurationError`
    public init(
        _ grid: SettingsGrid, run: RunFolder, overlays: [String] = [], overrides: [String] = [],
        adjust: (inout LocalizationSettings) throws -> Void = { _ in }
    ) throws {
        var axes = grid.axes
        for index in axes.indices {
            let key = axes[index].key
            let name = key.hasPrefix(Self.section) ? String(key.dropFirst(Self.section.count)) : key
            axes[index].key = Self.section + name
            if let problem = Self.fixed[name] {
                throw ConfigurationError.invalidValue(file: "", key: key, problem: problem)
            }
        }
        let full = SettingsGrid(axes: axes)
        guard full.count <= Self.limit else {
            throw ConfigurationError.invalidGrid(
                full.axes.map(\.key).joined(separator: ", "),
                problem: "more than \(Self.limit) combinations; give fewer values")
        }
        self.grid = full
        settings = try (0..<full.count).map { index in
            let tried = full.overrides(at: index)
            do {
                return try run.settings(overlays: overlays, overrides: overrides + tried, adjust: adjust).postProcessing
            } catch ConfigurationError.invalidOverride(let text, let problem) where tried.contains(text) {
                throw ConfigurationError.invalidGrid(text, problem: problem)
            }
        }
    }

    /// Settings that keep every proposal which some combination wants.
    public func loosest(_ settings: PostProcessingSettings) -> PostProcessingSettings {
        var result = settings
        result.scoreThreshold = self.settings.map(\.scoreThreshold).min() ?? settings.scoreThreshold
        let limits = self.settings.compactMap(\.lengthLimit)
        result.lengthLimit = limits.count == self.settings.count ? limits.max() : nil
        result.minimumLength = self.settings.map(\.minimumLength).min() ?? settings.minimumLength
        return result
    }

    /// Evaluates every combination, on several threads.
    ///
    /// - Parameters:
    ///   - file: proposals before post-processing.
    ///   - detector: the model and the class scores of videos.
    ///   - wanted: videos of the file that take part; `nil` for all.
    ///   - cancellation: asks the work to end; combinations that were not begun are left out then.
    ///   - evaluate: gives the result of one combination.
    ///   - progress: called after every combination, from several threads.
    /// - Returns: outcomes in the order of the grid.
    /// - Throws: ``LocalizationError``, `TensorFileError`, or what `evaluate` throws.
    public func run(
        _ file: RawProposalFile, with detector: Detector, videos wanted: Set<String>? = nil,
        cancellation: CancellationFlag = CancellationFlag(), evaluate: @escaping Evaluation,
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> [Outcome] {
        try check(file, detector)
        let videos = file.videos.filter { video in
            (wanted?.contains(video) ?? true) && (detector.videoScores.map { $0.scores(of: video) != nil } ?? true)
        }
        let finished = FinishedCount()
        let outcomes = Parallel.map(settings.count) { index in
            let outcome = Result {
                try cancellation.check()
                let table = try detections(of: videos, in: file, with: detector, settings: settings[index])
                return Outcome(
                    values: grid.values(at: index), averageMAP: table.isEmpty ? 0 : try evaluate(table),
                    detectionCount: table.count)
            }
            let completed = finished.add()
            progress?(completed, settings.count)
            return outcome
        }
        return try outcomes.compactMap { outcome in
            do {
                return try outcome.get()
            } catch is WorkInterrupted {
                return nil
            }
        }
    }

    private func check(_ file: RawProposalFile, _ detector: Detector) throws {
        try file.check(detector.model)
        func refuse(_ key: String, _ value: Float) -> LocalizationError {
            .rawProposals(
                file: file.path,
                problem: "was made with \(key) \(value), so looser values cannot be tried; make it again "
                    + "with post_processing.\(key) at the loosest value")
        }
        for settings in settings {
            if settings.scoreThreshold < file.source.scoreThreshold {
                throw refuse("score_threshold", file.source.scoreThreshold)
            }
            if settings.minimumLength < file.source.minimumLength {
                throw refuse("minimum_length", file.source.minimumLength)
            }
            if let limit = file.source.lengthLimit, settings.lengthLimit ?? .infinity > limit {
                throw refuse("length_limit", limit)
            }
        }
    }

    private func detections(
        of videos: [String], in file: RawProposalFile, with detector: Detector, settings: PostProcessingSettings
    ) throws -> DetectionTable {
        let postProcessing = PostProcessing(settings)
        var table = DetectionTable()
        for video in videos {
            table.addVideo(video)
            let raw = try file.proposals(of: video).passing(settings)
            for detection in try detector.detections(from: raw, by: postProcessing) { table.append(detection) }
        }
        return table
    }
}
