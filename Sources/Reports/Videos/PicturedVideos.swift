import Annotations
import Evaluation

/// Which videos get pictures where not all can.
enum PicturedVideos {
    /// The worst and the best by average precision, and others at even distances between; every video where they fit.
    ///
    /// - Parameters:
    ///   - present: ids of the videos that there are files of.
    ///   - limit: how many at most.
    static func choose(from report: Report, present: Set<String>, limit: Int) -> [String] {
        let ids = report.videos.map(\.id).filter(present.contains)
        guard ids.count > limit, limit > 0 else { return Array(ids.prefix(max(0, limit))) }
        var precision: [String: Double] = [:]
        if let verdicts = report.runs.first?.verdicts {
            for (video, value) in zip(verdicts.videos, verdicts.averagePrecision) { precision[video.id] = value }
        }
        let ranked = ids.enumerated().sorted { first, second in
            (precision[first.element] ?? 2, first.offset) < (precision[second.element] ?? 2, second.offset)
        }.map(\.element)
        let third = limit / 3
        let middle = ranked.dropFirst(third).dropLast(third)
        let wanted = limit - 2 * third
        let between = (0..<wanted).map { middle[middle.startIndex + $0 * middle.count / max(1, wanted)] }
        return Array(ranked.prefix(third)) + between + Array(ranked.suffix(third))
    }
}
