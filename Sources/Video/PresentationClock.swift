/// Turns stored timestamps into strictly increasing seconds since the start of the video.
struct PresentationClock {
    /// A step ahead of more than this is taken for a broken timestamp.
    static let longestHold = 600.0
    /// The same for transport and program streams, whose clock may restart where recordings are joined. The `ffmpeg` program
    /// closes up gaps longer than this, so what it makes of such a file has the same times.
    static let longestHoldOfBroadcasts = 10.0

    private(set) var repairCount = 0
    private let origin: Double
    private let nominalGap: Double
    private let longestHold: Double
    private var shift = 0.0
    private var last: Double?
    private var lastStored: Double?
    /// How far the stored time may step back without being taken for a restart of the clock.
    private let smallestStepBack: Double

    /// - Parameters:
    ///   - first: stored time of the first frame shown.
    ///   - earliestSound: stored time at which sound begins, where there is any.
    ///   - nominalGap: seconds from one frame to the next where nothing better is known.
    ///   - longestHold: a step ahead of more than this is a jump.
    ///   - mayRestart: whether a stored time that repeats itself means that the clock restarted.
    init(
        first: Double, earliestSound: Double?, nominalGap: Double, longestHold: Double = PresentationClock.longestHold,
        mayRestart: Bool = false
    ) {
        // Encoders put a few samples of run-up before zero, which players do not play.
        let sound = earliestSound.flatMap { $0 >= 0 || first < 0 ? $0 : nil } ?? first
        origin = first - min(sound, first) < longestHold ? min(sound, first) : first
        self.nominalGap = nominalGap
        self.longestHold = longestHold
        smallestStepBack = mayRestart ? 0 : nominalGap / 2
    }

    /// The time of the next frame, whose stored time is `stored` or unknown.
    mutating func next(_ stored: Double?) -> Double {
        guard let last else {
            lastStored = stored
            return advance(to: max(0, (stored ?? origin) - origin))
        }
        guard let stored, stored.isFinite else { return advance(to: last + nominalGap) }
        var seconds = stored - origin + shift
        let stepsBack =
            lastStored.map { stored < $0 - smallestStepBack || (smallestStepBack == 0 && stored == $0) } ?? false
        lastStored = stored
        if seconds > last + longestHold || stepsBack {
            // Frames come in the order they are shown, so a step back means that the clock restarted.
            repairCount += 1
            shift += last + nominalGap - seconds
            seconds = last + nominalGap
        } else if seconds <= last {
            // AVI stores no presentation times; the first frames of a stream with B-frames then share one.
            seconds = last + nominalGap
        }
        return advance(to: seconds)
    }

    /// The stored time that belongs to a time of this clock, as far as no timestamp was repaired.
    func sourceSeconds(_ seconds: Double) -> Double { seconds + origin }

    /// The time that a stored time will have, as far as it needs no repair.
    func expected(_ stored: Double) -> Double { stored - origin + shift }

    /// Forgets the last frame, after a seek.
    mutating func restart() {
        last = nil
        lastStored = nil
        shift = 0
    }

    private mutating func advance(to seconds: Double) -> Double {
        last = seconds
        return seconds
    }
}
