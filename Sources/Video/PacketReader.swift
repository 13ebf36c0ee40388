internal import CFFmpeg

/// Reads the packets of one stream, and decides what to do with each.
///
/// A packet says when its frame appears but not for how long, and nothing about the frames to come. Reading on tells: up to
/// the next frame at which decoding can restart, or far enough that the frame that follows on the screen is among the
/// packets read, since no codec delays a frame by more than 16 others.
final class PacketReader {
    /// What becomes of a packet.
    enum Use {
        case decode
        /// Nobody wants the frame, but others may depend on it.
        case decodeForOthers
        /// Nobody wants the frame, nor any that depends on it.
        case leaveOut
    }

    /// Asked with stored times for when a frame appears and when the next one does. All frames are decoded where nil.
    var isNeeded: ((_ start: Int64, _ end: Int64) -> Bool)? {
        didSet { uses = [] }
    }
    /// Why reading ended before the end of the file.
    private(set) var readingError: String?
    /// Whether the times of decoding have stepped back, or ahead by more than a frame can last.
    private(set) var hasJumped = false

    private let path: String
    private let origin: any FrameOrigin
    private let longestHold: Int64
    private var lastDecodingTime: Int64?
    private let contents: H264Packets?
    private var ahead: [PacketPointer] = []
    /// What becomes of the first packets read ahead, the next one last.
    private var uses: [Use] = []
    private var spare: [PacketPointer] = []
    private var hasEnded = false
    private static let longestDelay = 40
    /// Packets and bytes read in search of the next frame at which decoding can restart.
    private static let mostAhead = (packets: 600, bytes: 32 << 20)

    /// - Parameters:
    ///   - contents: finds the frames at which decoding can restart; none are known where nil.
    init(path: String, origin: any FrameOrigin, contents: H264Packets?) {
        self.path = path
        self.origin = origin
        self.contents = contents
        let timeBase = origin.track.timeBase
        let ticks = origin.track.longestHold * Double(timeBase.den) / Double(max(1, timeBase.num))
        longestHold = Int64(max(1, min(ticks, 1e18)))
    }

    /// The next packet, to be given back by ``recycle(_:)``; nil at the end.
    func next() -> (packet: PacketPointer, use: Use)? {
        if ahead.isEmpty, !hasEnded { readOne() }
        guard !ahead.isEmpty else { return nil }
        if let isNeeded, uses.isEmpty { uses = plan(isNeeded).reversed() }
        return (ahead.removeFirst(), uses.popLast() ?? .decode)
    }

    func recycle(_ packet: PacketPointer) {
        av_packet_unref(packet.pointer)
        spare.append(packet)
    }

    /// Forgets what was read ahead, after a seek.
    func restart() {
        for packet in ahead { recycle(packet) }
        ahead = []
        uses = []
        hasEnded = false
        lastDecodingTime = nil
    }

    private func readOne() {
        guard !hasEnded else { return }
        guard let packet = spare.popLast() ?? (try? PacketPointer(path: path)) else {
            readingError = "out of memory"
            hasEnded = true
            return
        }
        let code = origin.read(into: packet.pointer)
        guard code >= 0 else {
            if code != ffEndOfFile { readingError = FFmpeg.text(of: code) }
            hasEnded = true
            spare.append(packet)
            return
        }
        noteJump(to: packet.pointer.pointee.dts)
        ahead.append(packet)
    }

    private func noteJump(to time: Int64) {
        guard time != ffNoTimestamp else { return }
        if let last = lastDecodingTime {
            let isSame = time == last && origin.track.mayRestart
            let step = time.subtractingReportingOverflow(last)
            if isSame || time < last || step.overflow || step.partialValue > longestHold { hasJumped = true }
        }
        lastDecodingTime = time
    }

    /// What becomes of the next packets; of one at least.
    private func plan(_ isNeeded: (_ start: Int64, _ end: Int64) -> Bool) -> [Use] {
        let refresh = readToRefresh()
        // Where the clock jumps, nothing is known of what follows.
        if hasJumped { return [.decode] }
        // The last frames are always decoded, since a video is padded with its last frame.
        let count = refresh ?? (ahead.count - Self.longestDelay)
        guard count > 0 else { return [.decode] }
        let known = ahead[..<(refresh.map { $0 + 1 } ?? ahead.count)].map { $0.pointer.pointee.pts }
        let ordered = known.sorted()
        // In doubt everything is decoded.
        guard !known.contains(ffNoTimestamp), zip(ordered, ordered.dropFirst()).allSatisfy({ $0 < $1 }) else {
            return Array(repeating: .decode, count: count)
        }
        let end = Dictionary(uniqueKeysWithValues: zip(ordered, ordered.dropFirst()))
        var isKept = false, uses: [Use] = []
        let mayLeaveOut = refresh != nil && known.last == ordered.last
        for index in (0..<count).reversed() {
            let packet = ahead[index].pointer
            let flags = packet.pointee.flags
            // Damaged ones, and those that an edit list hides.
            let isSpecial = flags & (AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISCARD) != 0
            let isWanted = isSpecial || (end[known[index]].map { isNeeded(known[index], $0) } ?? true)
            isKept = isKept || isWanted || !mayLeaveOut || contents?.role(of: packet).setsParameters == true
            let isKey = flags & AV_PKT_FLAG_KEY != 0
            uses.append(!isKept ? .leaveOut : isWanted || isKey ? .decode : .decodeForOthers)
        }
        return uses.reversed()
    }

    /// Reads up to the next frame, after the first packet, at which decoding can restart.
    ///
    /// - Returns: its place in the packets read ahead; nil where it is too far away or the file ends before.
    private func readToRefresh() -> Int? {
        var index = 1, bytes = 0
        while index < Self.mostAhead.packets {
            while ahead.count <= index, !hasEnded { readOne() }
            guard index < ahead.count else { return nil }
            let packet = ahead[index].pointer
            if packet.pointee.flags & AV_PKT_FLAG_KEY != 0, contents?.role(of: packet).isRefresh == true {
                return index
            }
            bytes += Int(packet.pointee.size)
            if contents == nil || bytes > Self.mostAhead.bytes, index > 2 * Self.longestDelay { return nil }
            index += 1
        }
        return nil
    }
}
