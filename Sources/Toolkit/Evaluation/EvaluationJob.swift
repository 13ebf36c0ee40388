import Annotations
public import Evaluation
import Files
import Foundation

/// Evaluates predictions against annotations by a protocol.
public struct EvaluationJob: Sendable {
    /// What the protocol's task came to.
    public enum Report {
        case detection(EvaluationResult, DetectionMatches)
        case proposals(ProposalRecall, Evaluator)
        case classification(VideoClassification)
        case moments(MomentRetrieval)
        case frames(FrameAveragePrecision)
        case segmentation(FrameSegmentation)
    }

    public var inputs: EvaluationInputs
    /// Whether to compute AR@AN too; labels are ignored.
    public var computesRecall = false
    /// How many bootstrap samples of the videos to draw for 95 % intervals.
    public var bootstrapSamples: Int?
    /// The seed of the bootstrap.
    public var seed: UInt64 = 0

    public init(_ inputs: EvaluationInputs) { self.inputs = inputs }

    /// Evaluates.
    ///
    /// - Throws: `EvaluationError`, `FileError` or `AnnotationsError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        if let notice = EvaluationProtocol.notice(ofFileNamed: inputs.protocolName) { events.notice(notice) }
        switch try inputs.settings().task {
        case .momentRetrieval:
            return .moments(
                try MomentRetrieval(
                    inputs.predictions.flatMap(MomentQuery.read), against: inputs.groundTruth.flatMap(MomentQuery.read))
            )
        case .frames:
            let (evaluator, file) = try inputs.load(events)
            return .frames(try evaluator.frameAveragePrecision(file.detections))
        case .segmentation: return .segmentation(try segmentation(events))
        case .classification:
            let (evaluator, file) = try inputs.load(events, needsSegments: false)
            return .classification(evaluator.videoClassification(file.detections))
        case .proposals:
            let (evaluator, file) = try inputs.load(events)
            return .proposals(try evaluator.proposalRecall(file.detections), evaluator)
        case .detection:
            let (evaluator, file) = try inputs.load(events)
            return try detection(evaluator, file.detections, events)
        }
    }

    private func segmentation(_ events: JobEvents) throws -> FrameSegmentation {
        let settings = try inputs.settings()
        let truth = try inputs.annotations()
        let shown = try AnnotationSet.reading(
            inputs.predictions, ReadingOptions(framesPerSecond: settings.frameRate), acceptsPredictions: true)
        for oddity in truth.oddities + shown.oddities { events.message("\(oddity)") }
        return try FrameSegmentation(shown, against: truth, protocol: settings, subset: inputs.subset)
    }

    private func detection(
        _ evaluator: Evaluator, _ detections: DetectionTable, _ events: JobEvents
    ) throws -> Report {
        let matches = try evaluator.match(detections)
        var result = matches.result
        result.inputs = inputs.absolute
        if computesRecall {
            do {
                result.proposalRecall = try evaluator.proposalRecall(detections)
            } catch {
                events.notice("recall", "\(error)")
            }
        }
        if let bootstrapSamples {
            result.intervals = try events.stage("bootstrap", unit: "samples") { stage in
                try matches.intervals(samples: bootstrapSamples, seed: seed, progress: stage.handler)
            }
        }
        for warning in result.warnings { events.notice("evaluation", warning) }
        let others = result.counts.predictionsInOtherSubsets.count
        if others > 0, result.evaluationProtocol.compatibility != .plain {
            let outside = evaluator.otherSubsetVideos
            let inside = DetectionTable(detections.lazy.filter { !outside.contains($0.video) })
            let without = inside.isEmpty ? 0 : try evaluator.evaluate(inside).averageMAP
            events.notice(
                "other-subsets",
                "\(others) predictions lie in videos of other subsets and count as false positives under this protocol, as in "
                    + "the reference code: average mAP \(percent(result.averageMAP)) %; without them \(percent(without)) %"
            )
        }
        return .detection(result, matches)
    }
}

private func percent(_ fraction: Double) -> String { String(format: "%.2f", 100 * fraction) }

/// Says why detections are wrong, and on which segments.
public struct DiagnosisJob: Sendable {
    public var inputs: EvaluationInputs
    /// How many predictions to look at for each segment of a class.
    public var limit = 10

    public init(_ inputs: EvaluationInputs) { self.inputs = inputs }

    /// - Throws: `EvaluationError`, `FileError` or `AnnotationsError`.
    public func run(_ events: JobEvents = .none) throws -> Diagnosis {
        let (evaluator, file) = try inputs.load(events)
        return try evaluator.diagnose(file.detections, limit: limit)
    }
}

/// Says whether the second of two sets of detections is better.
public struct ComparisonJob: Sendable {
    public var first: EvaluationInputs
    public var second: EvaluationInputs
    /// How many bootstrap samples to draw.
    public var samples = 1000
    /// The seed of the bootstrap.
    public var seed: UInt64 = 0

    public init(_ first: EvaluationInputs, _ second: EvaluationInputs) {
        self.first = first
        self.second = second
    }

    /// - Throws: `EvaluationError`, `FileError` or `AnnotationsError`.
    public func run(_ events: JobEvents = .none) throws -> PairedComparison {
        let (evaluator, firstFile) = try first.load(events)
        let (otherEvaluator, secondFile) = try second.load(events)
        return try events.stage("compare", unit: "samples") { stage in
            try PairedComparison(
                evaluator.match(firstFile.detections), otherEvaluator.match(secondFile.detections), samples: samples,
                seed: seed, progress: stage.handler)
        }
    }
}

extension EvaluationInputs {
    /// Reads both files, and says what is odd in them.
    func load(_ events: JobEvents, needsSegments: Bool = true) throws -> (Evaluator, DetectionFile) {
        let annotations = try annotations()
        let truthNames = groundTruth.joined(separator: ", "), names = predictions.joined(separator: ", ")
        for oddity in annotations.oddities { events.message("\(truthNames): \(oddity)") }
        let evaluator = try Evaluator(annotations, protocol: settings(), subset: subset)
        let durations = annotations.videos.compactMap { video in video.duration.map { (video.id, $0) } }
        var file = try DetectionFile.read(
            predictions, needsSegments: needsSegments, labelField: settings().labelField ?? .action,
            durations: Dictionary(durations) { first, _ in first })
        for oddity in file.oddities { events.notice("predictions", "\(names): \(oddity)") }
        // ActionFormer's results give numbers, which are those of the annotations' label ids.
        if annotations.labelOrder != .alphabetical, Set(file.detections.labels).isDisjoint(with: annotations.labels),
            let named = file.detections.named(by: annotations.labels)
        {
            file.detections = named
            events.notice("class-numbers", "\(names): class numbers are taken for the label ids of the ground truth")
        }
        return (evaluator, file)
    }
}
