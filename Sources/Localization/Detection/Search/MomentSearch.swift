public import Annotations
public import Features
import Foundation
public import Tensors

/// Finds moments by words without any trained head: segments in which the snippets of a video resemble a text.
///
/// The rule, for one video and one text:
/// 1. The similarity of each snippet to the text is a cosine in the space shared by videos and words. Where texts compete, the
///    mean over all texts is taken from it.
/// 2. The curve is smoothed by a Gaussian over time.
/// 3. For each level `a`, the threshold is `median + a · (maximum - median)` of the curve, so that it follows the video and the
///    text. Every run of snippets above it is a segment; its ends lie where the curve crosses the threshold, by linear
///    interpolation, and the video's ends count as crossings.
/// 4. The score of a segment is `2 · inside - around`: the mean of the curve inside, plus how far that is above its mean in the half
///    lengths before and after. The first makes scores comparable between videos, the second prefers whole peaks to parts of them.
/// 5. Non-maximum suppression leaves the best of segments that overlap.
///
/// The rule always gives something where a curve is not flat: it says where a text fits best, not whether it does. A lowest score
/// decides that.
public struct MomentSearch: Sendable {
    public let settings: SearchSettings

    /// - Parameter settings: must be valid.
    public init(_ settings: SearchSettings = SearchSettings()) { self.settings = settings }

    /// The segments of each text, best first, at most ``SearchSettings/mostSegments`` of each.
    ///
    /// - Parameters:
    ///   - snippets: `[time, common]`, rows of length 1, at least one row.
    ///   - texts: `[texts, common]`, rows of length 1.
    ///   - labels: the name of each text.
    ///   - features: whose grid and duration give the seconds.
    public func detections(
        snippets: Tensor, texts: Tensor, labels: [String], features: FeatureSequence
    ) -> [Detection] {
        detections(
            curves: curves(snippets: snippets, texts: texts, grid: features.grid), labels: labels, features: features)
    }

    /// The segments of curves that were computed before, best first.
    ///
    /// - Parameters:
    ///   - curves: one for each text, a value for each snippet.
    ///   - labels: the name of each text.
    ///   - features: whose grid and duration give the seconds.
    public func detections(curves: [[Double]], labels: [String], features: FeatureSequence) -> [Detection] {
        let found = zip(labels, curves).flatMap { label, curve in
            segments(curve, grid: features.grid, durationSeconds: features.durationSeconds).map {
                Detection(video: features.video, label: label, segment: $0.segment, score: $0.score)
            }
        }
        let order = found.indices.sorted { (found[$0].score, $1) > (found[$1].score, $0) }
        return order.map { found[$0] }
    }

    /// The smoothed similarities over time, one curve for each text.
    ///
    /// - Parameters:
    ///   - snippets: `[time, common]`, rows of length 1, at least one row.
    ///   - texts: `[texts, common]`, rows of length 1.
    ///   - grid: of the snippets.
    public func curves(snippets: Tensor, texts: Tensor, grid: SnippetGrid) -> [[Double]] {
        let (times, count) = (snippets.shape[0], texts.shape[0])
        let all = snippets.matmul(texts, transposed: true).elements
        var curves = (0..<count).map { text in (0..<times).map { Double(all[$0 * count + text]) } }
        if settings.compares, count > 1 {
            for time in 0..<times {
                let mean = curves.reduce(0) { $0 + $1[time] } / Double(count)
                for text in 0..<count { curves[text][time] -= mean }
            }
        }
        let step = grid.strideFrames / grid.framesPerSecond
        return curves.map { Self.smoothed($0, deviation: settings.smoothing / step) }
    }

    /// A Gaussian mean of a curve; at the ends the weights that fall outside are left out.
    ///
    /// - Parameter deviation: the standard deviation in steps of the curve.
    static func smoothed(_ curve: [Double], deviation: Double) -> [Double] {
        guard deviation > 0 else { return curve }
        let reach = Int((4 * deviation).rounded(.up))
        let weights = (0...reach).map { exp(-0.5 * (Double($0) / deviation) * (Double($0) / deviation)) }
        return curve.indices.map { center in
            var (sum, total) = (0.0, 0.0)
            for place in max(0, center - reach)...min(curve.count - 1, center + reach) {
                let weight = weights[abs(place - center)]
                sum += weight * curve[place]
                total += weight
            }
            return sum / total
        }
    }

    /// The segments of one curve, best first.
    func segments(
        _ curve: [Double], grid: SnippetGrid, durationSeconds: Double?
    ) -> [(segment: Segment, score: Double)] {
        guard let highest = curve.max(), let lowest = curve.min(), highest > lowest else { return [] }
        let middle = Self.median(curve)
        var candidates = Proposals()
        for level in settings.levels {
            let threshold = middle + level * (highest - middle)
            for run in Self.runs(curve, above: threshold) {
                candidates.append(
                    start: Float(run.start), end: Float(run.end), score: Float(Self.score(curve, run)), label: 0)
            }
        }
        let kept = HardSuppression.select(
            from: candidates, overlapThreshold: Float(settings.overlap), minimumScore: 0, limit: candidates.count)
        let last = durationSeconds ?? grid.seconds(at: Double(curve.count - 1) + 0.5)
        let found = kept.map { index in
            // Half a stride belongs to the first and the last snippet on the outer side; a video begins at 0.
            let start = Double(candidates.starts[index]), end = Double(candidates.ends[index])
            return (
                segment: Segment(
                    start: start < 0 ? 0 : max(0, min(grid.seconds(at: start), last)),
                    end: end > Double(curve.count - 1) ? last : min(grid.seconds(at: end), last)),
                score: Double(candidates.scores[index])
            )
        }
        return Array(
            found.filter {
                $0.segment.duration > 0 && $0.segment.duration >= settings.shortest
                    && $0.score >= settings.minimumScore
            }.prefix(settings.mostSegments))
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted(), half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    /// The runs of a curve above a threshold, in positions on the grid; -0.5 and count - 0.5 are the ends of the video.
    static func runs(_ curve: [Double], above threshold: Double) -> [(start: Double, end: Double)] {
        var runs: [(start: Double, end: Double)] = [], start: Double?
        for (place, value) in curve.enumerated() {
            func crossing() -> Double {
                let before = curve[place - 1]
                return Double(place - 1) + (threshold - before) / (value - before)
            }
            if value > threshold, start == nil {
                start = place == 0 ? -0.5 : crossing()
            } else if value <= threshold, let begun = start {
                runs.append((begun, crossing()))
                start = nil
            }
        }
        if let start { runs.append((start, Double(curve.count) - 0.5)) }
        return runs
    }

    /// Twice the mean of the curve inside a run less its mean in the half lengths before and after it.
    static func score(_ curve: [Double], _ run: (start: Double, end: Double)) -> Double {
        func mean(_ places: some Sequence<Int>) -> Double? {
            var (sum, count) = (0.0, 0)
            for place in places {
                sum += curve[place]
                count += 1
            }
            return count > 0 ? sum / Double(count) : nil
        }
        let first = max(0, Int(run.start.rounded(.up)))
        let last = max(first, min(curve.count - 1, Int(run.end.rounded(.down))))
        let inside = mean(first...last) ?? curve[first]
        let reach = max(1, (last - first + 1) / 2)
        let around =
            Array(max(0, first - reach)..<first) + Array((last + 1)..<max(last + 1, min(curve.count, last + 1 + reach)))
        return 2 * inside - (mean(around) ?? inside)
    }
}
