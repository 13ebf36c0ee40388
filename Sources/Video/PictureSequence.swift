internal import CFFmpeg
import Foundation

/// A folder of pictures, or a numbered series in one, as a video of a constant frame rate.
final class PictureSequence: FrameOrigin {
    let track: VideoTrack
    private(set) var lostCount: Int
    var parameters: UnsafeMutablePointer<AVCodecParameters> { first.parameters }
    private let pictures: PictureNames
    /// The first picture, opened as a file, tells the codec.
    private let first: ContainerFile
    private var next = 0

    /// Larger files are no pictures of a video.
    private static let mostBytes = 256 << 20

    /// The pictures at a path; nil where it is neither a folder nor a pattern.
    ///
    /// - Throws: ``VideoError`` where they cannot be used, for instance without a rate.
    init?(path: String, options: DecoderOptions) throws {
        guard PictureNames.isSequence(path) else { return nil }
        let pictures = try PictureNames(path)
        guard let firstPath = pictures.paths.first else { throw VideoError.noPictures(folder: path) }
        guard let rate = options.pictureRate else { throw VideoError.unknownPictureRate(folder: path) }
        first = try ContainerFile(path: firstPath, options: options)
        self.pictures = pictures
        lostCount = pictures.missingCount
        var track = VideoTrack(
            container: "pictures",
            timeBase: AVRational(num: Int32(clamping: rate.denominator), den: Int32(clamping: rate.numerator)),
            averageFrameRate: rate)
        let count = (pictures.ticks.last ?? 0) + 1
        track.declaredDuration = (rate.seconds(at: count), true)
        track.declaredFrameCount = pictures.paths.count
        track.declaredStart = 0
        self.track = track
    }

    func read(into packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
        while next < pictures.paths.count {
            let index = next
            next += 1
            guard let data = Self.contents(of: pictures.paths[index]), !data.isEmpty else {
                lostCount += 1
                continue
            }
            let code = av_new_packet(packet, Int32(data.count))
            guard code >= 0 else { return code }
            data.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(start: packet.pointee.data, count: data.count).copyMemory(from: source)
            }
            packet.pointee.pts = Int64(pictures.ticks[index])
            packet.pointee.dts = packet.pointee.pts
            packet.pointee.duration = 1
            packet.pointee.flags |= AV_PKT_FLAG_KEY
            return 0
        }
        return ffEndOfFile
    }

    func seek(to timestamp: Int64) -> Bool {
        next = max(0, (pictures.ticks.firstIndex { $0 > timestamp } ?? pictures.ticks.count) - 1)
        return true
    }

    private static func contents(of path: String) -> Data? {
        guard let input = try? InputDescriptor(path: path), input.isRegularFile, input.size <= mostBytes else {
            return nil
        }
        return try? FileHandle(fileDescriptor: input.number, closeOnDealloc: false).read(upToCount: input.size)
    }
}
