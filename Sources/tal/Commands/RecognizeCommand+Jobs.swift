import Toolkit

/// The jobs that the options ask for.
extension RecognizeCommand {
    var segmentJob: SegmentClassifierJob? {
        guard let annotations else { return nil }
        var job = SegmentClassifierJob(features: features, annotations: annotations)
        job.subset = subset
        job.ignoredLabels = ignoredLabel
        job.steps = steps
        job.scores = scores
        job.output = learning.out
        return job
    }

    var job: RecognitionJob {
        let use: RecognitionJob.Use =
            learning.test.map { .evaluate($0) } ?? (classify.isEmpty ? .nothing : .classify(classify))
        var job = RecognitionJob(model.map { .kept($0) } ?? .trained(training), use: use)
        job.root = learning.root
        job.pictureRate = learning.videoOptions.fps
        job.split = split
        job.scores = scores
        job.precision = learning.precisionOptions.precision
        return job
    }

    private var training: RecognitionJob.Training {
        var training = RecognitionJob.Training(encoder: encoder ?? "", weights: weights, list: learning.train ?? "")
        training.validationList = learning.validation
        training.steps = steps
        training.fineTuning = learning.fineTuningSettings
        training.seed = learning.seed
        training.output = learning.out
        return training
    }
}
