import CFFmpeg

/// Reads the packets of one stream, and says of each whether its frame has to be decoded.
///
/// A packet says when its frame appears but not for how long. Reading on tells: no codec delays a frame by more than 16
/// others, so the frame that follows on the screen is among the packets read ahead.
final class PacketReader {
    /// Asked with stored times for when a frame appears and when the next one does. All frames are decoded where nil.
    var isNeeded: ((_ start: Int64, _ end: Int64) -> Bool)?
    /// Why reading ended before the end of the file.
    private(set) var readingError: String?

    private let path: String
    private let format: UnsafeMutablePointer<AVFormatContext>
    private let streamIndex: Int32
    private var ahead: [PacketPointer] = []
    private var spare: [PacketPointer] = []
    private var hasEnded = false
    private static let lookAhead = 40

    /// - Parameter format: must outlive the reader.
    init(path: String, format: UnsafeMutablePointer<AVFormatContext>, streamIndex: Int32) {
        self.path = path
        self.format = format
        self.streamIndex = streamIndex
    }

    /// The next packet, to be given back by ``recycle(_:)``; nil at the end.
    func next() -> (packet: PacketPointer, isNeeded: Bool)? {
        let wanted = isNeeded == nil ? 1 : Self.lookAhead
        while ahead.count < wanted, !hasEnded { readOne() }
        guard !ahead.isEmpty else { return nil }
        let packet = ahead.removeFirst()
        return (packet, isNeeded(packet))
    }

    func recycle(_ packet: PacketPointer) {
        av_packet_unref(packet.pointer)
        spare.append(packet)
    }

    /// Forgets what was read ahead, after a seek.
    func restart() {
        for packet in ahead { recycle(packet) }
        ahead = []
        hasEnded = false
    }

    private func readOne() {
        guard let packet = spare.popLast() ?? (try? PacketPointer(path: path)) else {
            readingError = "out of memory"
            hasEnded = true
            return
        }
        let code = av_read_frame(format, packet.pointer)
        guard code >= 0 else {
            if code != ffEndOfFile { readingError = FFmpeg.text(of: code) }
            hasEnded = true
            spare.append(packet)
            return
        }
        if packet.pointer.pointee.stream_index == streamIndex { ahead.append(packet) } else { recycle(packet) }
    }

    /// In doubt yes; the last frames always, since a video is padded with its last frame.
    private func isNeeded(_ packet: PacketPointer) -> Bool {
        let start = packet.pointer.pointee.pts
        guard let isNeeded, !hasEnded, start != ffNoTimestamp,
            packet.pointer.pointee.flags & (AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT) == 0
        else { return true }
        var end: Int64?
        for other in ahead {
            let time = other.pointer.pointee.pts
            guard time != ffNoTimestamp, time != start else { return true }
            if time > start { end = min(end ?? time, time) }
        }
        return end.map { isNeeded(start, $0) } ?? true
    }
}
