public import Features
public import Tensors

/// Stretches or shrinks a sequence to a fixed number of feature vectors by linear interpolation.
///
/// Vector `j` of `length` is taken at `(j + 0.5) · T / length - 0.5` of the T given ones (half-pixel centres, edges
/// repeated). The grid of the result has a stride, and a window, of `((T - 1) · stride + window) / length` frames.
public enum FeatureResampling {
    /// The features at the new length, `[length, channels]`.
    public static func resample(_ features: Tensor, to length: Int) -> Tensor {
        let count = features.shape[0], channels = features.shape[1]
        guard count != length, count > 0 else { return features.detached }
        let scale = Float(count) / Float(length)
        return features.withElements { source in
            Tensor([length, channels]) { target in
                for row in 0..<length {
                    let position = max(0, (Float(row) + 0.5) * scale - 0.5)
                    let first = min(Int(position), count - 1)
                    let second = min(first + 1, count - 1)
                    let fraction = position - Float(first)
                    for channel in 0..<channels {
                        target[row * channels + channel] =
                            (1 - fraction) * source[first * channels + channel]
                            + fraction * source[second * channels + channel]
                    }
                }
            }
        }
    }

    /// The grid of `count` feature vectors after they are resampled to `length`.
    public static func grid(_ grid: SnippetGrid, count: Int, length: Int) -> SnippetGrid {
        var resampled = grid
        resampled.strideFrames = (Double(count - 1) * grid.strideFrames + grid.windowFrames) / Double(length)
        resampled.windowFrames = resampled.strideFrames
        return resampled
    }
}
