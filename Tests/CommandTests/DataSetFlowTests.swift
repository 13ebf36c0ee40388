import Annotations
import Features
import Files
import Foundation
import Tensors
import TestSupport
import Testing

/// Data sets as they are published, from their files to the metric: real annotations of a few short videos, and features that are made
/// from these annotations, in the layout and under the names of the published ones.
@Suite("Data sets from published files to the metric", .enabled(if: SharedData.isPresent))
struct DataSetFlowTests {
    /// Features that show each of the first classes in a channel of its own, under a little noise.
    private static func features(
        of video: AnnotatedVideo, duration: Double, labels: [String], rate: Double, stride: Double, window: Double
    ) -> Tensor {
        let length = max(1, Int((duration * rate - window) / stride) + 1), channels = labels.count
        var random = RandomGenerator(seed: 7)
        var values = (0..<(length * channels)).map { _ in Float.random(in: 0..<0.1, using: &random) }
        for item in video.segments {
            guard let channel = labels.firstIndex(of: item.label) else { continue }
            for row in 0..<length {
                let time = (Double(row) * stride + window / 2) / rate
                if time >= item.segment.start, time < item.segment.end { values[row * channels + channel] = 1 }
            }
        }
        return Tensor(values, shape: [length, channels])
    }

    /// The arguments of a small head that learns such features in seconds.
    private static func training(_ protocolName: String, epochs: Int, length: Int) -> [String] {
        [
            "--config", Checkout.url("configs/heads/actionformer-demo.yaml").path, "--set", "training.epochs=\(epochs)",
            "--set", "training.evaluation_protocol=\(protocolName)", "--set", "actionformer.dropout=0",
            "--set", "actionformer.maximum_length=\(length)", "--set", "actionformer.channels=32",
            "--set", "actionformer.neck_channels=32", "--set", "actionformer.head_channels=32", "--quiet",
        ]
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        let run = try Program.run(arguments)
        #expect(run.status == 0, "tal \(arguments.joined(separator: " ")): \(run.output) \(run.errors)")
        return run.output
    }

