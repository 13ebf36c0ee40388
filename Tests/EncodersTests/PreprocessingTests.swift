import Files
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders
@testable import Video

@Suite("Frames are prepared to the bit of each library")
struct PreprocessingTests {
    private static let imageNet = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    private static let clip = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
    private static let half = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
    private static let none = ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])

    private static func make(
        _ library: FramePreprocessing.Library, _ filter: FramePreprocessing.Filter = .bilinear, shorter: Int = 0,
        to size: (Int, Int) = (224, 224), crop: Int = 0, _ offset: FramePreprocessing.Crop = .floor,
        values: ([Double], [Double]) = imageNet
    ) -> FramePreprocessing {
        var made = FramePreprocessing()
        (made.library, made.filter, made.shorterSide) = (library, filter, shorter)
        (made.height, made.width, made.cropSize, made.cropOffset) = (size.0, size.1, crop, offset)
        (made.mean, made.std) = values
        return made
    }

    static let pipelines: [String: FramePreprocessing] = {
        var tsp = make(.float, to: (128, 171), crop: 112, .even)
        (tsp.mean, tsp.std) = ([0.43216, 0.394666, 0.37645], [0.22803, 0.22145, 0.216989])
        var i3d = make(.pillow, to: (256, 340), crop: 224, values: half)
        var i3dResize = make(.pillow, .lanczos, to: (224, 224), values: half)
        (i3dResize.firstHeight, i3dResize.firstWidth) = (256, 340)
        var lite = make(
            .pillow, .bicubic,
            values: ([127.0 / 255, 127.0 / 255, 127.0 / 255], [128.0 / 255, 128.0 / 255, 128.0 / 255]))
        lite.firstCrop = 0.875
        return [
            "hf_videomae": make(.pillow, shorter: 224, crop: 224),
            "hf_videomae_torchvision": make(.torchvision, shorter: 224, crop: 224),
            "videomae_official_validation": make(.opencv, shorter: 224, crop: 224, .even),
            "videomae_official_test_crop0": make(.opencv, shorter: 224, crop: 224, .begin),
            "videomae_official_test_crop1": make(.opencv, shorter: 224, crop: 224, .floor),
            "videomae_official_test_crop2": make(.opencv, shorter: 224, crop: 224, .end),
            "videomaev2_tal": make(.float, values: none),
            "clip_openai": make(.pillow, .bicubic, shorter: 224, crop: 224, .even, values: clip),
            "hf_clip": make(.pillow, .bicubic, shorter: 224, crop: 224, .floor, values: clip),
            "hf_clip_torchvision": make(.torchvision, .bicubic, shorter: 224, crop: 224, .floor, values: clip),
            "hf_siglip": make(.pillow, .bicubic, values: half),
            "hf_siglip_torchvision": make(.torchvision, .bicubic, values: half),
            "hf_siglip2_bilinear": make(.pillow, .bilinear, values: half),
            "hf_siglip2_bilinear_torchvision": make(.torchvision, .bilinear, values: half),
            "hf_dinov2": make(.pillow, .bicubic, shorter: 256, crop: 224),
            "hf_dinov2_torchvision": make(.torchvision, .bicubic, shorter: 256, crop: 224),
            "vjepa2_official_numpy": make(.opencv, shorter: 292, crop: 256, .even),
            "vjepa2_official_tensor": make(.torchvisionFloat, shorter: 292, crop: 256, .even),
            "hf_vjepa2": make(.torchvision, shorter: 292, crop: 256),
            "internvideo2_validation": make(.opencv, shorter: 224, crop: 224, .even),
            "tsp": tsp, "i3d_center_crop": i3d, "i3d_resize": i3dResize, "efficientnet_lite0": lite,
        ]
    }()

    private static let folder = SharedData.url("fixtures/encoders/preprocess")

    private static func frame(_ name: String) throws -> RGBImage {
        let path = folder.appendingPathComponent(name == "a" ? "frame_a.npy" : "frame_b.npy.gz").path
        let bytes = try PackedFile.bytes(path)
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) * 256
        let (height, width) = name == "a" ? (240, 321) : (720, 1280)
        return RGBImage(width: width, height: height, pixels: Array(bytes[start...]))
    }

    @Test(
        "every pipeline gives the reference's pixels", .enabled(if: SharedData.isPresent),
        arguments: pipelines.keys.sorted())
    func pipeline(_ name: String) throws {
        let settings = try #require(Self.pipelines[name])
        try settings.validate()
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("expected.json"))
        let expected = try JSONDecoder().decode(JSON.self, from: data)
        let patches = try SafetensorsFile(path: Self.folder.appendingPathComponent("patches.safetensors").path)
        for frameName in ["a", "b"] {
            let frame = try Self.frame(frameName)
            let facts = try #require(expected["frames"]?[frameName]?["protocols"]?[name])
            let pixels = settings.pixels(of: frame)
            if let digest = facts["uint8_sha256"]?.string {
                var sha = SHA256()
                pixels.pixels.withUnsafeBytes { sha.update($0) }
                #expect(sha.hexadecimal() == digest, "frame \(frameName)")
            }
            let tensor = settings.normalized(pixels)
            guard case .array(let shape)? = facts["shape"] else { Issue.record("shape"); continue }
            #expect([3, tensor.shape[0], tensor.shape[1]] == shape.compactMap(\.integer))
            // Pixels that are equal to the bit need no numbers beside.
            let patchName = "\(frameName)/\(name)/f32"
            guard patches.entries[patchName] != nil else { continue }
            let patch = try patches.tensor(named: patchName)
            let side = patch.shape[2], tolerance: Float = settings.library == .float ? 5e-5 : 2e-6
            let (height, width) = (tensor.shape[0], tensor.shape[1])
            let places = [(0, 0), (height - side, width - side), ((height - side) / 2, (width - side) / 2)]
            for (number, (top, left)) in places.enumerated() {
                for channel in 0..<3 {
                    for row in 0..<side {
                        for column in 0..<side {
                            let found = tensor[top + row, left + column, channel]
                            let wanted = patch[number, channel, row, column]
                            guard abs(found - wanted) > tolerance else { continue }
                            Issue.record("\(frameName): \(found) for \(wanted) at \(top + row), \(left + column)")
                            return
                        }
                    }
                }
            }
        }
    }

    @Test("clips are normalised as their frames are, one by one")
    func clips() throws {
        var pixels = [UInt8](repeating: 0, count: 3 * 8 * 16 * 3)
        for index in pixels.indices { pixels[index] = UInt8(truncatingIfNeeded: index * 7) }
        let clip = Clip(
            index: 0, frameCount: 3, height: 8, width: 16, pixels: pixels, seconds: [0, 1, 2],
            sourceSeconds: [0, 1, 2], paddedFrames: 0)
        for library in [FramePreprocessing.Library.pillow, .float] {
            var settings = FramePreprocessing()
            (settings.library, settings.height, settings.width) = (library, 8, 16)
            let found = settings.normalized([clip, clip])
            #expect(found.count == 2 && found[1].shape == [3, 8, 16, 3])
            let single = (0..<3).map { settings.normalized(clip.image($0)) }
            #expect(found.allSatisfy { $0.elements == single.flatMap(\.elements) })
            // (x / 255 - mean) / std
            let expected = (Float(clip.image(1).pixels[4]) / 255 - Float(0.456)) / Float(0.224)
            #expect(abs(found[0][1, 0, 1, 1] - expected) < 1e-6)
        }
    }
}
