/// Something wrong in a video that could still be used in part.
public enum VideoWarning: Hashable, Sendable, CustomStringConvertible {
    /// Parts of the stream were lost or decoded with errors.
    case damagedData(count: Int)
    /// Reading stopped with an error before the end; what came before is used.
    case readingStopped(atSeconds: Double, reason: String)
    /// The video ends well before the length its header declares.
    case endsEarly(atSeconds: Double, declaredSeconds: Double)
    /// Timestamps jumped; the frames after the jump follow on without a gap.
    case brokenTimestamps(count: Int)

    public var description: String {
        switch self {
        case .damagedData(let count):
            return "\(count) damaged \(count == 1 ? "packet or frame" : "packets or frames")"
        case .readingStopped(let seconds, let reason):
            return "reading stopped at \(Self.text(seconds)) s (\(reason)); the part before is used"
        case .endsEarly(let seconds, let declared):
            return "ends at \(Self.text(seconds)) s though its header declares \(Self.text(declared)) s;"
                + " the file may be incomplete"
        case .brokenTimestamps(let count):
            return "\(count) \(count == 1 ? "jump" : "jumps") in the timestamps, closed up"
        }
    }

    private static func text(_ seconds: Double) -> String { "\((seconds * 100).rounded() / 100)" }
}
