public import Tensors

/// Videos that could be read, as vectors, and those that could not.
public struct EncodedVideos: Sendable {
    /// Indices of those that could be read.
    public var kept: [Int] = []
    /// One for each of ``kept``.
    public var vectors: [WholeVideoEncoder.Encoded] = []
    public var failures: [(index: Int, error: any Error)] = []

    public init(_ results: [Result<WholeVideoEncoder.Encoded, any Error>]) {
        for (index, result) in results.enumerated() {
            switch result {
            case .success(let encoded):
                kept.append(index)
                vectors.append(encoded)
            case .failure(let error): failures.append((index, error))
            }
        }
    }

    /// `[kept videos, featureChannels]`; nil where no video could be read.
    public var features: Tensor? { vectors.isEmpty ? nil : .stacked(vectors.map(\.feature)) }
}
