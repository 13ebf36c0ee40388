import Localization
import Toolkit

extension DetectCommand {
    /// The job that the options describe.
    var job: DetectionJob {
        let input: DetectionJob.Input =
            features.isEmpty
            ? .videos(videos, encoder: encoderOptions.value)
            : .features(features, annotations: annotations, subset: subset)
        var job = DetectionJob(run: model, input: input)
        job.dataset = datasetOptions.value
        job.changes = SettingsChanges(files: settings.map { [$0] } ?? [], assignments: overrides)
        job.precision = precisionOptions.precision
        job.pictureRate = videoOptions.fps
        job.rawProposals = raw
        job.curves = curves
        job.output = out
        job.format = format
        job.selection = selectionOptions.value
        job.allowed = checkOptions.allowed
        if let source = segmentNaming.source {
            job.labels = source
        } else if proposals {
            job.labels = .proposals
        } else if let classScores {
            job.labels = .videoScores(classScores)
        }
        return job
    }
}
