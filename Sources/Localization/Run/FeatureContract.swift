public import Configuration
public import Features

/// The features a trained head takes. What is `nil` was not known, or differed from video to video, and is not checked.
public struct FeatureContract: Configurable {
    /// Values in each feature vector.
    public var channels = 0
    /// Frames from one feature to the next.
    public var strideFrames: Double?
    /// Frames in one feature.
    public var windowFrames: Double?
    /// Frame rate.
    public var framesPerSecond: Double?
    /// Name of the encoder.
    public var encoder: String?
    /// SHA-256 of the encoder's weights in hexadecimal.
    public var weightsSha256: String?

    public init() {}

    public func validate() throws {
        try require((1...1 << 16).contains(channels), "channels", "must be from 1 to \(1 << 16)")
    }

    /// The features of a source, as far as the given videos agree on them.
    ///
    /// - Throws: `FeatureError`, or ``LocalizationError/mixedFeatures(file:video:problem:)`` where the videos differ in the
    ///   number of channels.
    public init(of source: any FeatureSource, videos: [String]) throws {
        let headers = try videos.map { try source.header(for: $0) }
        func common<Value: Equatable>(_ value: (FeatureHeader) -> Value) -> Value? {
            guard let first = headers.first.map(value) else { return nil }
            return headers.allSatisfy { value($0) == first } ? first : nil
        }
        if let first = headers.first, let odd = headers.firstIndex(where: { $0.channels != first.channels }) {
            throw LocalizationError.mixedFeatures(
                file: source.path, video: videos[odd],
                problem: "has \(headers[odd].channels) channels where '\(videos[0])' has \(first.channels)")
        }
        channels = headers.first?.channels ?? 0
        strideFrames = common(\.grid.strideFrames)
        windowFrames = common(\.grid.windowFrames)
        framesPerSecond = common(\.grid.framesPerSecond)
        encoder = source.origin?.encoder
        weightsSha256 = source.origin?.weightsSHA256
    }

    /// Checks that the features of a video are of this kind.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func check(_ sequence: FeatureSequence) throws(LocalizationError) {
        try check(
            FeatureHeader(length: sequence.length, channels: sequence.channels, grid: sequence.grid),
            origin: sequence.origin, video: sequence.video,
            file: sequence.path.isEmpty ? sequence.video : sequence.path)
    }

    /// Checks that the features of a video are of this kind.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func check(
        _ header: FeatureHeader, origin: FeatureOrigin?, video: String, file: String
    ) throws(LocalizationError) {
        func refuse(_ problem: String) -> LocalizationError {
            .otherFeatures(file: file, video: video, problem: problem)
        }
        func differs(_ found: Double, _ expected: Double?, by tolerance: Double = 1e-6) -> Bool {
            expected.map { abs(found - $0) > tolerance * max(1, abs($0)) } ?? false
        }
        if header.channels != channels {
            throw refuse("they have \(header.channels) channels, the model takes \(channels)")
        }
        if let encoder, let origin, origin.encoder != encoder {
            throw refuse("they are of encoder '\(origin.encoder)', the model was trained on '\(encoder)'")
        }
        if let weightsSha256, let origin, origin.weightsSHA256 != weightsSha256 {
            throw refuse("they were made with other encoder weights than those the model was trained on")
        }
        if differs(header.grid.strideFrames, strideFrames) || differs(header.grid.windowFrames, windowFrames) {
            throw refuse(
                "their grid has stride \(header.grid.strideFrames) and window \(header.grid.windowFrames) frames, the model "
                    + "was trained with \(strideFrames ?? .nan) and \(windowFrames ?? .nan)")
        }
        // 29.97 and 30 frames a second, or 23.976 and 24, are one to a head; data sets mix them.
        if differs(header.grid.framesPerSecond, framesPerSecond, by: 0.005) {
            throw refuse(
                "they have \(header.grid.framesPerSecond) frames a second, the model was trained with "
                    + "\(framesPerSecond ?? .nan)")
        }
    }
}
