import Files
import Foundation

/// Gives class-agnostic segments the classes of their video.
///
/// Each of the best segments is repeated for each of the best classes, so the result holds every segment several times
/// with different labels; that is intended.
public struct ScoreFusion: Sendable {
    /// What it does.
    public let settings: ScoreFusionSettings

    public init(_ settings: ScoreFusionSettings = ScoreFusionSettings()) { self.settings = settings }

    /// The segments with classes, those of the best class first and by descending score within a class.
    ///
    /// - Parameters:
    ///   - segments: class-agnostic segments; their labels are ignored.
    ///   - videoScores: the score of each class for the whole video; a class with the score 0 is not taken.
    public func fuse(_ segments: [ScoredSegment], videoScores: [Double]) -> [ScoredSegment] {
        let best = segments.sortedByDescending(\.score).prefix(settings.maximumSegments)
        let classes = videoScores.indices.filter { videoScores[$0] > 0 }
            .sortedByDescending { videoScores[$0] }.prefix(settings.topClasses)
        return classes.flatMap { label in
            best.map { best in
                ScoredSegment(
                    segment: best.segment, score: score(segment: best.score, class: videoScores[label]), label: label)
            }
        }
    }

    private func score(segment: Double, class videoScore: Double) -> Double {
        switch settings.formula {
        case .geometricMean: return (segment * videoScore).squareRoot()
        case .product: return segment * videoScore
        case .weighted:
            return pow(segment, 1 - settings.classWeight) * pow(videoScore, settings.classWeight)
        }
    }
}
