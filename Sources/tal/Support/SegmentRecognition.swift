import Annotations
import Features
import Localization
import SViLM
import Tensors

/// A classifier of untrimmed videos on stored features, trained on annotated segments.
///
/// The linear probe learns from the mean feature of each segment. A video is scored by applying it to every feature vector:
/// the score of a class is the mean of its highest eighth of probabilities, so that an action may take a small part of the
/// video.
struct SegmentRecognition {
    private let probe: LinearProbe
    private let source: any FeatureSource
    /// Segments trained on.
    let segmentCount: Int
    /// Every how many-th part of the highest probabilities counts.
    private static let share = 8

    var labels: [String] { probe.labels }

    /// - Parameters:
    ///   - annotations: of the videos to train on; those without features are left out.
    ///   - ignored: labels that are no classes.
    init(
        _ annotations: AnnotationSet, ignoring ignored: [String], features source: any FeatureSource, steps: Int
    ) throws {
        let known = Set(source.videos), ignored = Set(ignored)
        var rows: [Tensor] = [], labels: [String] = []
        for video in annotations.videos where known.contains(video.id) {
            let sequence = try source.sequence(for: video.id)
            for item in video.segments where item.segment.duration > 0 && !ignored.contains(item.label) {
                let first = sequence.grid.position(at: item.segment.start).rounded(.up)
                let last = sequence.grid.position(at: item.segment.end).rounded(.down)
                let lower = Int(max(0, min(first, Double(sequence.length - 1))))
                let upper = Int(max(Double(lower), min(last, Double(sequence.length - 1))))
                rows.append(sequence.features.slice(axis: 0, lower..<(upper + 1)).mean(axes: [0]))
                labels.append(item.label)
            }
        }
        guard !rows.isEmpty else { throw LocalizationError.nothingToTrain(subset: "training", path: source.path) }
        var settings = LinearProbe.Settings()
        settings.steps = steps
        probe = LinearProbe(features: .stacked(rows), labels: labels, settings: settings)
        segmentCount = rows.count
        self.source = source
    }

    /// One score of each label.
    func scores(of video: String) throws -> [Double] {
        let probabilities = probe(try source.sequence(for: video).features).softmax()
        let (time, classes) = (probabilities.shape[0], probabilities.shape[1]), values = probabilities.elements
        let count = max(1, time / Self.share)
        return (0..<classes).map { label in
            let best = (0..<time).map { values[$0 * classes + label] }.sorted(by: >).prefix(count)
            return Double(best.reduce(0, +)) / Double(count)
        }
    }
}
