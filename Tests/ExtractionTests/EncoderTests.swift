import Configuration
import Features
import Foundation
import SViLM
import Tensors
import TestSupport
import Testing

@testable import Extraction
@testable import Video

@Suite("encoders of snippets")
struct EncoderTests {
    private static func encoderFile(_ name: String) -> String {
        Checkout.url("configs/encoders/\(name).yaml").path
    }

    private static func clips(_ encoder: any SnippetEncoder, frames: Int, grey: UInt8 = 100) throws -> [Clip] {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("v.mp4")
            try TestVideo.writeMovingSquare(to: url, count: frames, grey: grey)
            let stream = try ClipStream(path: url.path, clock: encoder.clock, shape: encoder.frameShape)
            var clips: [Clip] = []
            while let clip = try stream.next() { clips.append(clip) }
            return clips
        }
    }

    @Test("the frame-difference encoder gives the 13 numbers it promises")
    func frameDifference() throws {
        let settings = try ConfigurationFile.load(
            FrameDifferenceConfiguration.self, from: Self.encoderFile("frame-difference"))
        #expect(settings == FrameDifferenceConfiguration())
        let encoder = try FrameDifferenceEncoder(settings)
        #expect(encoder.channels == 13 && encoder.origin.weightsSHA256.isEmpty)
        // Frames of one colour each: every number is known.
        let greys: [UInt8] = [0, 51, 51, 102, 0, 255, 255, 204]
        let size = 4
        let pixels = greys.flatMap { [UInt8](repeating: $0, count: size * size * 3) }
        let clip = Self.makeClip(pixels, frames: 8, size: size)
        let features = encoder.encode([clip, clip])
        #expect(features.shape == [2, 13])
        let expected: [Float] = [0.2, 0, 0.2, 0.4, 1, 0, 0.2, 0, 0, 0, 0.8, 0.8, 0.8]
        for (value, wanted) in zip(features.elements, expected + expected) { #expect(abs(value - wanted) < 1e-6) }
    }

    @Test("the motion encoder gives logarithms of changes: when, and over how much of the picture")
    func motion() throws {
        let settings = try ConfigurationFile.load(MotionConfiguration.self, from: Self.encoderFile("motion"))
        #expect(settings == MotionConfiguration())
        let encoder = try MotionEncoder(settings)
        #expect(encoder.channels == 22 && encoder.origin.weightsSHA256.isEmpty)
        // Grey frames; in frame 5 one pixel in ten is lighter by 51, and at frame 12 the whole picture by 102.
        let size = 10, frames = 16
        var pixels: [UInt8] = []
        for frame in 0..<frames {
            for pixel in 0..<size * size {
                let level: UInt8 = frame >= 12 ? 102 : frame == 5 && pixel % 10 == 0 ? 51 : 0
                pixels += [level, level, level]
            }
        }
        let clip = Self.makeClip(pixels, frames: frames, size: size)
        let values = encoder.encode([clip, clip])
        #expect(values.shape == [2, 22])
        // The small change comes with frame 5 and goes with frame 6: differences 4 and 5 of 15, in eighth 2.
        var wanted = [Double](repeating: 0, count: 22)
        wanted[2] = 0.02
        wanted[5] = 0.4
        wanted[6] = 0
        for (index, quantile) in MotionEncoder.quantiles.enumerated() {
            let small = quantile > 0.9 ? 0.2 : 0
            wanted[8 + index] = (2 * small + 0.4) / 15
            wanted[15 + index] = 0.4
        }
        for (value, wanted) in zip(values.elements, wanted + wanted) {
            #expect(abs(Double(value) - log(wanted + 0.001)) < 1e-5, "\(value) \(log(wanted + 0.001))")
        }
    }

    @Test("frames that repeat or pad count for nothing in motion")
    func repeatedMotion() throws {
        let encoder = try MotionEncoder(MotionConfiguration())
        let size = 8
        let greys: [UInt8] = [0, 0, 51, 51, 102, 102, 153, 153, 204, 204, 255, 255, 255, 255, 255, 255]
        let pixels = greys.flatMap { [UInt8](repeating: $0, count: size * size * 3) }
        let clip = Clip(
            index: 0, frameCount: 16, height: size, width: size, pixels: pixels, seconds: (0..<16).map(Double.init),
            sourceSeconds: (0..<16).map { Double(min($0, 11) / 2) }, paddedFrames: 4)
        let values = encoder.encode([clip]).elements
        for value in values[8...] { #expect(abs(Double(value) - log(0.201)) < 1e-5) }
    }

    private static func makeClip(_ pixels: [UInt8], frames: Int, size: Int) -> Clip {
        Clip(
            index: 0, frameCount: frames, height: size, width: size, pixels: pixels,
            seconds: (0..<frames).map(Double.init), sourceSeconds: (0..<frames).map(Double.init), paddedFrames: 0)
    }

    @Test("a clip has the same S-ViLM features alone and in a batch, and motion changes them")
    func svilm() throws {
        let encoder = try EncoderSettings.load(configuration: Self.encoderFile("svilm-tiny"), weights: nil, seed: 3)
        let clips = try Self.clips(encoder, frames: 40)
        try #require(clips.count >= 5)
        let together = try encoder.encode(clips)
        #expect(together.shape == [clips.count, encoder.channels])
        #expect(encoder.channels == 512)
        for (index, clip) in clips.enumerated() {
            let alone = try encoder.encode([clip]).elements
            let row = Array(together.elements[index * 512..<(index + 1) * 512])
            #expect(zip(alone, row).allSatisfy { abs($0 - $1) < 1e-4 })
        }
        #expect(together.elements[0..<512] != together.elements[512..<1024])
        let same = try EncoderSettings.load(configuration: Self.encoderFile("svilm-tiny"), weights: nil, seed: 3)
        let other = try EncoderSettings.load(configuration: Self.encoderFile("svilm-tiny"), weights: nil, seed: 4)
        #expect(same.origin == encoder.origin && other.origin != encoder.origin)
        #expect(encoder.origin.encoderConfiguration.contains(#""image_size":64"#))
    }

    @Test(
        "wrong encoder files are refused with what is wrong",
        arguments: [
            ("kind: unknown", "known kinds"), ("kind: frame-difference\nimage_sice: 3", "image_size"),
            ("kind: svilm\nframe: 3", "frames"), ("kind: frame-difference\nsampling: {window_frames: 4}", "at least 8"),
            ("kind: [", "not a valid"),
        ])
    func wrongFiles(text: String, hint: String) throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("e.yaml")
            try Data(text.utf8).write(to: file)
            let error = try #require(throws: ConfigurationError.self) {
                try EncoderSettings.load(configuration: file.path, weights: nil, seed: 0)
            }
            #expect(error.description.contains(hint))
        }
        #expect(throws: ExtractionError.self) {
            try EncoderSettings.load(
                configuration: Self.encoderFile("frame-difference"), weights: "w.safetensors", seed: 0)
        }
    }
}
