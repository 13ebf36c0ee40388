public import Video

/// What the features of a video are expected to cost, so that work can be divided evenly before any is done.
///
/// The same on every machine: it depends on what the header of the video says and on the encoder, and nothing is measured.
public struct VideoCost: Sendable {
    /// What decoding and scaling of a pixel costs, in floating-point operations that take as long. H.264 is decoded at about 250
    /// million pixels a second on a core that multiplies matrices at about 75 GFLOP/s.
    public static let operationsPerPixel = 300.0

    private let encoder: any SnippetEncoder

    public init(_ encoder: any SnippetEncoder) { self.encoder = encoder }

    /// Millions of floating-point operations, those that stand for decoding included; at least 1, and nil where the length is
    /// not known. An encoder that does not say what a clip costs counts as free beside decoding.
    public func callAsFunction(_ header: VideoHeader) -> Int? {
        guard let duration = header.durationSeconds, duration > 0, duration.isFinite else { return nil }
        let clock = encoder.clock(own: header.frameRate)
        let clips = clock.windowCount(ticks: clock.tickCount(seconds: duration))
        let pixels = duration * header.frameRate.framesPerSecond * Double(header.width) * Double(header.height)
        let operations = Double(clips) * (encoder.operationsPerClip ?? 0) + pixels * Self.operationsPerPixel
        return Int(min(max(operations / 1e6, 1), 1e15).rounded())
    }
}

/// What is known of a video before it is decoded.
public struct VideoHeader: Hashable, Sendable, Codable {
    /// In pixels, as displayed.
    public var width: Int
    public var height: Int
    public var frameRate: FrameRate
    /// nil where neither the stream nor the file says it.
    public var durationSeconds: Double?

    /// What stands for a video of which only the length is known.
    static func usual(_ durationSeconds: Double) -> VideoHeader {
        VideoHeader(width: 640, height: 360, frameRate: FrameRate(30), durationSeconds: durationSeconds)
    }

    public init(width: Int, height: Int, frameRate: FrameRate, durationSeconds: Double?) {
        self.width = width
        self.height = height
        self.frameRate = frameRate
        self.durationSeconds = durationSeconds
    }
}
