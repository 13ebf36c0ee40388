/// Why a prediction is a false positive, after DETAD (Alwassel et al. 2018, section 4.1).
///
/// It depends on the segment of the video with the highest tIoU, regardless of its label. Of two equal ones, that with the
/// predicted label counts. `α` is the tIoU threshold.
public enum ErrorKind: String, Sendable, CaseIterable {
    /// The right label and at least `α`, but a better prediction has the segment.
    case doubleDetection = "double detection"
    /// Another label, at least `α`.
    case wrongLabel = "wrong label"
    /// The right label, at least 0.1 but below `α`.
    case localization = "localization error"
    /// Another label, at least 0.1 but below `α`.
    case confusion = "confusion error"
    /// Below 0.1 with every segment.
    case background = "background error"

    /// Below this tIoU a prediction is not related to a segment.
    static let backgroundLimit = 0.1

    /// The kind of a prediction that is no hit.
    ///
    /// - Parameters:
    ///   - tIoU: the highest tIoU with any segment of the video.
    ///   - isSameLabel: whether that segment has the predicted label.
    ///   - threshold: the tIoU threshold.
    static func of(tIoU: Double, isSameLabel: Bool, threshold: Double) -> ErrorKind {
        if tIoU < backgroundLimit { return .background }
        if tIoU >= threshold { return isSameLabel ? .doubleDetection : .wrongLabel }
        return isSameLabel ? .localization : .confusion
    }
}
