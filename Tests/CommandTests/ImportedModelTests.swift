import Annotations
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("tal import, then tal detect")
struct ImportedModelTests {
    private struct Video: Decodable {
        var name: String
        var index: Int
        var fps: Double
        var duration: Double
        var stride: Double
        var window: Double

        enum CodingKeys: String, CodingKey {
            case name = "video_id"
            case index, fps, duration
            case stride = "feat_stride"
            case window = "feat_num_frames"
        }
    }

    private struct Videos: Decodable {
        var training: [Video]
        var inference: [Video]?

        enum CodingKeys: String, CodingKey {
            case training = "train_videos"
            case inference = "inference_only_videos"
        }

        /// The videos with their part of tensor names.
        var keyed: [(key: String, video: Video)] {
            training.map { ("\($0.index)", $0) } + (inference ?? []).map { ("infer_\($0.index)", $0) }
        }
    }

    @Test(
        "a published model gives the reference's detections on npy features",
        arguments: Fixture.cases(
            full: ["thumos_like", "anet_like_fpn_abspe", "relpe_startlevel1", "conv_backbone"],
            small: ["anet_like_fpn_abspe"]))
    func detections(_ name: String) throws {
        let fixture = Fixture.reference("actionformer/\(name)")
        func path(_ file: String) -> String { fixture.appendingPathComponent(file).path }
        let videos = try JSONDecoder().decode(
            Videos.self, from: Data(contentsOf: URL(fileURLWithPath: path("videos.json"))))
        try TemporaryFolder.with { folder in
            func made(_ file: String) -> String { folder.appendingPathComponent(file).path }
            let classes = try classCount(path("config.json"))
            try Data((0..<classes).map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: made("labels.txt")))
            try writeFeatures(videos, inputs: path("inputs.safetensors"), to: made("features"))

            let imported = try Program.run([
                "import", "actionformer", "--config", path("config.json"), "--weights", path("weights.safetensors"),
                "--labels", made("labels.txt"), "--out", made("run"),
            ])
            #expect(imported.status == 0, "\(imported.errors)")
            let detected = try Program.run([
                "detect", "--model", made("run"), "--features", made("features"), "--out", made("found.json"),
                "--quiet",
            ])
            #expect(detected.status == 0, "\(detected.errors)")

            let found = Dictionary(grouping: try DetectionFile.read(made("found.json")).detections, by: \.video)
            let reference = try SafetensorsFile(path: path("inference.safetensors"))
            var rows = 0, matched = 0
            for (key, video) in videos.keyed {
                let segments = try reference.tensor(named: "v\(key)/cfg/segments").elements.map(Double.init)
                let scores = try reference.tensor(named: "v\(key)/cfg/scores").elements.map(Double.init)
                let labels = try reference.integers(named: "v\(key)/cfg/labels")
                var rest = found[video.name] ?? []
                #expect(rest.count == scores.count)
                rows += scores.count
                for index in scores.indices {
                    let match = rest.firstIndex {
                        $0.label == "\(labels[index])" && abs($0.segment.start - segments[2 * index]) < 1e-3
                            && abs($0.segment.end - segments[2 * index + 1]) < 1e-3
                            && abs($0.score - scores[index]) < 1e-5
                    }
                    guard let match else { continue }
                    rest.remove(at: match)
                    matched += 1
                }
            }
            #expect(rows > 0 && Double(matched) >= 0.99 * Double(rows), "\(matched) of \(rows)")
        }
    }

    private func classCount(_ config: String) throws -> Int {
        try #require(Fixture.json(URL(fileURLWithPath: config))["num_classes"] as? Int)
    }

    /// A folder of `VIDEO.npy` with the grid of each video.
    private func writeFeatures(_ videos: Videos, inputs: String, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = try SafetensorsFile(path: inputs)
        var grids: [String: [String: Double]] = [:]
        for (key, video) in videos.keyed {
            let features = try file.tensor(named: "feats_\(key)").transposed([1, 0])
            try NpyFile.write(features, to: folder + "/\(video.name).npy")
            grids[video.name] = [
                "fps": video.fps, "stride_frames": video.stride, "window_frames": video.window,
                "duration_seconds": video.duration,
            ]
        }
        try JSONSerialization.data(withJSONObject: grids).write(to: URL(fileURLWithPath: folder + "/grid.json"))
    }
}
