internal import CFFmpeg
import Files
import Threads

/// Copies of videos that every browser plays: H.264 with 8 bits and colour at half resolution in an mp4 file.
package enum PlayableCopy {
    /// Wider pictures are made smaller, which makes the copy faster and changes no time.
    private static let mostWidth = 1280
    /// Sound that browsers play from mp4 files.
    private static let sound: Set<String> = ["aac", "mp3", "opus", "flac"]

    /// Writes a copy whose frames have the times that ``VideoDecoder`` gives them.
    ///
    /// Where only the container is in the way, packets are copied. Otherwise frames are encoded anew; sound is copied, or left
    /// out where browsers do not play it.
    ///
    /// - Parameters:
    ///   - path: the video.
    ///   - target: an mp4 file, replaced where it exists.
    ///   - progress: called with the part that is done, from 0 to 1; the copy ends with what it throws.
    /// - Throws: ``VideoError``, `FileError`, or what `progress` throws.
    package static func write(_ path: String, to target: String, progress: (Double) throws -> Void) throws {
        let decoder = try VideoDecoder(path: path, options: DecoderOptions(threads: DecoderOptions.fastestThreads))
        if try isOnlyInTheWrongContainer(decoder) {
            _ = try VideoChapter.write([], copying: path, to: target)
            return
        }
        guard FFmpegBuild.writesH264 else {
            throw FileError.unwritable(path: target, reason: "this FFmpeg writes no H.264, which browsers want")
        }
        let format = EncodedFormat(decoder.frame.pointee, orientation: decoder.orientation, takesFullRange: false)
        let (stored, storedHeight) = (Int(decoder.frame.pointee.width), Int(decoder.frame.pointee.height))
        let width = max(2, min(mostWidth, stored) & ~1)
        let height = max(2, (storedHeight * width / max(1, stored)) & ~1)
        let source = try SoundSource(path: path, options: decoder.options, codecs: sound)
        let writer = try VideoWriter(
            path: target, width: width, height: height, frameRate: decoder.info.averageFrameRate.writable,
            options: WriterOptions(rateFactor: 23, keyFrameInterval: 24, threads: Parallel.threads), format: format,
            sound: source.map { ($0, decoder.storedSeconds(of: 0)..<Double.infinity) })
        let converter = try FrameConverter(format, width: width, height: height, path: path)
        let duration = max(1e-3, decoder.info.durationSeconds ?? .infinity)
        repeat {
            try writer.append(converter.convert(decoder.frame), at: decoder.timing.start, isHeld: false)
            try progress(min(1, decoder.timing.start / duration))
        } while decoder.advance()
        try writer.finish()
    }

    /// Whether packets can be copied, and the file is none that a browser should have played.
    private static func isOnlyInTheWrongContainer(_ decoder: VideoDecoder) throws -> Bool {
        let containers = decoder.info.container.split(separator: ",")
        guard decoder.info.codec == "h264", decoder.isSeekable, !containers.contains("mp4"),
            !containers.contains("avi"),
            decoder.frame.pointee.format == AV_PIX_FMT_YUV420P.rawValue
        else { return false }
        guard let all = try SoundSource(path: decoder.info.path, options: decoder.options) else { return true }
        let known = try SoundSource(path: decoder.info.path, options: decoder.options, codecs: sound)
        return known?.streams.count == all.streams.count
    }
}