    /// The average of the table that `tal evaluate` prints, in percent.
    private static func average(_ arguments: [String]) throws -> Double {
        let output = try run(["evaluate"] + arguments)
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("average") })
        return try #require(Double(line.split(separator: " ")[1]))
    }

    /// Trains, detects and evaluates by a manifest.
    private static func flow(
        in folder: URL, annotations: String, features: String, dataset: String, protocolName: String, epochs: Int,
        length: Int
    ) throws -> Double {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let data = ["--annotations", path(annotations), "--features", path(features), "--dataset", dataset]
        try run(["train"] + data + training(protocolName, epochs: epochs, length: length) + ["--out", path("run")])
        try run(["detect", "--model", path("run")] + data + ["--out", path("found.json"), "--quiet"])
        return try average([
            "--ground-truth", path(annotations), "--predictions", path("found.json"), "--protocol", protocolName,
        ])
    }

    // MARK: - EPIC-Kitchens-100

    /// The rows of some videos of an official table.
    private static func rows(of videos: [String], in file: String) throws -> String {
        let bytes = try ByteSource.contents(of: SharedData.url("data/annotations/epic_kitchens_100/\(file)").path)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let kept = lines.dropFirst().filter { line in videos.contains { line.contains(",\($0),") } }
        return ([lines[0]] + kept).joined(separator: "\n") + "\n"
    }

    @Test("EPIC-Kitchens-100: the csv files, SlowFast npz, verbs by a head, and the challenge's submission")
    func epic() throws {
        let parts = [
            (
                "train", "EPIC_100_uda_source_train.csv.gz",
                ["P02_05", "P26_12", "P11_10", "P26_07", "P11_07", "P26_06", "P11_14"]
            ),
            ("validation", "EPIC_100_validation.csv.gz", ["P03_21", "P03_25", "P11_21"]),
        ]
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try FileManager.default.createDirectory(atPath: path("slowfast"), withIntermediateDirectories: true)
            let table = "EPIC_100_video_info.csv"
            try FileManager.default.copyItem(
                atPath: SharedData.url("data/annotations/epic_kitchens_100/\(table)").path, toPath: path(table))
            for (name, file, videos) in parts {
                let csv = path("EPIC_100_\(name).csv")
                try Data(Self.rows(of: videos, in: file).utf8).write(to: URL(fileURLWithPath: csv))
                let set = try AnnotationSet(contentsOf: csv, labelField: .verb).completed(byTable: path(table))
                #expect(set.videos.count == videos.count)
                for video in set.videos {
                    let array = Self.features(
                        of: video, duration: try #require(video.duration), labels: (0..<12).map(String.init), rate: 30,
                        stride: 16, window: 32)
                    let file = path("slowfast/\(video.id).npz")
                    try AtomicFile.write(NpzFile.data([("feats", array)], path: file), to: file)
                }
            }
            try Self.run([
                "convert", "training=" + path("EPIC_100_train.csv"), "validation=" + path("EPIC_100_validation.csv"),
                "--label", "verb", "--video-table", path(table), "--to", "activitynet", "--out", path("verbs.json"),
                "--quiet",
            ])
            let found = try Self.flow(
                in: folder, annotations: "verbs.json", features: "slowfast", dataset: "epic-kitchens-100/slowfast",
                protocolName: "epic-kitchens-100-verb", epochs: 20, length: 192)
            #expect(found > 8, "\(found) % of what guessing would not reach")
            let official = ["--ground-truth", path("EPIC_100_validation.csv")]
            // The same by the official file, which names its classes by the same numbers.
            let again = try Self.average(
                official + ["--predictions", path("found.json"), "--protocol", "epic-kitchens-100-verb"])
            #expect(abs(again - found) < 0.01)
            // The truth as a submission to the challenge is right for verbs, nouns and pairs.
            let truth = try CSVTable(
                path: "", bytes: ByteSource.contents(of: path("EPIC_100_validation.csv")))
            let columns = try ["video_id", "start_timestamp", "stop_timestamp", "verb_class", "noun_class"].map {
                try #require(truth.column($0))
            }
            var results: [String: [String]] = [:]
            for row in truth.rows {
                func seconds(_ text: String) -> Double {
                    text.split(separator: ":").reduce(0) { $0 * 60 + (Double($1) ?? .nan) }
                }
                let (verb, noun) = (row[columns[3]], row[columns[4]])
                results[row[columns[0]], default: []].append(
                    """
                    {"verb": \(verb), "noun": \(noun), "action": "\(verb),\(noun)", "score": 0.5, \
                    "segment": [\(seconds(row[columns[1]])), \(seconds(row[columns[2]]))]}
                    """)
            }
            let text = results.map { "\"\($0.key)\": [\($0.value.joined(separator: ", "))]" }.joined(separator: ", ")
            let submission =
                #"{"version": "0.2", "challenge": "action_detection", "sls_pt": 2, "sls_tl": 3, "sls_td": 3, "results": {\#(text)}}"#
            try Data(submission.utf8).write(to: folder.appendingPathComponent("submission.json"))
            for kind in ["verb", "noun", "action"] {
                let value = try Self.average(
                    official + ["--predictions", path("submission.json"), "--protocol", "epic-kitchens-100-\(kind)"])
                #expect(value == 100, "\(kind)")
            }
        }
    }

    // MARK: - THUMOS14 and ActivityNet

    /// The entries of some videos, as the file has them.
    private static func write(_ ids: [String], of file: String, to target: String) throws {
        let bytes = try ByteSource.contents(of: SharedData.url("data/annotations/\(file)").path)
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let database = try #require(whole["database"] as? [String: Any])
        let kept = database.filter { ids.contains($0.key) }
        try #require(kept.count == ids.count)
        try JSONSerialization.data(
            withJSONObject: ["version": whole["version"] ?? "", "database": kept], options: .sortedKeys
        )
        .write(to: URL(fileURLWithPath: target))
    }

    @Test("THUMOS14: ActionFormer's json, I3D npy at the rate of each video")
    func thumos() throws {
        let classes = ["FrisbeeCatch", "SoccerPenalty", "VolleyballSpiking", "BaseballPitch"]
        let all = try AnnotationSet(contentsOf: SharedData.url("data/annotations/thumos14/thumos14.json.gz").path)
        func short(_ subset: String, _ count: Int) throws -> [AnnotatedVideo] {
            try all.subset(subset).videos.filter { video in
                video.duration ?? 1000 < 60 && video.segments.allSatisfy { classes.contains($0.label) }
            }.sorted { $0.id < $1.id }.prefix(count).map { $0 }
        }
        let videos = try short("Validation", 10) + short("Test", 4)
        try #require(videos.count == 14)
        try TemporaryFolder.with { folder in
            let store = folder.appendingPathComponent("i3d_features")
            try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
            try Self.write(
                videos.map(\.id), of: "thumos14/thumos14.json.gz",
                to: folder.appendingPathComponent("thumos14.json").path)
            for video in videos {
                let array = Self.features(
                    of: video, duration: try #require(video.duration), labels: classes,
                    rate: try #require(video.framesPerSecond), stride: 4, window: 16)
                try NpyFile.write(array, to: store.appendingPathComponent(video.id + ".npy").path)
            }
            let found = try Self.flow(
                in: folder, annotations: "thumos14.json", features: "i3d_features", dataset: "thumos14",
                protocolName: "thumos14-actionformer-212", epochs: 12, length: 576)
            #expect(found > 30, "\(found)")
        }
    }

    @Test("ActivityNet 1.3: the official layout, TSP npy called v_ID")
    func activityNet() throws {
        let file = "activitynet/activitynet_v1-3_merged.json.gz"
        let all = try AnnotationSet(contentsOf: SharedData.url("data/annotations/" + file).path)
        let classes = ["Archery", "Zumba", "Ping-pong"]
        func some(_ subset: String, _ count: Int) throws -> [AnnotatedVideo] {
            try classes.flatMap { label in
                try all.subset(subset).videos.filter { video in
                    !video.segments.isEmpty && video.segments.allSatisfy { $0.label == label }
                }.sorted { $0.id < $1.id }.prefix(count)
            }
        }
        let videos = try some("training", 6) + some("validation", 2)
        try #require(videos.count == 24)
        try TemporaryFolder.with { folder in
            let store = folder.appendingPathComponent("tsp_features")
            try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
            try Self.write(videos.map(\.id), of: file, to: folder.appendingPathComponent("anet.json").path)
            for video in videos {
                let array = Self.features(
                    of: video, duration: try #require(video.duration), labels: classes, rate: 15, stride: 16, window: 16
                )
                try NpyFile.write(array, to: store.appendingPathComponent("v_\(video.id).npy").path)
            }
            let found = try Self.flow(
                in: folder, annotations: "anet.json", features: "tsp_features", dataset: "activitynet-1.3/tsp",
                protocolName: "activitynet-1.3", epochs: 20, length: 288)
            #expect(found > 15, "\(found)")
        }
    }
}
