/// Whose code a head on a feature pyramid follows where implementations differ.
public enum PyramidConventions: String, Codable, Sendable, CaseIterable {
    /// The authors'.
    case authors
    /// OpenTAD's: padded positions are zero after every normalised convolution, scores at padded positions are not, and
    /// 1e-6 is added to the variances of these normalisations and of those of the neck.
    case opentad

    /// Added to variances outside the blocks of the backbone.
    var epsilon: Float { self == .opentad ? 1e-6 : 1e-5 }
}
