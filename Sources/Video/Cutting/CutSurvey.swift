internal import CFFmpeg

/// Finds out whether a part of a video can be had exactly by copying its packets, and which these are.
///
/// That is so where the part begins at a frame from which decoding can begin, and where no packet behind its end is needed for
/// a frame before it.
struct CutSurvey {
    /// The packets to be copied.
    struct Plan {
        /// Where to seek, and the time of the first frame, in units of the track.
        var soughtTime: Int64
        var firstTime: Int64
        /// How many packets of the track are read from there on.
        var packetCount: Int
        /// Frames that are shown.
        var frameCount: Int
        /// When the last frame is shown, and when it ends.
        var lastTime: Int64
        var endTime: Int64
        /// Times of decoding by packet, where the file lacks some.
        var decodingTimes: [Int64]?
    }

    /// Packets after the end that are looked at: no codec delays a frame by more than 16 others.
    private static let lookAhead = 40

    private struct Item {
        var presentation: Int64
        var decoding: Int64
    }

    let file: ContainerFile
    /// Seconds from one frame to the next where nothing better is known.
    let nominalGap: Double

    /// - Parameters:
    ///   - start: stored seconds.
    ///   - end: stored seconds, after the start.
    ///   - path: the file that errors name.
    /// - Returns: nil where the part must be encoded anew.
    /// - Throws: `FileError`.
    func plan(from start: Double, to end: Double, path: String) throws -> Plan? {
        let track = file.track, half = FrameBorder(nominalGap: nominalGap).reach
        guard track.isSeekable, let sought = ticks(start + half), file.seek(to: sought) else { return nil }
        let contents = file.parameters.pointee.codec_id == AV_CODEC_ID_H264 ? H264Packets(file.parameters.pointee) : nil
        let packet = try PacketPointer(path: path)
        var items: [Item] = [], beyond = 0, hasEnded = false, lengthOfLast = nominalGap
        while beyond <= Self.lookAhead {
            guard file.read(into: packet.pointer) >= 0 else {
                hasEnded = true
                break
            }
            defer { av_packet_unref(packet.pointer) }
            let pointee = packet.pointer.pointee
            guard pointee.pts != ffNoTimestamp, pointee.flags & (AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISCARD) == 0 else {
                return nil
            }
            if items.isEmpty {
                let isKey = pointee.flags & AV_PKT_FLAG_KEY != 0
                let isRefresh = contents.map { $0.role(of: packet.pointer).isRefresh } ?? true
                guard isKey, isRefresh, abs(FFmpeg.seconds(pointee.pts, track.timeBase) - start) <= half else {
                    return nil
                }
            }
            items.append(Item(presentation: pointee.pts, decoding: pointee.dts))
            if pointee.duration > 0 { lengthOfLast = FFmpeg.seconds(pointee.duration, track.timeBase) }
            if FFmpeg.seconds(pointee.pts, track.timeBase) >= end + nominalGap { beyond += 1 }
        }
        guard let first = items.first?.presentation else { return nil }
        // Frames that come before the first one need packets before it.
        let shown = items.map(\.presentation).filter { $0 >= first }.sorted()
        guard zip(shown, shown.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        let starts = shown.map { FFmpeg.seconds($0, track.timeBase) }
        let border = FrameBorder(nominalGap: nominalGap)
        let count = border.count(of: starts, endingAt: end, lastLength: hasEnded ? lengthOfLast : nil)
        let isLast = count == shown.count
        guard !isLast || hasEnded && starts[count - 1] + lengthOfLast + VideoCutter.tolerance > end else { return nil }
        var packetCount = items.count
        if !isLast {
            let limit = shown[count]
            packetCount = items.firstIndex { $0.presentation >= limit } ?? items.count
            guard items[packetCount...].allSatisfy({ $0.presentation >= limit }) else { return nil }
        }
        let last = shown[count - 1]
        let next = isLast ? last + (ticks(lengthOfLast) ?? 1) : shown[count]
        let kept = items.prefix(packetCount)
        let endTime = max(last + 1, min(next, ticks(end + half) ?? next))
        // A frame that is shown for long is the length of the file only where it is decoded last.
        let isHeld = FFmpeg.seconds(endTime - last, track.timeBase) > 1.5 * nominalGap
        guard !isHeld || kept.last?.presentation == last else { return nil }
        return Plan(
            soughtTime: sought, firstTime: first, packetCount: packetCount, frameCount: count, lastTime: last,
            endTime: endTime, decodingTimes: decodingTimes(kept))
    }

    /// Times of decoding that rise and are not after those of showing; nil where those of the file do.
    private func decodingTimes(_ items: ArraySlice<Item>) -> [Int64]? {
        let isComplete = items.allSatisfy { $0.decoding != ffNoTimestamp && $0.decoding <= $0.presentation }
        if isComplete, zip(items, items.dropFirst()).allSatisfy({ $0.decoding < $1.decoding }) { return nil }
        let sorted = items.map(\.presentation).sorted()
        let rank = Dictionary(zip(sorted, sorted.indices)) { first, _ in first }
        let delay = items.enumerated().map { $0 - (rank[$1.presentation] ?? 0) }.max() ?? 0
        let step = max(1, ticks(nominalGap) ?? 1)
        return items.indices.map { index in
            index >= delay ? sorted[index - delay] : sorted[0] - Int64(delay - index) * step
        }
    }

    /// Seconds in units of the track.
    private func ticks(_ seconds: Double) -> Int64? {
        let ticks = seconds * Double(file.track.timeBase.den) / Double(file.track.timeBase.num)
        return ticks.isFinite && abs(ticks) < 1e17 ? Int64(ticks.rounded()) : nil
    }
}

/// Rounds the borders of a part of a video to its frames: to the nearest frame where one begins or ends within half a frame,
/// else to the border itself, so that a frame that is shown for long is cut.
struct FrameBorder {
    let nominalGap: Double

    /// Times that differ by less are one.
    private static let rounding = 1e-6

    /// How far a border may be from a frame whose border it is.
    var reach: Double { nominalGap / 2 + Self.rounding }

    /// Whether a part that begins at a time while a frame is shown leaves that frame out.
    func leavesOut(_ frame: Range<Double>, beginningAt border: Double) -> Bool {
        let rest = frame.upperBound - border
        return rest < border - frame.lowerBound - Self.rounding && rest <= reach
    }

    /// Whether a part that ends at a time has a frame that begins at another.
    ///
    /// - Parameter next: when the frame ends.
    func takes(_ start: Double, until next: Double, endingAt border: Double) -> Bool {
        guard start < border else { return false }
        guard next > border else { return true }
        return !(border - start <= reach && border - start <= next - border + Self.rounding)
    }

    /// How many frames a part takes from its first one on; one at least.
    ///
    /// - Parameters:
    ///   - starts: when frames begin.
    ///   - border: when the part ends.
    ///   - lastLength: how long the last of the frames is shown; nil where others follow.
    func count(of starts: [Double], endingAt border: Double, lastLength: Double?) -> Int {
        var count = 0
        for (index, start) in starts.enumerated() {
            let next = index + 1 < starts.count ? starts[index + 1] : start + (lastLength ?? nominalGap)
            guard takes(start, until: next, endingAt: border) else { break }
            count += 1
        }
        return max(1, count)
    }
}
