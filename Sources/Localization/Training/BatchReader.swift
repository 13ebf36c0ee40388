import Features
import Tensors

/// Reads the samples of a batch; where several ranks divide it, the features of this rank's samples only.
struct BatchReader: Sendable {
    /// What several ranks need.
    struct Division: Sendable {
        let threads: RankThreads
        /// Samples whose tapes are in memory at the same time.
        let samplesAtOnce: Int?
        /// Of each video of the data set.
        let headers: [FeatureHeader]
        let paddedLength: @Sendable (Int) -> PaddedLength
    }

    let dataset: Dataset
    let parts: [TrainingPart]
    let classWeights: [Float]
    /// `nil` where the process trains by itself.
    let division: Division?

    /// The samples at some places of an epoch.
    ///
    /// - Parameters:
    ///   - order: the parts of the epoch in their order.
    ///   - generator: of the epoch.
    /// - Throws: `FeatureError`
    func samples(_ places: Range<Int>, of order: [Int], _ generator: RandomGenerator) throws -> [Sample] {
        func sample(_ place: Int, headers: [FeatureHeader]?) throws -> Sample {
            // Crops are drawn by generators of their own.
            var draws = generator.split(2 + 2 * place)
            let part = parts[order[place]]
            var sample =
                if let headers { dataset.outline(part, headers[part.item]) { draws.integer(in: $0) } } else {
                    try dataset.trainingSample(part) { draws.integer(in: $0) }
                }
            sample.classWeights = classWeights
            return sample
        }
        guard let division else { return try places.map { try sample($0, headers: nil) } }
        var samples = try places.map { try sample($0, headers: division.headers) }
        let own = BatchDivision(
            samples.map { division.paddedLength($0.length) }, atMost: division.samplesAtOnce ?? samples.count,
            threads: division.threads
        ).samples
        for index in own { samples[index] = try sample(places.lowerBound + index, headers: nil) }
        return samples
    }
}
