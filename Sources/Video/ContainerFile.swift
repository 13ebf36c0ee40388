internal import CFFmpeg
import Files

/// A file or pipe opened for reading its first video stream that is no cover picture.
final class ContainerFile: FrameOrigin {
    let track: VideoTrack
    let parameters: UnsafeMutablePointer<AVCodecParameters>
    let lostCount = 0
    let path: String
    let format: FormatPointer
    let stream: UnsafeMutablePointer<AVStream>
    private var streamIndex: Int32 { stream.pointee.index }

    /// Kinds of text that FFmpeg reads as video or as a list of further files to open.
    private static let refusedContainers: Set<String> = ["tty", "concat", "hls", "dash", "sdp", "lavfi"]

    init(path: String, options: DecoderOptions) throws {
        try FFmpeg.load()
        let format = try FormatPointer(path: path, patienceSeconds: options.patienceSeconds)
        self.format = format
        self.path = path
        let kinds = FFmpeg.string(format.pointee.iformat?.pointee.name)
        guard Self.refusedContainers.isDisjoint(with: kinds.split(separator: ",").map(String.init)) else {
            throw FileError.notAVideo(path, "text, not video")
        }
        try format.findStreamInfo(path: path, options: options)
        let streams = format.streams
        let isMovingPicture = { (stream: UnsafeMutablePointer<AVStream>) in
            stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
                && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        }
        guard let stream = streams.first(where: isMovingPicture), let parameters = stream.pointee.codecpar else {
            throw VideoError.noVideoStream(file: path)
        }
        // Packets of other streams need not be kept.
        for other in streams where other != stream { other.pointee.discard = AVDISCARD_ALL }
        self.stream = stream
        self.parameters = parameters
        track = Self.track(of: stream, beside: streams, in: format, container: kinds)
    }

    private static func track(
        of stream: UnsafeMutablePointer<AVStream>, beside streams: [UnsafeMutablePointer<AVStream>],
        in format: FormatPointer, container: String
    ) -> VideoTrack {
        let rate =
            FFmpeg.frameRate(stream.pointee.avg_frame_rate) ?? FFmpeg.frameRate(stream.pointee.r_frame_rate)
            ?? FrameRate(25)
        var track = VideoTrack(container: container, timeBase: stream.pointee.time_base, averageFrameRate: rate)
        track.orientation = ffDisplayMatrix(stream).map { Orientation(displayMatrix: $0) } ?? track.orientation
        track.declaredFrameCount = stream.pointee.nb_frames > 0 ? Int(stream.pointee.nb_frames) : nil
        if stream.pointee.duration > 0 {
            track.declaredDuration = (FFmpeg.seconds(stream.pointee.duration, track.timeBase), true)
        } else if format.pointee.duration > 0 {
            track.declaredDuration = (Double(format.pointee.duration) / Double(AV_TIME_BASE), false)
        }
        track.declaredStart = start(of: stream)
        track.earliestSound =
            streams.filter { $0.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }.compactMap(start).min()
        let mayRestart = format.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0
        // If the clock may restart anywhere, a time does not identify a position in the file.
        track.isSeekable = format.isRegularFile && !mayRestart
        track.isRepeatable = format.isRegularFile
        track.mayRestart = mayRestart
        if mayRestart { track.longestHold = max(PresentationClock.longestHoldOfBroadcasts, 3 / rate.framesPerSecond) }
        return track
    }

    func read(into packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
        while true {
            let code = av_read_frame(format.pointer, packet)
            guard code >= 0, packet.pointee.stream_index != streamIndex else { return code }
            av_packet_unref(packet)
        }
    }

    func seek(to timestamp: Int64) -> Bool {
        avformat_seek_file(format.pointer, streamIndex, .min, timestamp, timestamp, 0) >= 0
    }

    private static func start(of stream: UnsafeMutablePointer<AVStream>) -> Double? {
        let start = stream.pointee.start_time
        return start == ffNoTimestamp ? nil : FFmpeg.seconds(start, stream.pointee.time_base)
    }
}
