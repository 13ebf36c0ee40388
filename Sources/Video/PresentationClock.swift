/// Turns timestamps as stored into seconds since the start of the video that rise strictly.
struct PresentationClock {
    /// A step ahead of more than this is taken for a broken timestamp.
    static let longestHold = 600.0
    /// A step back of more than this is taken for a restart of the timestamps.
    private static let longestStepBack = 1.0

    private(set) var repairCount = 0
    private let origin: Double
    private let nominalGap: Double
    private var shift = 0.0
    private var last: Double?

    /// - Parameters:
    ///   - first: stored time of the first frame shown.
    ///   - earliestSound: stored time at which sound begins, where there is any.
    init(first: Double, earliestSound: Double?, nominalGap: Double) {
        // Encoders put a few samples of run-up before zero, which players do not play.
        let sound = earliestSound.flatMap { $0 >= 0 || first < 0 ? $0 : nil } ?? first
        origin = first - min(sound, first) < Self.longestHold ? min(sound, first) : first
        self.nominalGap = nominalGap
    }

    /// The time of the next frame, whose stored time is `stored` or unknown.
    mutating func next(_ stored: Double?) -> Double {
        guard let last else {
            let seconds = max(0, (stored ?? origin) - origin)
            self.last = seconds
            return seconds
        }
        guard let stored, stored.isFinite else { return advance(to: last + nominalGap) }
        var seconds = stored - origin + shift
        if seconds > last + Self.longestHold || seconds < last - Self.longestStepBack {
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
        shift = 0
    }

    private mutating func advance(to seconds: Double) -> Double {
        last = seconds
        return seconds
    }
}
