public import Annotations
import Evaluation
public import Extraction
public import Features
public import Localization

/// Checks annotations, splits and features against each other before any work is done on them.
public struct DataCheck: Sendable {
    /// Annotations, with all their subsets.
    public var annotations: AnnotationSet
    public var features: (any FeatureSource)?
    /// The subset that is trained on.
    public var trainingSubset: String?
    /// The subset that epochs or settings are chosen on.
    public var validationSubset: String?
    /// The subset that is evaluated or detected in.
    public var evaluatedSubset: String?
    /// Labels that are no actions.
    public var ignoredLabels: [String] = []
    /// The head to train; segments that it cannot learn are reported.
    public var settings: LocalizationSettings?
    /// The protocol of the evaluation, by name or file.
    public var protocolName: String?
    /// The files of the videos.
    public var videos: VideoInputs?
    /// What a manifest says of the data set.
    public var dataset: DatasetDefaults?
    /// Whether to say, too, what is odd in the annotations by themselves.
    public var isThorough = false
    /// Errors of these kinds are passed on as notices.
    public var allowed: Set<DataFinding.Kind> = []

    public init(_ annotations: AnnotationSet, features: (any FeatureSource)? = nil) {
        self.annotations = annotations
        self.features = features
    }

    /// What there is to say, errors first.
    ///
    /// - Throws: `FeatureError` where the header of a video cannot be read.
    public func findings() throws -> [DataFinding] {
        let splits = SplitCheck(self)
        var found = splits.findings()
        if isThorough { found += AnnotationCheck(self, splits.usedVideos).findings() }
        if let features {
            found += try FeatureCheck(videos: splits.usedVideos, features: features, settings: settings).findings()
        }
        if let videos { found += VideoCheck(splits.usedVideos, videos, features).findings() }
        if let protocolName { found += try protocolFindings(protocolName) }
        for index in found.indices where found[index].severity == .error && allowed.contains(found[index].kind) {
            found[index].severity = .notice
        }
        return found.filter { $0.severity != .notice } + found.filter { $0.severity == .notice }
    }

    private func protocolFindings(_ name: String) throws -> [DataFinding] {
        let settings = try EvaluationProtocol.named(name)
        guard settings.task != .momentRetrieval else { return [] }
        var subset = evaluatedSubset
        if subset == nil, !settings.subset.isEmpty, !annotations.subsetNames.isEmpty,
            (try? annotations.subset(settings.subset)) == nil
        {
            subset = validationSubset
            if subset == nil {
                let present = annotations.subsetNames.joined(separator: ", ")
                return [
                    DataFinding(
                        .evaluation, .error,
                        "protocol \(name) evaluates subset '\(settings.subset)', and the annotations have \(present)")
                ]
            }
        }
        let counts: EvaluationCounts
        do {
            counts = try Evaluator(annotations, protocol: settings, subset: subset).counts
        } catch let error as EvaluationError {
            return [DataFinding(.evaluation, .error, "\(error)")]
        }
        var found: [DataFinding] = []
        if let mismatch = settings.mismatch(videos: counts.groundTruthVideos, segments: counts.groundTruthSegments) {
            found.append(
                DataFinding(.evaluation, .notice, mismatch + "; results do not compare with published ones of \(name)"))
        }
        for (finding, message) in [
            (counts.emptyGroundTruth, "segments are left out by protocol \(name): they have no length"),
            (counts.duplicateGroundTruth, "segments are left out by protocol \(name): given twice"),
        ] where finding.count > 0 {
            found.append(
                DataFinding(
                    .evaluation, .notice, "\(finding.count) \(message) (\(finding.examples.joined(separator: ", ")))"))
        }
        return found
    }

    /// Passes notices on and stops at errors.
    ///
    /// - Throws: ``DataCheckError``, or `FeatureError`.
    public func run(_ events: JobEvents) throws {
        let found = try findings()
        for finding in found where finding.severity == .notice { events.notice(finding.notice) }
        let errors = found.filter { $0.severity != .notice }
        guard errors.isEmpty else { throw DataCheckError(findings: errors) }
    }
}
