import Files
import Foundation
import Video

/// The checksum by which a store knows from which file its features were made.
enum SourceDigest {
    /// The SHA-256 of a video file; of a folder of pictures that of their rate and their checksums in order; nil for a pipe,
    /// which can be read only once, and for what a server has.
    ///
    /// - Throws: `FileError`, or `VideoError` where pictures cannot be found.
    static func sha256(of video: VideoInput) throws -> String? {
        guard let rate = video.pictureRate else {
            if RemoteVideo(video.path) != nil { return nil }
            var information = stat()
            guard stat(video.path, &information) != 0 || information.st_mode & S_IFMT == S_IFREG else { return nil }
            return try FileDigest.sha256(ofFile: video.path)
        }
        var hash = SHA256()
        hash.update("\(rate.numerator)/\(rate.denominator)\n")
        let pictures = try PictureNames(video.path)
        for (path, tick) in zip(pictures.paths, pictures.ticks) {
            hash.update("\(tick) \(try FileDigest.sha256(ofFile: path))\n")
        }
        return hash.hexadecimal()
    }
}
