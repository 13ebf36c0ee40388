public import ArgumentParser
public import Features
import Toolkit

extension ExtractCommand {
    /// What the command does.
    var job: ExtractionJob {
        var job = ExtractionJob(
            inputs, encoder: .init(configuration: encoder, weights: weights, rules: rules, seed: seed), output: out)
        job.pictureRate = videoOptions.fps
        job.manifests = manifest
        job.shard = shard
        job.precision = precisionOptions.precision
        job.storedAs = storeAs
        job.again = overwrite
        return job
    }
}

extension FeaturePrecision: ExpressibleByArgument {}
