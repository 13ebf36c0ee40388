internal import CFFmpeg
import Files

/// The sound of a file, to be read without its pictures.
final class SoundSource {
    let file: ContainerFile
    /// The streams of sound; one at least.
    let streams: [UnsafeMutablePointer<AVStream>]

    /// - Parameters:
    ///   - path: the file.
    ///   - options: how it is opened.
    ///   - codecs: names of those whose streams are taken; all where nil.
    /// - Returns: nil where a file has no such sound, or the input is no file that can be read a second time.
    /// - Throws: `VideoError` or `FileError`.
    init?(path: String, options: DecoderOptions, codecs: Set<String>? = nil) throws {
        guard try PictureSequence(path: path, options: options) == nil else { return nil }
        file = try ContainerFile(path: path, options: options)
        streams = file.format.streams.filter { stream in
            let parameters = stream.pointee.codecpar.pointee
            return parameters.codec_type == AVMEDIA_TYPE_AUDIO
                && codecs?.contains(FFmpeg.string(avcodec_get_name(parameters.codec_id))) ?? true
        }
        guard !streams.isEmpty, file.track.isRepeatable else { return nil }
        for stream in file.format.streams { stream.pointee.discard = AVDISCARD_ALL }
        for stream in streams { stream.pointee.discard = AVDISCARD_DEFAULT }
    }

    /// Goes to where the packets of a time can be read from.
    ///
    /// - Returns: false where only reading from the start leads there.
    func seek(to storedSeconds: Double) -> Bool {
        // Sound may lie a little ahead of the pictures of the same time.
        let seconds = storedSeconds - 1, timeBase = file.track.timeBase
        let ticks = seconds * Double(timeBase.den) / Double(timeBase.num)
        guard file.track.isSeekable, ticks.isFinite, abs(ticks) < 1e18 else { return false }
        return file.seek(to: Int64(ticks)) || file.seek(to: 0)
    }

    /// When each packet of the first stream of sound begins, in stored seconds, from where the source stands.
    ///
    /// - Throws: `FileError`.
    func packetTimes() throws -> [Double] {
        let packet = try PacketPointer(path: "sound")
        var times: [Double] = []
        while av_read_frame(file.format.pointer, packet.pointer) >= 0 {
            defer { av_packet_unref(packet.pointer) }
            guard packet.pointer.pointee.stream_index == streams[0].pointee.index else { continue }
            times.append(FFmpeg.seconds(packet.pointer.pointee.pts, streams[0].pointee.time_base))
        }
        return times
    }
}

/// Copies the sound of a stretch of a file into another, packet by packet, ahead of the pictures.
///
/// Packets are taken that begin inside the stretch, so that sound begins at most one packet (some 20 ms) late and keeps its
/// time to the pictures.
final class SoundCopier {
    /// Codecs that the container cannot hold.
    private(set) var leftOut: [String] = []

    private struct Route {
        var target: UnsafeMutablePointer<AVStream>
        var timeBase: AVRational
        /// What is taken from times, in units of the source.
        var shift: Int64
        var lastDecodingTime = Int64.min
        var hasEnded = false
    }

    private let source: SoundSource
    private let container: ContainerWriter
    private let seconds: Range<Double>
    private var routes: [Int32: Route] = [:]
    /// Packets that were read before they are wanted.
    private var ahead: [PacketPointer] = []
    private var hasEnded = false

    /// Adds the streams that have sound in the stretch to a file that has not begun.
    ///
    /// - Parameters:
    ///   - source: left at any place.
    ///   - seconds: stored times; the lower bound becomes second 0.
    ///   - container: where the sound goes.
    /// - Throws: `FileError`.
    init(_ source: SoundSource, _ seconds: Range<Double>, into container: ContainerWriter) throws {
        self.source = source
        self.container = container
        self.seconds = seconds
        _ = source.seek(to: seconds.lowerBound)
        // What has no sound here gets no stream, since players wait for streams without packets.
        var open = Set(source.streams.map(\.pointee.index)), present: Set<Int32> = []
        while !open.isEmpty, let packet = try read() {
            let (index, start) = (packet.pointer.pointee.stream_index, time(of: packet))
            if start >= seconds.upperBound { open.remove(index) }
            guard seconds.contains(start) else { continue }
            open.remove(index)
            present.insert(index)
            ahead.append(packet)
        }
        for stream in source.streams where present.contains(stream.pointee.index) {
            guard let target = try container.addStream(like: stream) else {
                let name = FFmpeg.string(avcodec_get_name(stream.pointee.codecpar.pointee.codec_id))
                if !leftOut.contains(name) { leftOut.append(name) }
                continue
            }
            let timeBase = stream.pointee.time_base
            let shift = seconds.lowerBound * Double(timeBase.den) / Double(timeBase.num)
            // Only at the start of a recording come samples that are to be thrown away.
            if shift > 0 { target.pointee.codecpar.pointee.initial_padding = 0 }
            routes[stream.pointee.index] = Route(target: target, timeBase: timeBase, shift: Int64(shift.rounded()))
        }
    }

    /// Copies what begins before a time of the new file.
    ///
    /// - Throws: `FileError`.
    func write(before limit: Double) throws {
        while let packet = try next() {
            guard time(of: packet) - seconds.lowerBound < limit else {
                ahead.insert(packet, at: 0)
                return
            }
            try copy(packet)
        }
    }

    /// Copies what is left.
    ///
    /// - Throws: `FileError`.
    func finish() throws { try write(before: .infinity) }

    private func next() throws -> PacketPointer? {
        if !ahead.isEmpty { return ahead.removeFirst() }
        while routes.values.contains(where: { !$0.hasEnded }), let packet = try read() {
            let start = time(of: packet), index = packet.pointer.pointee.stream_index
            if start >= seconds.upperBound { routes[index]?.hasEnded = true }
            if seconds.contains(start), routes[index] != nil { return packet }
        }
        return nil
    }

    private func copy(_ packet: PacketPointer) throws {
        let pointer = packet.pointer
        guard var route = routes[pointer.pointee.stream_index] else { return }
        pointer.pointee.pts =
            (pointer.pointee.pts == ffNoTimestamp ? pointer.pointee.dts : pointer.pointee.pts) - route.shift
        pointer.pointee.dts = pointer.pointee.pts
        // A clock that begins anew would end the file.
        guard pointer.pointee.dts > route.lastDecodingTime else { return }
        route.lastDecodingTime = pointer.pointee.dts
        routes[pointer.pointee.stream_index] = route
        try container.write(pointer, to: route.target, timeBase: route.timeBase)
    }

    /// The stored time of a packet; not finite where it has none.
    private func time(of packet: PacketPointer) -> Double {
        let pointee = packet.pointer.pointee
        let ticks = pointee.pts == ffNoTimestamp ? pointee.dts : pointee.pts
        guard ticks != ffNoTimestamp,
            let stream = source.streams.first(where: { $0.pointee.index == pointee.stream_index })
        else { return .nan }
        return FFmpeg.seconds(ticks, stream.pointee.time_base)
    }

    /// The next packet of any stream of sound.
    private func read() throws -> PacketPointer? {
        guard !hasEnded else { return nil }
        let packet = try PacketPointer(path: container.path)
        while av_read_frame(source.file.format.pointer, packet.pointer) >= 0 {
            let index = packet.pointer.pointee.stream_index
            if source.streams.contains(where: { $0.pointee.index == index }) { return packet }
            av_packet_unref(packet.pointer)
        }
        hasEnded = true
        return nil
    }
}
