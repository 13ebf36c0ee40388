internal import CFFmpeg

/// Where the coded frames of one video come from: a container file, or a series of pictures.
protocol FrameOrigin: AnyObject {
    var track: VideoTrack { get }
    /// Valid as long as the origin lives.
    var parameters: UnsafeMutablePointer<AVCodecParameters> { get }
    /// Parts that were lost on the way to the packets, such as pictures that cannot be opened.
    var lostCount: Int { get }

    /// Reads the next packet of the video.
    ///
    /// - Returns: a negative error code where there is none.
    func read(into packet: UnsafeMutablePointer<AVPacket>) -> Int32

    /// Moves to the key frame at or before a time in units of the track.
    func seek(to timestamp: Int64) -> Bool
}

/// What is known of a video before its frames are decoded.
struct VideoTrack {
    var container: String
    var timeBase: AVRational
    var orientation = Orientation(clockwiseDegrees: 0)
    var averageFrameRate: FrameRate
    /// Length as declared; exact where the video stream itself says it.
    var declaredDuration: (seconds: Double, isExact: Bool)?
    var declaredFrameCount: Int?
    /// Stored time at which the video stream begins, by the header.
    var declaredStart: Double?
    /// Stored time at which sound begins, by the header.
    var earliestSound: Double?
    /// Whether the frame at a time can be found without reading all before it.
    var isSeekable = true
    /// Whether stored times may restart anywhere, as in transport streams that were joined.
    var mayRestart = false
    /// Whether the frames can be read a second time.
    var isRepeatable = true
    /// A step ahead in the stored times of more than this many seconds is a jump of the clock, not a long frame.
    var longestHold = PresentationClock.longestHold
}
