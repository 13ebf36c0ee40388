import Configuration
import Foundation
import TestSupport
import Testing
import Video

@testable import Encoders

@Suite("Protocols")
struct ProtocolTests {
    private static let folder = Checkout.url("configs/protocols")

    @Test("each is a file of configs/protocols, and says the same there")
    func files() throws {
        for built in EncoderProtocol.builtIn {
            let path = Self.folder.appendingPathComponent(built.name + ".yaml").path
            if ProcessInfo.processInfo.environment["TAL_WRITE_PROTOCOLS"] != nil {
                try ConfigurationFile.encode(built).write(toFile: path, atomically: true, encoding: .utf8)
            }
            #expect(try ConfigurationFile.load(EncoderProtocol.self, from: path) == built, "\(built.name)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names) == Set(EncoderProtocol.builtIn.map { $0.name + ".yaml" }))
    }

    @Test("every encoder's protocols exist and give frames that it takes")
    func fit() throws {
        for entry in EncoderCatalogue.all {
            #expect(!entry.protocols.isEmpty)
            for name in entry.protocols {
                let used = try #require(EncoderProtocol.builtIn.first { $0.name == name }, "\(name)")
                #expect(used.families.isEmpty || used.families.contains(entry.family), "\(entry.name) \(name)")
                guard case .transformer(let settings) = entry.network else { continue }
                // Single pictures may have pixels beyond the last patch.
                let sides = [used.preprocessing.outputHeight, used.preprocessing.outputWidth]
                #expect(
                    settings.frames == 1 || sides.allSatisfy { $0 % settings.patch == 0 },
                    "\(entry.name) \(name)")
                #expect(used.frames % settings.tubelet == 0)
            }
        }
    }

    @Test("VideoMAEv2's windows are those of its script: every fourth frame while 16 are left")
    func windows() throws {
        let used = try #require(EncoderProtocol.builtIn.first { $0.name == "videomaev2-thumos" })
        let clock = used.clock(own: FrameRate(30))
        for frames in [16, 17, 19, 20, 100, 1000] {
            #expect(clock.windowCount(ticks: frames) == Array(stride(from: 0, to: frames - 15, by: 4)).count)
        }
        #expect(clock.windowCount(ticks: 5) == 1)
        #expect(clock.offsets == Array(0..<16))
    }

    @Test("strides in seconds and rates of their own")
    func rates() {
        var made = EncoderProtocol()
        made.strideSeconds = 0.5
        #expect(made.clock(own: FrameRate(25)).strideFrames == 13)
        made.frameRate = 29.97
        #expect(made.clock(own: FrameRate(25)).frameRate == FrameRate(29970, 1000))
        #expect(made.clock(own: FrameRate(25)).strideFrames == 15)
    }

    @Test("settings that cannot be are refused by key")
    func invalid() {
        for (text, key) in [
            ("frames: 32", "frames"), ("feature: everything", "feature"), ("other_sizes: grown", "other_sizes"),
            ("preprocessing: {shorter_side: 224}", "preprocessing.crop_size"),
            ("preprocessing: {library: opencv, filter: bicubic}", "preprocessing.filter"),
            ("preprocessing: {std: [1, 0, 1]}", "preprocessing.std"),
        ] {
            #expect { try ConfigurationFile.decode(EncoderProtocol.self, from: text, file: "p.yaml") } throws: {
                if case ConfigurationError.invalidValue("p.yaml", key, _) = $0 { true } else { false }
            }
        }
    }
}
