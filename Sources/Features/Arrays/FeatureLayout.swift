/// How the arrays of a source are laid out.
public enum FeatureLayout: String, CaseIterable, Codable, Sendable {
    /// `[time, channels]`
    case timeFirst = "time-first"
    /// `[channels, time]`
    case channelsFirst = "channels-first"
}

/// The shape of an array of features, brought to two axes.
struct FeatureShape: Equatable {
    /// What is left without axes of length 1: two lengths.
    let first: Int
    let second: Int

    /// - Parameter shape: as it is stored, such as `[1, time, channels]` or `[time, 1, 1, channels]`.
    /// - Throws: ``ArrayFailure`` where the array is no matrix.
    init(_ shape: [Int]) throws(ArrayFailure) {
        guard shape.allSatisfy({ $0 > 0 }) else { throw ArrayFailure("the array of shape \(shape) is empty") }
        let long = shape.filter { $0 != 1 }
        switch shape.count {
        case 0, 1:
            throw ArrayFailure(
                "the array's shape is \(shape) and not [time, channels]: is it one vector for a whole video, which says nothing "
                    + "of when?")
        case 2: (first, second) = (shape[0], shape[1])
        case _ where long.count == 2: (first, second) = (long[0], long[1])
        case _ where long.count < 2:
            // One vector, or one channel: the last axis is that of the channels.
            let last = shape[shape.count - 1]
            (first, second) = last == 1 ? (long.first ?? 1, 1) : (1, last)
        default: throw ArrayFailure("the array's shape is \(shape) and not [time, channels]")
        }
    }

    /// Number of feature vectors.
    func length(_ layout: FeatureLayout) -> Int { layout == .timeFirst ? first : second }
    /// Values in each.
    func channels(_ layout: FeatureLayout) -> Int { layout == .timeFirst ? second : first }
}

/// Why an array cannot be used, before the caller has put a path and a video to it.
struct ArrayFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
