import Features
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@Suite("tal extract")
struct ExtractCommandTests {
    private static let encoder = Checkout.root
        .appendingPathComponent("configs/encoders/frame-difference.yaml").path

    /// Writes a short video whose brightness changes from frame to frame.
    private static func writeVideo(_ url: URL, frames: Int) throws {
        let writer = try VideoWriter(path: url.path, width: 32, height: 32, frameRate: FrameRate(10))
        for frame in 0..<frames {
            let level = UInt8(frame * 37 % 256)
            try writer.append(RGBImage(width: 32, height: 32, red: level, green: 255 - level, blue: 9))
        }
        try writer.finish()
    }

    @Test("the exit status says whether all, some or nothing was done; each failure is listed")
    func exitStatus() throws {
        try TemporaryFolder.with { folder in
            let (good, bad) = (folder.appendingPathComponent("good one.mp4"), folder.appendingPathComponent("bad.mp4"))
            try Self.writeVideo(good, frames: 20)
            try Data("not a video".utf8).write(to: bad)
            let out = folder.appendingPathComponent("f.h5").path

            var run = try Program.run(["extract", good.path, "--encoder", Self.encoder, "--out", out])
            #expect(run.status == 0)
            #expect(run.errors.contains("1 extracted"))
            run = try Program.run(["extract", folder.path, "--encoder", Self.encoder, "--out", out, "--quiet"])
            #expect(run.status == 3)
            #expect(run.errors.contains(bad.path) && run.errors.contains("1 of 2 videos failed"))
            run = try Program.run(["extract", bad.path, "/no/such.mp4", "--encoder", Self.encoder, "--out", out])
            #expect(run.status == 1)
            #expect(run.errors.contains(bad.path) && run.errors.contains("/no/such.mp4: no such file"))
            run = try Program.run(["extract", good.path, "--encoder", "/no/such.yaml", "--out", out])
            #expect(run.status == 1)
            #expect(
                run.errors == "tal: /no/such.yaml: cannot be read (no such file); check the path and its permissions\n")
            for wrong in [
                ["extract"], ["extract", good.path],
                ["extract", good.path, "--encoder", "e", "--out", "o", "--threads", "0"],
            ] {
                #expect(try Program.run(wrong).status == 2)
            }
            #expect(try FeatureStore(out).videos == ["good one"])
        }
    }

    @Test("killed twenty times, it loses nothing it finished and ends well", .timeLimit(.minutes(5)))
    func killed() throws {
        try TemporaryFolder.with { folder in
            let videos = folder.appendingPathComponent("videos")
            try FileManager.default.createDirectory(at: videos, withIntermediateDirectories: true)
            for index in 0..<12 {
                try Self.writeVideo(videos.appendingPathComponent("v\(index).mp4"), frames: 20 + 10 * index)
            }
            let out = folder.appendingPathComponent("f.h5").path
            let arguments = ["extract", videos.path, "--encoder", Self.encoder, "--out", out, "--quiet"]
            var generator = RandomGenerator(seed: 2)
            var finished: Set<String> = []
            for round in 0..<20 {
                // Begins anew when everything is done, so that every round has work to lose.
                if finished.count == 12 {
                    finished = []
                    try FileManager.default.removeItem(atPath: out)
                }
                let process = Process()
                process.executableURL = Program.url
                process.arguments = arguments
                process.standardError = FileHandle.nullDevice
                try process.run()
                usleep(UInt32(generator.integer(in: 5_000...(50_000 + 20_000 * round))))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                guard FileManager.default.fileExists(atPath: out) else { continue }
                let store = try FeatureStore(out)
                #expect(finished.isSubset(of: store.videos))
                for video in store.videos { #expect(try store.sequence(for: video).channels == 13) }
                finished = Set(store.videos)
            }
            #expect(try Program.run(arguments).status == 0)
            let store = try FeatureStore(out)
            #expect(store.videos.count == 12)
            #expect(!FileManager.default.fileExists(atPath: out + ".parts"))
            for index in 0..<12 { #expect(try store.header(for: "v\(index)").length == (20 + 10 * index - 8) / 4 + 1) }
        }
    }
}
