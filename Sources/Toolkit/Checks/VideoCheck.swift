import Annotations
import Extraction
import Features
import Foundation
import Video

/// Checks the files of videos against annotations and features. Decodes the first frame of each.
struct VideoCheck {
    private let annotated: [AnnotatedVideo]
    private let inputs: VideoInputs
    private let features: (any FeatureSource)?

    /// Durations that differ by less are the same.
    private static let slack = 1.0
    private static let durationTolerance = 0.05
    private static let rateTolerance = 0.01

    init(_ annotated: [AnnotatedVideo], _ inputs: VideoInputs, _ features: (any FeatureSource)?) {
        self.annotated = annotated
        self.inputs = inputs
        self.features = features
    }

    func findings() -> [DataFinding] {
        var unreadable = inputs.failures.map { "\($0.input): \($0.error)" }
        var durations: [String] = [], rates: [String] = [], gridRates: [String] = []
        let known = Dictionary(annotated.map { (VideoIdentity.key($0.id), $0) }) { first, _ in first }
        let stored = Set(features?.videos ?? [])
        var seen: Set<String> = []
        for input in inputs.videos {
            let info: VideoInfo
            do {
                info = try VideoInfo.read(input.path)
            } catch {
                unreadable.append("\(error)")
                continue
            }
            let video = known[VideoIdentity.key(input.id)]
            if let video { seen.insert(video.id) }
            let rate = Double(info.averageFrameRate.numerator) / Double(info.averageFrameRate.denominator)
            if let annotated = video?.duration, let real = info.durationSeconds,
                abs(annotated - real) > max(Self.slack, Self.durationTolerance * real)
            {
                durations.append("\(input.id): \(Self.text(real)) s, annotated \(Self.text(annotated)) s")
            }
            if let annotated = video?.framesPerSecond, abs(annotated - rate) > Self.rateTolerance * rate {
                rates.append("\(input.id): \(Self.text(rate)), annotated \(Self.text(annotated))")
            }
            // Features that say what made them were sampled by time.
            if let features, features.origin == nil, let id = video?.id, stored.contains(id),
                let header = try? features.header(for: id),
                abs(header.grid.framesPerSecond - rate) > Self.rateTolerance * rate
            {
                gridRates.append("\(input.id): \(Self.text(rate)), grid \(Self.text(header.grid.framesPerSecond))")
            }
        }
        let missing = annotated.map(\.id).filter { !seen.contains($0) }
        func finding(
            _ kind: DataFinding.Kind, _ severity: DataFinding.Severity, _ message: String, one single: String,
            _ items: [String]
        ) -> [DataFinding] {
            items.isEmpty ? [] : [DataFinding(kind, severity, message, one: single, items: items)]
        }
        return finding(.videos, .error, "videos cannot be read", one: "video cannot be read", unreadable)
            + finding(
                .videos, .notice, "of \(annotated.count) annotated videos have no readable file here",
                one: "of \(annotated.count) annotated videos has no readable file here", missing)
            + finding(
                .duration, .notice, "videos have another length than their annotations say",
                one: "video has another length than its annotation says", durations)
            + finding(
                .frameRate, .notice, "videos have another frame rate than their annotations say",
                one: "video has another frame rate than its annotation says", rates)
            + finding(
                .frameRate, .notice,
                "videos have another frame rate than the grid of their features, which is right only where they were resampled first",
                one:
                    "video has another frame rate than the grid of its features, which is right only where it was resampled first",
                gridRates)
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
