import Features
import Localization
import Tensors

/// Reads curves, and keeps those of the last video of each file: a page asks for parts of one video again and again.
actor CurveReader {
    private struct Curves {
        var sequence: FeatureSequence
        /// The lowest and the highest value of each class over the whole video.
        var bounds: [ClosedRange<Float>]

        init(_ sequence: FeatureSequence) {
            self.sequence = sequence
            let classes = sequence.channels
            bounds = sequence.features.withElements { values in
                var (least, most) = (Array(values[..<classes]), Array(values[..<classes]))
                for time in 1..<max(1, sequence.length) {
                    for column in 0..<classes {
                        let value = values[time * classes + column]
                        least[column] = min(least[column], value)
                        most[column] = max(most[column], value)
                    }
                }
                return zip(least, most).map { $0...$1 }
            }
        }
    }

    private let tracks: CurveTracks
    private var last: [Int: Curves] = [:]

    init(_ tracks: CurveTracks) { self.tracks = tracks }

    /// A part of the curves of a video.
    ///
    /// - Parameters:
    ///   - track: its number.
    ///   - video: its id; the track has it.
    ///   - part: which times, how finely, and of which classes.
    /// - Throws: `LocalizationError.scoreCurves`.
    func reply(track: Int, video: String, part: CurvePart) throws -> ViewerReplies.Curves {
        let file = tracks.tracks[track].file
        let curves: Curves
        if let kept = last[track], kept.sequence.video == video {
            curves = kept
        } else {
            // Two long videos at once would be twice the memory.
            last[track] = nil
            curves = Curves(try file.curves(of: video))
            last[track] = curves
        }
        let envelope = CurveEnvelope(curves.sequence, part)
        let classes = file.content.classes, bounds = envelope.curves.map { curves.bounds[$0.column] }
        let lowest = file.content.kind == .scores ? 0 : bounds.map(\.lowerBound).min() ?? 0
        return ViewerReplies.Curves(
            lowest: CurveEnvelope.rounded(lowest),
            highest: CurveEnvelope.rounded(bounds.map(\.upperBound).max() ?? 0), start: envelope.start,
            step: envelope.step,
            curves: envelope.curves.map {
                ViewerReplies.Curve(label: classes[$0.column], low: $0.low, high: $0.high)
            })
    }
}
