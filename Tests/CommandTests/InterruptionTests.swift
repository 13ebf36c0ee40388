import Annotations
import Foundation
import TestSupport
import Testing

@testable import tal

@Suite("Signals", .serialized, .timeLimit(.minutes(10)))
struct InterruptionTests {
    /// A program whose standard error is read line by line. The pipe holds a page, so the program cannot run far ahead of
    /// what was read.
    private struct Watched {
        let process = Process()
        private let pipe = Pipe()

        init(_ arguments: [String]) throws {
            #if os(Linux)
                _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, 1031 /* F_SETPIPE_SZ */, 4096)
            #endif
            process.executableURL = Program.url
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = pipe
            try process.run()
            try? pipe.fileHandleForWriting.close()
        }

        /// Reads until so many lines hold a text.
        func read(until text: String, count: Int) throws {
            var line = Data(), found = 0
            while found < count, let byte = try pipe.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
                line += byte
                guard byte == Data("\n".utf8) else { continue }
                if String(decoding: line, as: UTF8.self).contains(text) { found += 1 }
                line = Data()
            }
            try #require(found == count)
        }

        func finish() throws -> (status: Int32, errors: String) {
            let rest = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: rest, as: UTF8.self))
        }
    }

    private static func lastLine(_ text: String) -> String {
        String(text.split(separator: "\n").last ?? "")
    }

    @Test(
        "train ends after its step, and the command that it prints goes on to the same bytes",
        arguments: [SIGINT, SIGTERM])
    func train(signal: Int32) throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try ClassScoreCommandTests.writeData(in: folder, videos: 4)
            func arguments(_ run: String) -> [String] {
                [
                    "train", "--config", path("config.yaml"), "--features", path("features"), "--annotations",
                    path("annotations.json"), "--out", path(run), "--set", "training.epochs=90",
                ]
            }
            let whole = try Program.run(arguments("whole") + ["--quiet"])
            #expect(whole.status == 0, "\(whole.errors)")
            let process = try Watched(arguments("a run"))
            // The lines of some forty epochs fit into the pipe.
            try process.read(until: "epoch ", count: 2)
            kill(process.process.processIdentifier, signal)
            let end = try process.finish()
            #expect(end.status == 128 + signal, "\(end.errors)")
            let line = Self.lastLine(end.errors)
            #expect(
                line.hasPrefix("tal: interrupted; ") && line.contains(" of 182 steps are kept in \(path("a run"));"))
            let command = try #require(line.components(separatedBy: "; go on with: ").last)
            #expect(command.hasSuffix(" --resume") && command.contains("'\(path("a run"))'"))
            // A limit of files stands for a full disk: one error, and what is there stays.
            func state() throws -> [String: Data] {
                let names = try FileManager.default.subpathsOfDirectory(atPath: path("a run"))
                return try names.reduce(into: [:]) { state, name in
                    guard name.hasSuffix(".safetensors") || name.hasPrefix(".") else { return }
                    state[name] = try Data(contentsOf: URL(fileURLWithPath: path("a run/" + name)))
                }
            }
            let before = try state()
            #expect(before.keys.contains("last/checkpoint.safetensors"))
            // ThreadSanitizer writes a file for each library that is loaded, which the limit would cut.
            if !Sanitizer.checksThreads {
                let full = try RunProcess.run("/bin/sh", ["-c", "ulimit -f 8; exec \(command) --quiet"])
                #expect(full.status == 1 && full.errors.split(separator: "\n").count == 1, "\(full.errors)")
                #expect(full.errors.contains("a limit allows"), "\(full.errors)")
                #expect(try state() == before)
            }
            let resumed = try RunProcess.run("/bin/sh", ["-c", command + " --quiet"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            for file in ["model.safetensors", "last/checkpoint.safetensors", "config.yaml"] {
                #expect(
                    try Data(contentsOf: URL(fileURLWithPath: path("whole/" + file)))
                        == Data(contentsOf: URL(fileURLWithPath: path("a run/" + file))), "\(file)")
            }
        }
    }

    @Test("the second signal ends train at once")
    func second() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try ClassScoreCommandTests.writeData(in: folder, videos: 4)
            // The log is a pipe that nobody reads: the program waits there for ever when its first epoch has ended.
            try FileManager.default.createDirectory(atPath: path("run"), withIntermediateDirectories: false)
            try #require(mkfifo(path("run/log.txt"), 0o600) == 0)
            let process = try Watched([
                "train", "--config", path("config.yaml"), "--features", path("features"), "--annotations",
                path("annotations.json"), "--out", path("run"),
            ])
            let metrics = path("run/metrics.jsonl")
            while process.process.isRunning, (try? String(contentsOfFile: metrics, encoding: .utf8))?.isEmpty ?? true {
                usleep(10_000)
            }
            // Two different signals: equal ones could be seen as one.
            kill(process.process.processIdentifier, SIGINT)
            kill(process.process.processIdentifier, SIGTERM)
            let end = try process.finish()
            #expect([128 + SIGINT, 128 + SIGTERM].contains(end.status), "\(end.errors)")
            #expect(!end.errors.contains("interrupted"))
        }
    }

    @Test("pretrain ends after its step, and the command that it prints goes on to the same bytes")
    func pretrain() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            func arguments(_ run: String) -> [String] {
                [
                    "pretrain", "--config", Checkout.url("configs/pretrain/svilm-tiny.yaml").path, "--out", path(run),
                ]
                    + [
                        "steps=60", "warmup_steps=2", "batch_size=2", "validation_steps=1", "checkpoint_steps=25",
                        "validation_clips=2",
                    ].flatMap { ["--set", $0] }
            }
            let whole = try Program.run(arguments("whole") + ["--quiet"])
            #expect(whole.status == 0, "\(whole.errors)")
            let process = try Watched(arguments("run"))
            // The lines of some fifteen steps fit into the pipe.
            try process.read(until: "held-out clips", count: 3)
            kill(process.process.processIdentifier, SIGTERM)
            let end = try process.finish()
            #expect(end.status == 128 + SIGTERM, "\(end.errors)")
            let line = Self.lastLine(end.errors)
            #expect(line.hasPrefix("tal: interrupted; ") && line.contains(" of 60 steps are kept in \(path("run"));"))
            let command = try #require(line.components(separatedBy: "; go on with: ").last)
            let resumed = try RunProcess.run("/bin/sh", ["-c", command + " --quiet"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            for file in ["encoder.safetensors", "text.safetensors", "last/checkpoint.safetensors", "metrics.jsonl"] {
                #expect(
                    try Data(contentsOf: URL(fileURLWithPath: path("whole/" + file)))
                        == Data(contentsOf: URL(fileURLWithPath: path("run/" + file))), "\(file)")
            }
        }
    }

    @Test("detect keeps the videos that are done beside its output, and goes on from them")
    func detect() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try VideoRun.make(in: folder)
            let videos = (0..<2).map { path("demo/videos/train_000\($0).mp4") }
            func arguments(_ videos: [String], _ out: String) -> [String] {
                ["detect"] + videos + ["--model", path("run"), "--out", path(out), "--top", "1"]
            }
            let whole = try Program.run(arguments(videos, "whole.json") + ["--quiet"])
            #expect(whole.status == 0, "\(whole.errors)")
            // The second video is a pipe that never ends.
            try #require(mkfifo(path("pipe"), 0o600) == 0)
            let descriptor = open(path("pipe"), O_RDWR)
            defer { close(descriptor) }
            // Held open by this process too, so that the pipe neither ends nor breaks.
            try ExtractInputTests.writeVideo(folder.appendingPathComponent("s.ts"), frames: 300)
            let data = try Data(contentsOf: folder.appendingPathComponent("s.ts"))
            Thread.detachNewThread {
                for _ in 0..<2000 {
                    let sent = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                    if sent < 0 { return }
                }
            }
            let partial = path("found.json.partial")
            func lines() -> Int {
                (try? String(contentsOfFile: partial, encoding: .utf8))?.split(separator: "\n").count ?? 0
            }
            let process = try Watched(arguments([videos[0], path("pipe"), videos[1]], "found.json") + ["--quiet"])
            while process.process.isRunning, lines() < 2 { usleep(10_000) }
            // Another process is refused while the first one works.
            let other = try Program.run(arguments([videos[0]], "found.json") + ["--quiet"])
            #expect(
                other.status == 1 && other.errors.contains("\(process.process.processIdentifier)"), "\(other.errors)")
            kill(process.process.processIdentifier, SIGINT)
            let end = try process.finish()
            #expect(end.status == 128 + SIGINT, "\(end.errors)")
            #expect(end.errors.contains("tal: interrupted; 1 of 3 videos are kept in \(partial); go on with: "))
            #expect(!FileManager.default.fileExists(atPath: path("found.json")))
            #expect(!FileManager.default.fileExists(atPath: partial + ".lock"))

            // The first video is taken from there: a mark that is put there comes out.
            let text = try String(contentsOfFile: partial, encoding: .utf8)
            #expect(text.contains("\"label\":"))
            let marked = text.replacing(/"label":"[^"]*"/, with: "\"label\":\"marked\"") + "{\"video\": \"cut o"
            try Data(marked.utf8).write(to: URL(fileURLWithPath: partial))
            let second = try Program.run(arguments(videos, "found.json") + ["--quiet"])
            #expect(second.status == 0, "\(second.errors)")
            let table = try DetectionFile.read(path("found.json")).detections
            #expect(table.contains { $0.label == "marked" && $0.video == "train_0000" })
            #expect(!table.contains { $0.label == "marked" && $0.video == "train_0001" })
            #expect(!FileManager.default.fileExists(atPath: partial))

            // That of other settings is not used, and what is taken from a right one gives the same bytes.
            try Data(marked.utf8).write(to: URL(fileURLWithPath: partial))
            let changed = try Program.run(
                arguments(videos, "found.json") + ["--set", "post_processing.maximum_proposals=7", "--quiet"])
            #expect(changed.status == 0 && changed.errors.contains("done again"), "\(changed.errors)")
            #expect(!(try DetectionFile.read(path("found.json")).detections.labels.contains("marked")))
            try Data(text.utf8).write(to: URL(fileURLWithPath: partial))
            #expect(try Program.run(arguments(videos, "found.json") + ["--quiet"]).status == 0)
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: path("found.json")))
                    == Data(contentsOf: URL(fileURLWithPath: path("whole.json"))))
        }
    }

    @Test("a command without anything to keep ends at once, with a line", arguments: [SIGINT, SIGTERM])
    func short(signal: Int32) throws {
        try TemporaryFolder.with { folder in
            // It waits for a pipe that nobody writes to.
            let pipe = folder.appendingPathComponent("pipe").path
            try #require(mkfifo(pipe, 0o600) == 0)
            let process = try Watched(["convert", pipe, "--to", "activitynet", "--out", "-"])
            // Opening for writing without waiting succeeds once the program has opened the pipe.
            var descriptor: Int32 = -1
            while process.process.isRunning, descriptor < 0 {
                descriptor = open(pipe, O_WRONLY | O_NONBLOCK)
                usleep(1000)
            }
            defer { close(descriptor) }
            kill(process.process.processIdentifier, signal)
            let end = try process.finish()
            #expect(end.status == 128 + signal)
            #expect(
                end.errors == "tal: interrupted; every file under its final name is whole; run the same command again\n"
            )
        }
    }

    @Test("a command line is printed as a shell reads it")
    func commandLine() {
        let words = [
            "./tal", "train", "--out", "a b", "--set", "x=[1, 2]", "--features", "f'1.h5", "--features=g.h5", "",
        ]
        #expect(
            CommandLineText.present(adding: "--resume", words)
                == #"./tal train --out 'a b' --set 'x=[1, 2]' --features 'f'\''1.h5' --features=g.h5 '' --resume"#)
        #expect(
            CommandLineText.present(leavingOut: ["--features"], words) == "./tal train --out 'a b' --set 'x=[1, 2]' ''")
        #expect(CommandLineText.present(adding: "--resume", ["tal", "--resume"]) == "tal --resume")
        #expect(CommandLineText.present(adding: "--resume", ["tal", "--", "x"]) == "tal --resume -- x")
    }
}

