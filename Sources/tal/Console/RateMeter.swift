/// Work per second over the last half minute, so that the time left follows a change of pace.
struct RateMeter {
    /// When and at what count measuring began.
    let start: Double
    let startCount: Double
    private var samples: [(time: Double, count: Double)]

    private static let window = 30.0
    private static let spacing = 0.5

    init(start: Double, completed: Double = 0) {
        self.start = start
        startCount = completed
        samples = [(start, completed)]
    }

    mutating func record(_ count: Double, at time: Double) {
        // The newest sample is moved along until it stands `spacing` behind the one before it.
        if samples.count >= 2, time - samples[samples.count - 2].time < Self.spacing {
            samples[samples.count - 1] = (time, count)
        } else {
            samples.append((time, count))
        }
        while samples.count > 2, time - samples[1].time > Self.window { samples.removeFirst() }
    }

    /// Units per second; `nil` before there is anything to measure.
    var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time, last.count > first.count
        else { return nil }
        return (last.count - first.count) / (last.time - first.time)
    }
}
