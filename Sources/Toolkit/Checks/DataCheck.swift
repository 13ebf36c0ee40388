public import Annotations
public import Features

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
        if let features { found += try FeatureCheck(videos: splits.usedVideos, features: features).findings() }
        for index in found.indices where found[index].severity == .error && allowed.contains(found[index].kind) {
            found[index].severity = .notice
        }
        return found.filter { $0.severity != .notice } + found.filter { $0.severity == .notice }
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
