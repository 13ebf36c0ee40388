public import Features
import Files

/// Curves of scores over the time of many videos, read: a feature store whose columns are classes.
///
/// `/videos/<id>/features` is `[time, classes]`; the names of the classes lie in the attribute `encoder_config`, and `encoder`
/// is `score-curves`. The grid is that of the head, which may be coarser than that of the features it got.
public struct ScoreCurveFile: Sendable {
    /// Where the file lies.
    public let path: String
    public let content: ScoreCurveContent
    /// The videos with curves, sorted.
    public var videos: [String] { store.videos }
    private let store: FeatureStore

    /// - Throws: `FileError` where nothing is there, ``LocalizationError/scoreCurves(file:problem:)`` for another or a broken file.
    public init(path: String) throws {
        do {
            store = try FeatureStore(path)
        } catch FeatureError.malformed(_, let reason) {
            throw LocalizationError.scoreCurves(file: path, problem: "cannot be read as score curves: \(reason)")
        }
        guard let content = ScoreCurveContent(store.origin) else {
            let met = store.origin.map { "features of the encoder '\($0.encoder)'" } ?? "features of unknown origin"
            throw LocalizationError.scoreCurves(file: path, problem: "holds \(met); expected score curves")
        }
        self.path = path
        self.content = content
    }

    /// Checks the shape of a video without reading its values.
    ///
    /// - Throws: ``LocalizationError/scoreCurves(file:problem:)``
    public func check(_ video: String) throws {
        do {
            let found = try store.header(for: video).channels
            guard found == content.classes.count else {
                throw problem(
                    video, "has \(found) values a moment, and the file names \(content.classes.count) classes")
            }
        } catch FeatureError.damaged(_, _, let reason) {
            throw problem(video, "cannot be read: \(reason)")
        }
    }

    /// The curves of a video, `[time, classes]`, all finite.
    ///
    /// - Throws: ``LocalizationError/scoreCurves(file:problem:)``
    public func curves(of video: String) throws -> FeatureSequence {
        try check(video)
        do {
            return try store.sequence(for: video)
        } catch FeatureError.damaged(_, _, let reason) {
            throw problem(video, "cannot be read: \(reason)")
        }
    }

    private func problem(_ video: String, _ text: String) -> LocalizationError {
        .scoreCurves(file: path, problem: "video '\(video)' \(text)")
    }
}
