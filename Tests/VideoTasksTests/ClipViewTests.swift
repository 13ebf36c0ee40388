import Tensors
import Testing
import Video

@testable import SViLM
@testable import VideoTasks

@Suite("Views of clips")
struct ClipViewTests {
    private static let configuration: EncoderConfiguration = {
        var configuration = EncoderConfiguration()
        configuration.frames = 8
        configuration.imageSize = 32
        configuration.width = 16
        configuration.heads = 2
        configuration.depth = 2
        configuration.groups = 3
        return configuration
    }()

    private static func clip(seed: UInt64) -> [UInt8] {
        var generator = RandomGenerator(seed: seed)
        return (0..<(8 * 32 * 32 * 3)).map { _ in UInt8(generator.integer(in: 0...255)) }
    }

    @Test("a view has one group for each tubelet and cosines between all times")
    func view() {
        let encoder = VideoEncoder(Self.configuration, seed: 1)
        let view = ClipView(encoder, pixels: Self.clip(seed: 2))
        #expect(view.groups.count == 4 * 2 * 2)
        #expect(view.groups.allSatisfy { (0..<3).contains($0) })
        #expect(view.groupsUsed == Set(view.groups).count)
        for time in 0..<4 {
            #expect(abs(view.similarities[time, time] - 1) < 1e-5)
            #expect(abs(view.similarities[time, 0] - view.similarities[0, time]) < 1e-6)
        }
        #expect(view.frames(cell: 20).width == 80)
        #expect(view.similarityMap(cell: 20).height == 20)
        // White on the diagonal.
        #expect(view.similarityMap(cell: 8).pixels[0] >= 254)
    }

    @Test("a frame of the picture shows the pixels of the first frame of its tubelet")
    func frames() {
        let clip = Self.clip(seed: 3)
        let view = ClipView(VideoEncoder(Self.configuration, seed: 1), pixels: clip)
        let picture = view.frames(cell: 32)
        // Time 2, row 5, column 7: frame 4 of the clip.
        let place = (5 * picture.width + 2 * 32 + 7) * 3, source = ((4 * 32 + 5) * 32 + 7) * 3
        #expect(Array(picture.pixels[place..<(place + 3)]) == Array(clip[source..<(source + 3)]))
    }

    @Test("tubelets of one group are tinted alike, those of another differently")
    func tints() {
        let blank = [UInt8](repeating: 0, count: 8 * 32 * 32 * 3)
        let view = ClipView(VideoEncoder(Self.configuration, seed: 1), pixels: blank)
        let picture = view.assignment(cell: 2)
        // Two pixels wide and high a time: one pixel for each tubelet, and what is below is black.
        var colours: [Int: Set<[UInt8]>] = [:]
        for time in 0..<4 {
            for row in 0..<2 {
                for column in 0..<2 {
                    let place = (row * picture.width + time * 2 + column) * 3
                    colours[view.groups[(time * 2 + row) * 2 + column], default: []]
                        .insert(Array(picture.pixels[place..<(place + 3)]))
                }
            }
        }
        #expect(colours.values.allSatisfy { $0.count == 1 })
        #expect(Set(colours.values).count == colours.count)
    }

    @Test("blended halves show the clip itself first and then the next one")
    func halves() {
        let clips = [Self.clip(seed: 4), Self.clip(seed: 5)]
        let blended = ClipReader(Self.configuration).halvesBlended(clips)
        let half = clips[0].count / 2
        #expect(blended[0] == Array(clips[0][..<half]) + Array(clips[1][half...]))
        #expect(blended[1] == Array(clips[1][..<half]) + Array(clips[0][half...]))
    }
}
