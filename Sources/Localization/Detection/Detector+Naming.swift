public import Annotations

extension Detector {
    /// A detector whose detections have the names of classes: those of the head, those of the video-level scores that the
    /// settings name, or the only class of the annotations.
    ///
    /// - Parameters:
    ///   - model: a trained head with its settings and labels.
    ///   - annotations: of the data set, where there are any.
    ///   - allowsNameless: whether segments of a class-agnostic head may all be labelled
    ///     `AnnotationSet.anyAction`; scores are then not used.
    /// - Throws: ``LocalizationError/nameless`` where the classes are unknown, or what ``VideoClassScores/load(_:)`` throws.
    public init(naming model: TrainedModel, annotations: AnnotationSet?, allowsNameless: Bool = false) throws {
        guard model.settings.classAgnostic, !allowsNameless else {
            self.init(model)
            return
        }
        if let scores = try VideoClassScores.load(model.settings.postProcessing.fusion) {
            self.init(model, videoScores: scores)
            return
        }
        var model = model
        if model.labels == [AnnotationSet.anyAction] {
            let ignored = model.settings.training.ignoredLabels
            let classes = annotations?.labels.filter { !ignored.contains($0) } ?? []
            guard classes.count == 1 else { throw LocalizationError.nameless }
            model.labels = classes
        }
        self.init(model)
    }
}
