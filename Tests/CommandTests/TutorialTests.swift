import Annotations
import Foundation
import Tensors
import TestSupport
import Testing

/// The commands that the documents print, run as printed.
@Suite("Commands of the documents")
struct TutorialTests {
    /// The lines of the `sh` blocks of a Markdown text that call `tal` or `echo`, continued lines joined.
    private static func commands(_ markdown: Substring) -> [String] {
        var commands: [String] = [], isShell = false, open = ""
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isShell = line == "```sh"
            } else if isShell {
                open += line.hasSuffix("\\") ? line.dropLast() : line
                if !line.hasSuffix("\\") {
                    commands.append(open)
                    open = ""
                }
            }
        }
        return commands
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Checkout.url(path), encoding: .utf8)
    }

    /// Runs a line in a folder by a shell that knows the built `tal`.
    private static func run(_ line: String, in folder: URL) throws -> RunProcess.Result {
        let script = "cd '\(folder.path)' && tal() { '\(Program.url.path)' \"$@\"; } && \(line)"
        return try RunProcess.run("/bin/sh", ["-c", script])
    }

    /// Generated videos; and real clips with labels that people gave, where they are.
    private static let clips: [DataFolder] = {
        let real = DataFolder.real.url("real_clips/falls/annotations.json")
        return FileManager.default.fileExists(atPath: real.path) ? [.invented, .real] : [.invented]
    }()

    @Test("docs/own-data.md, from a table to figures", arguments: clips)
    func ownData(clips: DataFolder) throws {
        if clips == .invented { try Self.followWithGeneratedVideos() } else { try Self.followWithRealClips() }
    }

    private static func followWithGeneratedVideos() throws {
        try TemporaryFolder.with { folder in
            let made = try Program.run([
                "generate", "demo", "--out", folder.path, "--train", "6", "--validation", "2", "--test", "0",
                "--seconds",
                "8", "--size", "48", "--quiet",
            ])
            #expect(made.status == 0)
            let original = folder.appendingPathComponent("annotations.json")
            let table = try Program.run([
                "convert", original.path, "--to", "csv", "--out", folder.appendingPathComponent("all.csv").path,
                "--quiet",
            ])
            #expect(table.status == 0)
            // A person's table has no subsets and durations.
            let rows = try String(contentsOf: folder.appendingPathComponent("all.csv"), encoding: .utf8)
                .split(separator: "\n").map { $0.split(separator: ",").prefix(4).joined(separator: ",") }
            try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("labels.csv"))
            try FileManager.default.removeItem(at: original)
            try Self.followOwnData(in: folder, training: 6, validation: 2)
        }
    }

    private static func followWithRealClips() throws {
        let clips = SharedData.url("data/real_clips/falls")
        let set = try AnnotationSet(contentsOf: clips.appendingPathComponent("annotations.json").path)
        // Short ones: this is about every command, and not about the figures of eight videos.
        let chosen = set.videos.filter { ($0.duration ?? 60) < 9 && $0.id != "s3_Fall_16" }.prefix(8)
        try #require(chosen.count == 8)
        try TemporaryFolder.with { folder in
            let videos = folder.appendingPathComponent("videos")
            try FileManager.default.createDirectory(at: videos, withIntermediateDirectories: true)
            var rows = ["video,start,end,label"]
            for video in chosen {
                try FileManager.default.createSymbolicLink(
                    at: videos.appendingPathComponent(video.id + ".mp4"),
                    withDestinationURL: clips.appendingPathComponent("videos/\(video.id).mp4"))
                rows += video.segments.map { "\(video.id).mp4,\($0.segment.start),\($0.segment.end),\($0.label)" }
            }
            try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("labels.csv"))
            try Self.followOwnData(in: folder, training: 6, validation: 2)
        }
    }

    /// Runs every command of the page in a folder with `videos` and `labels.csv`.
    private static func followOwnData(in folder: URL, training: Int, validation: Int) throws {
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("configs"), withDestinationURL: Checkout.url("configs"))
        let page = try Self.text("docs/own-data.md")
        let yaml = try #require(page.range(of: "```yaml\n")).upperBound
        let end = try #require(page.range(of: "```", range: yaml..<page.endIndex)).lowerBound
        try Data(page[yaml..<end].utf8).write(to: folder.appendingPathComponent("protocol.yaml"))
        let commands = Self.commands(page[...])
        #expect(commands.count == 12)
        for command in commands {
            let run = try Self.run(command, in: folder)
            #expect(run.status == 0, "\(command): \(run.output) \(run.errors)")
            if command.hasPrefix("tal evaluate"), command.contains("detections") {
                #expect(run.output.contains("average"))
            }
        }
        let split = try AnnotationSet(contentsOf: folder.appendingPathComponent("annotations.json").path)
        #expect(try split.subset("training").videos.count == training)
        #expect(try split.subset("validation").videos.count == validation)
        let picture = try String(contentsOf: folder.appendingPathComponent("labels.svg"), encoding: .utf8)
        #expect(picture.hasPrefix("<svg") && picture.contains("segments of each class"))
    }

    /// A data set of made features with names as published, one video a class and subset.
    private static func write(
        _ folder: URL, features: String, channels: Int, length: Int, prefix: String,
        ids: [(id: String, subset: String)],
        _ annotations: String, duration: Double
    ) throws {
        let store = folder.appendingPathComponent(features)
        try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
        var videos: [String] = []
        for (index, video) in ids.enumerated() {
            let values = (0..<(length * channels)).map { Float(($0 * 31 + index * 7) % 13) / 13 }
            try NpyFile.write(
                Tensor(values, shape: [length, channels]),
                to: store.appendingPathComponent("\(prefix)\(video.id).npy").path)
            let half = duration / 2
            videos.append(
                """
                "\(video.id)": {"subset": "\(video.subset)", "duration": \(duration), "fps": 30.0, "annotations": [
                  {"segment": [1.0, \(half)], "label": "jump", "label_id": 0},
                  {"segment": [\(half + 1), \(duration - 1)], "label": "run", "label_id": 1}]}
                """)
        }
        try Data("{\"version\": \"1\", \"database\": {\(videos.joined(separator: ", "))}}".utf8)
            .write(to: folder.appendingPathComponent(annotations))
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("configs"), withDestinationURL: Checkout.url("configs"))
    }

    /// The commands of the first block of a section of the README.
    private static func section(_ title: String) throws -> [String] {
        let page = try text("README.md")
        let start = try #require(page.range(of: "\n## \(title)\n")).upperBound
        let open = try #require(page.range(of: "```sh\n", range: start..<page.endIndex)).lowerBound
        let close = try #require(page.range(of: "\n```\n", range: page.index(open, offsetBy: 6)..<page.endIndex))
            .upperBound
        return commands(page[open..<close])
    }

    @Test("the README's section on THUMOS14, with the names of its files, and --dataset in place of what it says")
    func thumos() throws {
        try TemporaryFolder.with { folder in
            try Self.write(
                folder, features: "i3d", channels: 16, length: 90, prefix: "",
                ids: [
                    ("video_validation_0000051", "Validation"), ("video_validation_0000052", "Validation"),
                    ("video_test_0000004", "Test"),
                ], "thumos14.json", duration: 12.4)
            let small =
                " --set training.epochs=1 --set actionformer.channels=16 --set actionformer.neck_channels=16"
                + " --set actionformer.head_channels=16 --set actionformer.maximum_length=576"
            let commands = try Self.section("THUMOS14")
            #expect(commands.count == 4)
            for command in commands {
                let run = try Self.run(command + (command.hasPrefix("tal train") ? small : ""), in: folder)
                #expect(run.status == 0, "\(command): \(run.errors)")
            }
            // The same without a grid, subsets or protocol: the manifest knows them.
            try FileManager.default.removeItem(at: folder.appendingPathComponent("i3d/grid.json"))
            for command in [
                "tal check --annotations thumos14.json --features i3d --dataset thumos14 --allow duration",
                "tal train --config configs/heads/actionformer-thumos14-i3d.yaml --features i3d --annotations thumos14.json "
                    + "--dataset thumos14 --out runs/second" + small,
                "tal detect --model runs/second --features i3d --annotations thumos14.json --dataset thumos14 --out d.json",
                "tal evaluate --ground-truth thumos14.json --predictions d.json --dataset thumos14",
            ] {
                let run = try Self.run(command, in: folder)
                #expect(run.status == 0, "\(command): \(run.output) \(run.errors)")
            }
            let found = try DetectionFile.read(folder.appendingPathComponent("d.json").path)
            #expect(found.detections.videos == ["video_test_0000004"])
        }
    }

    @Test("the README's section on ActivityNet, with the names of its files")
    func activityNet() throws {
        try TemporaryFolder.with { folder in
            try Self.write(
                folder, features: "tsp", channels: 16, length: 40, prefix: "v_",
                ids: [("aaaaaaaaaa1", "training"), ("aaaaaaaaaa2", "training"), ("aaaaaaaaaa3", "validation")],
                "activitynet.json", duration: 43)
            try Data(#"{"class": ["jump", "run"], "results": {"aaaaaaaaaa3": [0.75, 0.25]}}"#.utf8)
                .write(to: folder.appendingPathComponent("cuhk.json"))
            let small =
                " --set training.epochs=1 --set actionformer.channels=16 --set actionformer.neck_channels=16"
                + " --set actionformer.head_channels=16"
            let commands = try Self.section("ActivityNet 1.3")
            #expect(commands.count == 4)
            for command in commands {
                let run = try Self.run(command + (command.hasPrefix("tal train") ? small : ""), in: folder)
                #expect(run.status == 0, "\(command): \(run.errors)")
            }
        }
    }
}
