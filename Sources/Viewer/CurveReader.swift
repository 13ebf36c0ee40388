import Features
import Localization
import Tensors

/// Reads curves, and keeps those of the last video of each file: a page asks for parts of one video again and again.
actor CurveReader {
    private struct Curves {
        var video: String
        var sequence: FeatureSequence
        /// The lowest and the highest value of all classes over the whole video.
        var bounds: ClosedRange<Float>
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
        if let kept = last[track], kept.video == video {
            curves = kept
        } else {
            // Two long videos at once would be twice the memory.
            last[track] = nil
            let sequence = try file.curves(of: video)
            let bounds = sequence.features.withElements { ($0.min() ?? 0)...($0.max() ?? 0) }
            curves = Curves(video: video, sequence: sequence, bounds: bounds)
            last[track] = curves
        }
        let envelope = CurveEnvelope(curves.sequence, part)
        let classes = file.content.classes
        return ViewerReplies.Curves(
            lowest: file.content.kind == .scores ? 0 : CurveEnvelope.rounded(curves.bounds.lowerBound),
            highest: CurveEnvelope.rounded(curves.bounds.upperBound), start: envelope.start, step: envelope.step,
            curves: envelope.curves.map {
                ViewerReplies.Curve(label: classes[$0.column], low: $0.low, high: $0.high)
            })
    }
}
