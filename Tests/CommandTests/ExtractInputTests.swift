import Features
import Foundation
import TestSupport
import Testing
import Video

@Suite("tal extract: inputs, ids, interruptions")
struct ExtractInputTests {
    private static func encoder(_ name: String) -> String {
        Checkout.url("configs/encoders/\(name).yaml").path
    }

    static func writeVideo(_ url: URL, frames: Int) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let writer = try VideoWriter(path: url.path, width: 32, height: 32, frameRate: FrameRate(10))
        for frame in 0..<frames {
            let level = UInt8(frame * 37 % 256)
            try writer.append(RGBImage(width: 32, height: 32, red: level, green: 255 - level, blue: 9))
        }
        try writer.finish()
    }

    private static func extract(_ inputs: [String], into out: String, more: [String] = []) throws -> RunProcess.Result {
        try Program.run(
            ["extract"] + inputs + ["--encoder", encoder("frame-difference"), "--out", out, "--quiet"] + more)
    }

    @Test("features of another file under the same id are kept unless told otherwise")
    func sameIDs() throws {
        try TemporaryFolder.with { folder in
            let (cat, dog) = (folder.appendingPathComponent("cat"), folder.appendingPathComponent("dog"))
            try Self.writeVideo(cat.appendingPathComponent("000.mp4"), frames: 20)
            try Self.writeVideo(dog.appendingPathComponent("000.mp4"), frames: 40)
            let out = folder.appendingPathComponent("f.h5").path
            #expect(try Self.extract([dog.path], into: out).status == 0)
            let refused = try Self.extract([cat.path], into: out)
            #expect(refused.status == 1 && refused.errors.contains("--overwrite"))
            #expect(try FeatureStore(out).header(for: "000").length == 9)
            #expect(try Self.extract([dog.path], into: out).status == 0)
            #expect(try Self.extract([cat.path], into: out, more: ["--again"]).status == 0)
            #expect(try FeatureStore(out).header(for: "000").length == 4)

            let both = try Self.extract([cat.path, dog.path], into: out)
            #expect(both.status == 1)
            for name in ["cat/000.mp4", "dog/000.mp4"] { #expect(both.errors.contains(name)) }
            let other = folder.appendingPathComponent("g.h5").path
            #expect(try Self.extract([folder.path], into: other).status == 0)
            #expect(try FeatureStore(other).videos == ["cat/000", "dog/000"])
        }
    }

    @Test("folders of pictures are read with --fps, and the error without it says so")
    func pictures() throws {
        try TemporaryFolder.with { folder in
            let frames = folder.appendingPathComponent("raw/v1")
            try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
            for number in 1...25 {
                let level = UInt8(number * 9)
                try RGBImage(width: 32, height: 32, red: level, green: level, blue: level)
                    .writePNG(to: frames.appendingPathComponent("img_\(number).png").path)
            }
            let out = folder.appendingPathComponent("f.h5").path, raw = folder.appendingPathComponent("raw").path
            let refused = try Self.extract([raw], into: out)
            #expect(refused.status == 1 && refused.errors.contains("--fps RATE gives it"))
            #expect(try Self.extract([raw], into: out, more: ["--fps", "12.5"]).status == 0)
            let header = try FeatureStore(out).header(for: "v1")
            #expect(header.durationSeconds == 2 && header.frameCount == 25)
            // The rate belongs to what the features were made from.
            #expect(try Self.extract([raw], into: out, more: ["--fps", "25/2"]).status == 0)
            #expect(try Self.extract([raw], into: out, more: ["--fps", "25"]).status == 1)
            for wrong in ["0", "-1", "x", "1/0", "nan"] {
                #expect(try Self.extract([raw], into: out, more: ["--fps", wrong]).status == 2)
            }
        }
    }

    @Test("a pipe in a folder of videos is passed by")
    func pipe() throws {
        try TemporaryFolder.with { folder in
            try #require(mkfifo(folder.appendingPathComponent("x.mp4").path, 0o600) == 0)
            let out = folder.appendingPathComponent("f.h5").path
            let run = try Self.extract([folder.path], into: out)
            #expect(run.status == 1 && run.errors.contains("holds no video"))
            #expect(try Self.extract([folder.appendingPathComponent("x.mp4").path], into: out).status == 1)
        }
    }

    @Test("random weights are said to be random; those beside the configuration and in a folder are found")
    func weights() throws {
        try TemporaryFolder.with { folder in
            let video = folder.appendingPathComponent("v.mp4")
            try Self.writeVideo(video, frames: 20)
            func extract(_ encoder: String, _ name: String, _ more: [String] = []) throws -> RunProcess.Result {
                try Program.run(
                    ["extract", video.path, "--encoder", encoder, "--out", folder.path + "/" + name, "--quiet"] + more)
            }
            let random = try extract(Self.encoder("svilm-tiny"), "r.h5")
            #expect(random.status == 0 && random.errors.contains("random weights"))
            let model = Checkout.url("models/svilm-tiny").path
            let beside = try extract(model + "/encoder.yaml", "b.h5")
            #expect(beside.status == 0 && beside.errors.isEmpty)
            #expect(try extract(model + "/encoder.yaml", "b.h5", ["--weights", model]).status == 0)
            let file = model + "/encoder.safetensors"
            #expect(try extract(model + "/encoder.yaml", "b.h5", ["--weights", file]).status == 0)
            let missing = try extract(model + "/encoder.yaml", "b.h5", ["--weights", folder.path])
            #expect(missing.status == 1 && missing.errors.contains("encoder.safetensors: no such file"))
        }
    }

    @Test(
        "a signal ends the work in good order: what is finished is kept, and one line says how to go on",
        .timeLimit(.minutes(5)), arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        try TemporaryFolder.with { folder in
            // The second video is a pipe that never ends, so the signal comes in the middle of it, whenever it comes.
            let first = folder.appendingPathComponent("a.mp4"), pipe = folder.appendingPathComponent("b").path
            try Self.writeVideo(first, frames: 20)
            let stream = folder.appendingPathComponent("s.ts")
            try Self.writeVideo(stream, frames: 300)
            try #require(mkfifo(pipe, 0o600) == 0)
            let out = folder.appendingPathComponent("f.h5").path, log = folder.appendingPathComponent("log")
            try Data().write(to: log)

            let process = Process()
            process.executableURL = Program.url
            process.arguments = [
                "extract", first.path, pipe, "--encoder", Self.encoder("frame-difference"), "--out", out, "--quiet",
            ]
            process.standardError = try FileHandle(forWritingTo: log)
            // Held open by this process too, so that the pipe neither ends nor breaks.
            let descriptor = open(pipe, O_RDWR)
            defer { close(descriptor) }
            let data = try Data(contentsOf: stream)
            Thread.detachNewThread {
                for _ in 0..<2000 {
                    let sent = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                    if sent < 0 { return }
                }
            }
            try process.run()
            // The part of the first video is there once it is finished.
            let parts = out + ".parts"
            func isFinished() -> Bool {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: parts)) ?? []
                return names.contains { $0.hasSuffix(".part.h5") }
            }
            while process.isRunning, !isFinished() { usleep(10_000) }
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            let errors = try String(contentsOf: log, encoding: .utf8)
            #expect(process.terminationStatus == 128 + signal, "\(errors)")
            #expect(
                errors.contains(
                    "tal: interrupted; 1 of 2 videos are in \(out); go on with: \(Program.url.path) extract "))
            #expect(try FeatureStore(out).videos == ["a"])
            #expect(!FileManager.default.fileExists(atPath: parts))
        }
    }
}
