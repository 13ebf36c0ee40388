import Tensors

/// The mean of the feature vectors of a video, which may come part after part.
struct FeatureMean: Sendable {
    private var sums: [Double]
    private var count = 0

    init(channels: Int) { sums = [Double](repeating: 0, count: channels) }

    /// Adds the next rows of the video, `[rows, channels]`.
    mutating func add(_ features: Tensor) {
        let channels = sums.count
        sums.withUnsafeMutableBufferPointer { sums in
            features.withElements { source in
                for index in source.indices { sums[index % channels] += Double(source[index]) }
            }
        }
        count += features.shape[0]
    }

    /// Rows of the video minus the mean.
    func centered(_ features: Tensor) -> Tensor {
        let channels = sums.count, mean = sums.map { Float($0 / Double(count)) }
        return features.withElements { source in
            Tensor(features.shape) { target in
                for index in source.indices { target[index] = source[index] - mean[index % channels] }
            }
        }
    }
}