/// A head of a few steps on a few generated videos, with the encoder it needs.
enum VideoRun {
    static func make(in folder: URL) throws {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let config = """
            actionformer: {maximum_length: 64, channels: 16, neck_channels: 16, head_channels: 16, heads: 2, windows: [5],
              branch_blocks: 2, regression_ranges: [[0, 4], [4, 8], [8, 10000]]}
            training: {warmup_epochs: 1, epochs: 2, batch_size: 1, validation_subset: ""}
            """
        try Data(config.utf8).write(to: folder.appendingPathComponent("config.yaml"))
        let preparation = [
            [
                "generate", "demo", "--out", path("demo"), "--train", "3", "--validation", "0", "--test", "0",
                "--held-out", "0", "--seconds", "6", "--size", "64",
            ],
            [
                "extract", path("demo/videos"), "--encoder",
                Checkout.url("configs/encoders/frame-difference.yaml").path, "--out", path("features.h5"),
            ],
            [
                "train", "--config", path("config.yaml"), "--features", path("features.h5"), "--annotations",
                path("demo/annotations.json"), "--out", path("run"),
            ],
        ]
        for arguments in preparation {
            let run = try Program.run(arguments + ["--quiet"])
            try #require(run.status == 0, "\(run.errors)")
        }
    }
}
