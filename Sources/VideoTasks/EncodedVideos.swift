public import Tensors
public import Video

/// Videos that could be read, as vectors, and those that could not.
public struct EncodedVideos: Sendable {
    /// Places of those that could be read.
    public var kept: [Int] = []
    /// One for each of ``kept``.
    public var vectors: [WholeVideoEncoder.Encoded] = []
    public var failures: [(place: Int, error: VideoError)] = []

    public init(_ results: [Result<WholeVideoEncoder.Encoded, VideoError>]) {
        for (place, result) in results.enumerated() {
            switch result {
            case .success(let encoded):
                kept.append(place)
                vectors.append(encoded)
            case .failure(let error): failures.append((place, error))
            }
        }
    }

    /// `[kept videos, featureChannels]`; nil where no video could be read.
    public var features: Tensor? { vectors.isEmpty ? nil : .stacked(vectors.map(\.feature)) }
}
