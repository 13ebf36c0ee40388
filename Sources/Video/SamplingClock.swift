/// Which moments of a video are looked at, declared without regard to how the file stores its frames.
///
/// The clock ticks at `frameRate` from second 0 to the end of the video; tick `k` shows the frame that is on screen at
/// `k / frameRate` (a frame that begins within the next 2 ms counts as on screen, since some containers round times to
/// milliseconds). Window `i` covers the ticks `[i · strideFrames, i · strideFrames + windowFrames)`.
///
/// A window that runs past the end of the video is kept when at least half of its ticks are real; the missing ones repeat
/// the last frame. The first window is always kept, so every video that can be decoded gives at least one clip. A clock that
/// keeps no partial windows leaves out all others that run past the end.
public struct SamplingClock: Hashable, Codable, Sendable {
    public let frameRate: FrameRate
    /// Ticks between the first ticks of neighbouring windows.
    public let strideFrames: Int
    /// Ticks covered by one window.
    public let windowFrames: Int
    /// Frames taken from each window, evenly spread over it.
    public let framesPerClip: Int
    /// Whether a window that runs past the end is kept where half of it is real.
    public let keepsPartialWindows: Bool

    /// Containers that round times to milliseconds put a frame up to this far from its true time.
    static let tolerance = 0.002

    /// - Parameters:
    ///   - frameRate: ticks in a second.
    ///   - strideFrames: ticks from one window to the next.
    ///   - windowFrames: ticks in a window.
    ///   - framesPerClip: at most `windowFrames`; every tick where nil.
    ///   - keepsPartialWindows: whether a window that runs past the end is kept where half of it is real.
    public init(
        frameRate: FrameRate, strideFrames: Int, windowFrames: Int, framesPerClip: Int? = nil,
        keepsPartialWindows: Bool = true
    ) {
        let taken = framesPerClip ?? windowFrames
        precondition(
            strideFrames > 0 && windowFrames > 0 && taken > 0 && taken <= windowFrames,
            "a window of \(windowFrames) every \(strideFrames) frames cannot give \(taken) frames")
        self.frameRate = frameRate
        self.strideFrames = strideFrames
        self.windowFrames = windowFrames
        self.framesPerClip = taken
        self.keepsPartialWindows = keepsPartialWindows
    }

    /// The ticks of a window that are taken, counted from its first: the middles of `framesPerClip` equal parts.
    public var offsets: [Int] {
        (0..<framesPerClip).map { (2 * $0 + 1) * windowFrames / (2 * framesPerClip) }
    }

    /// The number of ticks before `seconds`.
    public func tickCount(seconds: Double) -> Int {
        let ticks = (seconds - Self.tolerance) * frameRate.framesPerSecond
        return Int(max(0, min(ticks, 1e15)).rounded(.up))
    }

    /// The number of windows kept for a video of `ticks` ticks.
    public func windowCount(ticks: Int) -> Int {
        guard ticks > 0 else { return 0 }
        guard keepsPartialWindows else { return max(0, ticks - windowFrames) / strideFrames + 1 }
        // Window i is kept while 2 · (ticks - i · stride) >= window.
        return max(1, (2 * ticks - windowFrames >= 0 ? (2 * ticks - windowFrames) / (2 * strideFrames) + 1 : 0))
    }

    /// Whether a tick in `ticks` is taken by some window.
    func uses(_ ticks: Range<Int>) -> Bool {
        let offsets = self.offsets
        guard let first = offsets.first, let last = offsets.last, !ticks.isEmpty else { return false }
        let firstWindow = max(0, (ticks.lowerBound - last + strideFrames - 1) / strideFrames)
        var window = firstWindow
        while window * strideFrames + first < ticks.upperBound {
            if offsets.contains(where: { ticks.contains(window * strideFrames + $0) }) { return true }
            window += 1
        }
        return false
    }
}
