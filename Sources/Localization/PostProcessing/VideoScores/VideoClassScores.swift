import Annotations
import Files
import Foundation

/// Scores of classes for whole videos, as a classifier of videos gives them.
///
/// Heads that find actions without naming them get their classes from such scores; see ``ScoreFusion``.
public struct VideoClassScores: Sendable, Equatable {
    /// The file they were read from, for errors.
    public let path: String
    /// Class names; a score is in the place of its class.
    public let classes: [String]
    private let scores: [String: [Double]]

    /// - Parameters:
    ///   - path: named in errors.
    ///   - classes: names of the classes, in the order of the scores.
    ///   - scores: one score of each class, by video.
    /// - Throws: ``LocalizationError/videoScores(file:problem:)`` where a score is negative or no number, or numbers do not
    ///   match.
    public init(path: String, classes: [String], scores: [String: [Double]]) throws(LocalizationError) {
        func refuse(_ problem: String) -> LocalizationError { .videoScores(file: path, problem: problem) }
        guard !classes.isEmpty, !scores.isEmpty else { throw refuse("holds no scores") }
        guard Set(classes).count == classes.count else { throw refuse("names a class twice") }
        for (video, row) in scores.sorted(by: { $0.key < $1.key }) {
            guard row.count == classes.count else {
                throw refuse("has \(row.count) scores of video '\(video)' for \(classes.count) classes")
            }
            guard row.allSatisfy(\.isFinite) else { throw refuse("has a score of '\(video)' that is not finite") }
            guard row.allSatisfy({ $0 >= 0 }) else {
                throw refuse(
                    "has negative scores of '\(video)'; if they are logits, set post_processing.fusion.softmax: true")
            }
        }
        self.path = path
        self.classes = classes
        self.scores = scores
    }

    /// The videos that have scores, sorted.
    public var videos: [String] { scores.keys.sorted() }

    /// One score of each class; `nil` for a video without scores.
    ///
    /// ActivityNet's ids are known with and without `v_` before them.
    public func scores(of video: String) -> [Double]? { scores.value(ofVideo: video) }

    /// What of the videos and labels of a data set these scores do not cover, a line for each kind, for people.
    public func gaps(videos: [String], labels: [String]) -> [String] {
        func list(_ names: [String]) -> String {
            names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        }
        var lines: [String] = []
        let missing = videos.filter { scores(of: $0) == nil }
        if !missing.isEmpty {
            lines.append(
                "\(path): \(missing.count) of \(videos.count) videos have no class scores and get no detections "
                    + "(\(list(missing)))")
        }
        let unscored = labels.filter { !Set(classes).contains($0) }
        if !unscored.isEmpty {
            lines.append("\(path): \(unscored.count) annotated classes have no scores (\(list(unscored)))")
        }
        let foreign = classes.filter { !Set(labels).contains($0) }
        if !foreign.isEmpty, !labels.isEmpty {
            lines.append("\(path): \(foreign.count) classes with scores are not annotated (\(list(foreign)))")
        }
        return lines
    }

    /// Writes the scores in the ActivityNet results layout without segments, which `tal evaluate` reads for the task
    /// `classification`: `{"results": {video: [{"label", "score"}]}}`, the best class first.
    ///
    /// - Throws: ``LocalizationError/videoScores(file:problem:)``
    public func write(to path: String) throws(LocalizationError) {
        struct Entry: Encodable {
            let label: String
            let score: Double
        }
        struct File: Encodable {
            let version = "VERSION 1.3"
            let results: [String: [Entry]]
            let externalData: [String: String] = [:]

            enum CodingKeys: String, CodingKey {
                case version, results
                case externalData = "external_data"
            }
        }
        let results = scores.mapValues { row in
            row.indicesByDescending { $0 }.map { Entry(label: classes[$0], score: row[$0]) }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try AtomicFile.write(encoder.encode(File(results: results)), to: path)
        } catch {
            let reason = (error as? FileError)?.reason ?? error.localizedDescription
            throw .videoScores(file: path, problem: "cannot be written (\(reason))")
        }
    }
}
