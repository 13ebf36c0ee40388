public import Tensors

/// How long a sequence is made before a head sees it.
public struct PaddedLength: Sendable, Equatable {
    /// Positions that are computed.
    public var computed: Int
    /// Positions that the reference implementation would compute, on which position encodings may depend.
    public var nominal: Int

    public init(computed: Int, nominal: Int) {
        self.computed = computed
        self.nominal = nominal
    }
}

/// Feature sequences of one length, padded with zeros at the end.
public struct SequenceBatch: Sendable {
    /// `[batch, time, channels]`
    public let features: Tensor
    /// Which positions are real.
    public let mask: SequenceMask
    /// See ``PaddedLength/nominal``.
    public let nominalLength: Int

    /// Pads samples with the same number of channels.
    public init(_ samples: [Sample], padding: PaddedLength) {
        let channels = samples.first?.features.shape[1] ?? 0
        precondition(
            samples.allSatisfy { $0.features.shape[1] == channels && $0.length <= padding.computed },
            "samples of shapes \(samples.map(\.features.shape)) padded to \(padding.computed)")
        features = Tensor([samples.count, padding.computed, channels]) { target in
            for (item, sample) in samples.enumerated() {
                let start = item * padding.computed * channels, count = sample.length * channels
                sample.features.withElements { source in
                    _ = target[start..<(start + count)].update(from: source)
                }
                target[(start + count)..<(start + padding.computed * channels)].update(repeating: 0)
            }
        }
        mask = SequenceMask(lengths: samples.map(\.length), paddedLength: padding.computed)
        nominalLength = padding.nominal
    }
}
