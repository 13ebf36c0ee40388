import Extraction
import Features
import Foundation
import Tensors
import TestSupport
import Testing
import Threads
import Toolkit
import Video

@testable import tal

@Suite("tal extract")
struct ExtractCommandTests {
    private static let encoder = Checkout.url("configs/encoders/frame-difference.yaml").path

    @Test(
        "an extraction that ended early says what the same command does next: go on, or begin again where it replaces")
    func interrupted() throws {
        try TemporaryFolder.with { folder in
            let video = folder.appendingPathComponent("v.mp4")
            try TestVideo.write(to: video, count: 20, rate: FrameRate(10))
            let out = folder.appendingPathComponent("f.h5").path
            var job = ExtractionJob([folder.path], encoder: .init(configuration: Self.encoder), output: out)
            #expect(try job.run().batch.succeeded == 1)
            let flag = CancellationFlag()
            flag.request()
            job.again = true
            let report = try job.run(cancellation: flag)
            #expect(report.extraction?.wasInterrupted == true)
            #expect(
                ExtractionText.interruption(report, replaces: true, command: "tal extract v --overwrite")
                    == "0 of 1 videos were extracted into \(out), and what it held of the others is unchanged; begin again with: "
                    + "tal extract v --overwrite")
            #expect(
                ExtractionText.interruption(report, replaces: false, command: "tal extract v")
                    == "0 of 1 videos are in \(out); go on with: tal extract v")
            #expect(try FeatureStore(out).videos == ["v"])
        }
    }

    @Test("the exit status says whether all, some or nothing was done; each failure is listed")
    func exitStatus() throws {
        try TemporaryFolder.with { folder in
            let (good, bad) = (folder.appendingPathComponent("good one.mp4"), folder.appendingPathComponent("bad.mp4"))
            try TestVideo.write(to: good, count: 20, rate: FrameRate(10))
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
                run.errors == "tal: /no/such.yaml: no such file or folder\n")
            for wrong in [
                ["extract"], ["extract", good.path],
                ["extract", good.path, "--encoder", "e", "--out", "o", "--threads", "0"],
            ] {
                #expect(try Program.run(wrong).status == 2)
            }
            #expect(try FeatureStore(out).videos == ["good one"])
        }
    }

    /// Each round ends when so many videos are finished as a generator says, and never by a clock. What comes after the twelve
    /// videos is a pipe into which nothing is written: the program waits there, however fast it is, and cannot end by itself.
    @Test("killed twenty times, it loses nothing it finished and ends well")
    func killed() throws {
        try TemporaryFolder.with { folder in
            let videos = folder.appendingPathComponent("videos")
            try FileManager.default.createDirectory(at: videos, withIntermediateDirectories: true)
            for index in 0..<12 {
                let video = videos.appendingPathComponent("v\(index).mp4")
                try TestVideo.write(to: video, count: 20 + 10 * index, rate: FrameRate(10))
            }
            let pipe = folder.appendingPathComponent("pipe.mp4").path
            try #require(mkfifo(pipe, 0o600) == 0)
            // A pipe without a writer is given up after some seconds; this one has a writer, which writes nothing.
            let writer = open(pipe, O_RDWR | O_CLOEXEC)
            defer { close(writer) }
            let out = folder.appendingPathComponent("f.h5").path
            func arguments(_ inputs: String...) -> [String] {
                ["extract"] + inputs + ["--encoder", Self.encoder, "--out", out, "--quiet"]
            }
            var generator = RandomGenerator(seed: 2)
            var finished: Set<String> = []
            for _ in 0..<20 {
                // Begins anew when everything is done, so that every round has work to lose.
                if finished.count == 12 {
                    finished = []
                    try FileManager.default.removeItem(atPath: out)
                    try FileManager.default.removeItem(atPath: out + ".parts")
                }
                let wanted = finished.count + generator.integer(in: 0...min(5, 12 - finished.count))
                let program = try RunProcess(Program.url.path, arguments(videos.path, pipe))
                while program.isRunning, !isReached(wanted, of: out) { usleep(500) }
                #expect(program.isRunning)
                program.kill()
                try program.finish()
                let store = try FeatureStore(out)
                #expect(finished.isSubset(of: store.videos) && store.videos.count >= wanted)
                for video in store.videos { #expect(try store.sequence(for: video).channels == 13) }
                finished = Set(store.videos)
            }
            #expect(try Program.run(arguments(videos.path)).status == 0)
            let store = try FeatureStore(out)
            #expect(store.videos.count == 12)
            #expect(!FileManager.default.fileExists(atPath: out + ".parts"))
            for index in 0..<12 { #expect(try store.header(for: "v\(index)").length == (20 + 10 * index - 8) / 4 + 1) }
        }
    }

    /// Whether the store is there and has so many finished videos beside it.
    private func isReached(_ count: Int, of store: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: store + ".parts")) ?? []
        return FileManager.default.fileExists(atPath: store) && names.count { $0.hasSuffix(".part.h5") } >= count
    }
}
