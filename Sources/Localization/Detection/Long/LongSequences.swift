/// How a detector sees a video that is too long for its head at once, so that memory does not grow with the video.
struct LongSequences: Sendable {
    enum Method: Sendable {
        /// Windows with all that the head needs to see around what they decide about: what is found is the same as at once.
        case exact(SequenceWindows)
        /// The windows of policy `sliding`, read one after the other.
        case sliding
    }

    /// Feature vectors that a head sees at once at most; longer videos are seen by ``method``.
    var longest: Int
    var method: Method

    /// Videos that are no longer are always seen at once.
    private static let usualLongest = 1 << 14
    /// A window decides about at least so many features, and so many times what it sees on each side.
    private static let leastStep = 1 << 12, leastStepContexts = 4
    /// Local attention works on blocks of queries. Where windows begin at multiples of them, it adds in the same order as at once.
    private static let block = 64

    /// - Returns: nil for a head that must see a whole video.
    init?(_ model: TrainedModel) {
        switch model.settings.window.policy {
        case .resample: return nil
        case .sliding:
            method = .sliding
            longest = max(Self.usualLongest, 4 * model.head.maximumLength)
        case .crop:
            guard let head = model.head as? any PointHead, let reach = head.reach else { return nil }
            let context = head.coarsestStride * ((reach + head.coarsestStride - 1) / head.coarsestStride)
            let unit = head.coarsestStride * Self.block
            let least = max(Self.leastStep, 2 * head.maximumLength, Self.leastStepContexts * context)
            let windows = SequenceWindows(
                length: (least + unit - 1) / unit * unit + 2 * context, context: context, unit: unit)
            method = .exact(windows)
            longest = max(Self.usualLongest, 2 * windows.length)
        }
    }

    init(longest: Int, method: Method) {
        self.longest = longest
        self.method = method
    }
}
