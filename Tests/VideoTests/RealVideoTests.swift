import Foundation
import TestSupport
import Testing
import Video

/// Every video of the data folders against what ffprobe says of it.
@Suite("Videos of many kinds")
struct RealVideoTests {
    private struct Probe: Decodable {
        struct Gray: Decodable {
            var first: Double
            var middle: Double
            var last: Double
        }
        var width: Int?
        var height: Int?
        var rotation: Int?
        var codec: String?
        var decodedFrames: Int?
        var firstPts: Double?
        var lastPts: Double?
        var videoStreams: Int
        var audioStreams: Int
        var ffprobeErrors: Int
        var grayMean: Gray?
    }

    @Test("frame counts, times, sizes, rotation and grey levels are those of ffprobe", arguments: DataFolder.present)
    func agreesWithProbe(folder: DataFolder) throws {
        let json = JSONDecoder()
        json.keyDecodingStrategy = .convertFromSnakeCase
        let probes = try json.decode(
            [String: Probe].self, from: Data(contentsOf: folder.url("probe.json")))
        var seen = 0
        for (name, probe) in probes.sorted(by: { $0.key < $1.key }) {
            let path = folder.url(name).path
            guard probe.videoStreams > 0 else {
                #expect(throws: VideoError.noVideoStream(file: path)) { try VideoDecoder(path: path) }
                continue
            }
            let decoder = try VideoDecoder(path: path)
            let isTurned = abs(probe.rotation ?? 0) % 180 == 90
            #expect(decoder.info.width == (isTurned ? probe.height : probe.width), "\(name)")
            #expect(decoder.info.height == (isTurned ? probe.width : probe.height), "\(name)")
            #expect((decoder.info.rotationDegrees + (probe.rotation ?? 0)) % 360 == 0, "\(name)")
            #expect(decoder.info.codec == probe.codec, "\(name)")

            let scaler = FrameScaler(shape: FrameShape(size: 64, fit: .squash))
            let frames = probe.decodedFrames ?? 0
            let first = decoder.timing.start
            #expect(first <= 0.0401, "\(name)")
            var grays: [Int: Double] = [:]
            var index = 0
            repeat {
                if [0, frames / 2, frames - 1].contains(index) {
                    let colour = try decoder.image(using: scaler).meanColour
                    grays[index] = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
                }
                index += 1
            } while decoder.advance()
            #expect(decoder.decodedFrameCount == frames, "\(name)")
            let span = (probe.lastPts ?? 0) - (probe.firstPts ?? 0)
            // ffprobe has no time for the last frame of an AVI file with B-frames and reports the one before.
            let tolerance = name.hasSuffix(".avi") ? 0.0401 : 0.001
            #expect(abs(decoder.timing.start - first - span) < tolerance, "\(name)")
            #expect(decoder.warnings.isEmpty == (probe.ffprobeErrors == 0), "\(name): \(decoder.warnings)")
            if let gray = probe.grayMean {
                for (place, wanted) in [(0, gray.first), (frames / 2, gray.middle), (frames - 1, gray.last)] {
                    #expect(abs((grays[place] ?? -1) - wanted) < 3, "\(name) frame \(place)")
                }
            }
            seen += 1
        }
        #expect(seen == folder.value(real: 32, invented: 5))
    }
}
