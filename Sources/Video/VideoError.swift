import Files

/// Why a video cannot be read, apart from what `FileError` says of any file.
public enum VideoError: Error, Equatable, CustomStringConvertible {
    /// Media without a moving picture, such as a sound file.
    case noVideoStream(file: String)
    /// This build of FFmpeg cannot decode the stream.
    case unsupportedCodec(file: String, codec: String)
    /// There is a video stream, but not one frame of it could be decoded.
    case noDecodableFrame(file: String)
    /// A part was asked for that begins behind the end of the video.
    case beyondEnd(file: String, seconds: Double, durationSeconds: Double)
    /// A part was asked for that has no length, or lies before the video.
    case noPart(file: String, start: Double, end: Double)
    /// Larger than the limit that protects memory.
    case tooLarge(file: String, width: Int, height: Int, maximumPixels: Int)
    /// Frames are held for so long that there would be no end of clips.
    case tooLong(file: String, maximumSeconds: Double)
    /// A folder, or a pattern, with no picture in it.
    case noPictures(folder: String)
    /// Pictures do not say how many of them make a second.
    case unknownPictureRate(folder: String)
    /// A folder holds several series of pictures.
    case severalSeries(folder: String, series: [String])
    /// FFmpeg cannot convert the frames to RGB of the wanted size.
    case notConvertible(file: String, reason: String)
    /// A library of FFmpeg that the program was built for is not on this machine.
    case libraryMissing(library: String, reason: String)

    public var description: String {
        switch self {
        case .noVideoStream(let file):
            return "\(file): has no video stream; give a file with moving pictures"
        case .unsupportedCodec(let file, let codec):
            return "\(file): this FFmpeg has no decoder for '\(codec)'; convert the file to H.264"
        case .noDecodableFrame(let file):
            return "\(file): not one frame can be decoded; fetch the file again or convert it to H.264"
        case .beyondEnd(let file, let seconds, let durationSeconds):
            return
                "\(file): has nothing at \(seconds) s, since it is \(durationSeconds) s long; ask for an earlier part"
        case .noPart(let file, let start, let end):
            return "\(file): has no part from \(start) s to \(end) s; the end must be after the start, and after 0"
        case .tooLarge(let file, let width, let height, let maximumPixels):
            return "\(file): frames of \(width)x\(height) pixels exceed the limit of \(maximumPixels) pixels;"
                + " scale the video down or raise the limit"
        case .tooLong(let file, let maximumSeconds):
            return
                "\(file): its timestamps go on after \(Int(maximumSeconds / 3600)) hours, the limit; cut it into parts,"
                + " or convert it if it is shorter than that"
        case .noPictures(let folder):
            let kinds = PictureNames.extensions.sorted().joined(separator: ", ")
            return "\(folder): holds no picture (files ending in \(kinds))"
        case .unknownPictureRate(let folder):
            return "\(folder): holds pictures, which do not say how many of them are shown in a second"
        case .severalSeries(let folder, let series):
            let shown = series.prefix(3).joined(separator: ", ") + (series.count > 3 ? ", …" : "")
            return "\(folder): holds \(series.count) series of pictures (\(shown)); name the one you mean, such as"
                + " \(folder)/\((series.first ?? "").replacing("%d", with: "%05d"))"
        case .notConvertible(let file, let reason):
            return "\(file): frames cannot be converted to RGB (\(reason)); convert the file to H.264 in yuv420p"
        case .libraryMissing(let library, let reason):
            // Debian and Ubuntu name the package of libavcodec.so.59 libavcodec59.
            let package = library.replacing(".so.", with: "")
            return
                "FFmpeg's library \(library) cannot be loaded (\(reason)); install it (Debian, Ubuntu: apt-get install"
                + " \(package)), or build tal again beside the FFmpeg that is installed"
        }
    }
}

extension FileError {
    /// A file that is empty, cut before its index, or no media file.
    static func notAVideo(_ path: String, _ reason: String) -> FileError {
        .malformed(
            path: path,
            problem:
                "cannot be read as a video (\(reason)); the file may be incomplete or of another kind: fetch it again, "
                + "or check that a player opens it")
    }
}
