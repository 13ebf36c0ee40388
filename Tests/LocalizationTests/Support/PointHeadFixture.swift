import Features
import Foundation
import TestSupport

@testable import Localization

/// One case of the reference numbers of ActionFormer or TriDet, named `family/case`.
struct PointHeadFixture {
    static let actionFormer = Fixture.cases(
        full: ["thumos_like", "anet_like_fpn_abspe", "relpe_startlevel1", "conv_backbone"],
        small: ["anet_like_fpn_abspe"]
    ).map { "actionformer/\($0)" }
    static let triDet = Fixture.cases(full: ["thumos_like", "anet_like", "plain_head"], small: ["thumos_like"])
        .map { "tridet/\($0)" }
    static let names = actionFormer + triDet

    struct Video {
        /// The video's part of tensor names: an index, or `infer_` and an index.
        let key: String
        let name: String
        let length: Int
        let duration: Double
        let grid: SnippetGrid
    }

    let folder: URL
    let isTriDet: Bool
    let config: [String: Any]
    let expected: [String: Any]
    let videos: [Video]
    let inferenceVideos: [Video]

    init(_ name: String) throws {
        folder = Fixture.reference(name)
        isTriDet = name.hasPrefix("tridet/")
        config = try Fixture.json(folder.appendingPathComponent("config.json"))
        expected = try Fixture.json(folder.appendingPathComponent("expected.json"))
        let object = try Fixture.json(folder.appendingPathComponent("videos.json"))
        func videos(_ key: String, prefix: String) -> [Video] {
            ((object[key] as? [[String: Any]]) ?? []).compactMap { item in
                guard let index = item["index"] as? Int, let name = item["video_id"] as? String,
                    let length = item["T"] as? Int, let duration = item["duration"] as? NSNumber,
                    let fps = item["fps"] as? NSNumber, let stride = item["feat_stride"] as? NSNumber,
                    let window = item["feat_num_frames"] as? NSNumber
                else { return nil }
                let grid = SnippetGrid(
                    frameRateNumerator: Int((fps.doubleValue * 1000).rounded()), frameRateDenominator: 1000,
                    strideFrames: stride.doubleValue, windowFrames: window.doubleValue)
                return Video(
                    key: prefix + "\(index)", name: name, length: length, duration: duration.doubleValue, grid: grid)
            }
        }
        self.videos = videos("train_videos", prefix: "")
        inferenceVideos = videos("inference_only_videos", prefix: "infer_")
    }

    func tensors(_ name: String) throws -> TensorFile {
        try TensorFile(folder.appendingPathComponent("\(name).safetensors"))
    }

    func segments(of index: Int) throws -> [GridSegment] {
        let inputs = try tensors("inputs")
        let bounds = try inputs.values("segments_\(index)")
        return try inputs.integers("labels_\(index)").enumerated().map { item, label in
            GridSegment(start: bounds[2 * item], end: bounds[2 * item + 1], label: label)
        }
    }

    /// The post-processing of the case with `changes` to its test settings.
    func postProcessing(changes: [String: Any] = [:]) throws -> PostProcessingSettings {
        let test = (config["test_cfg"] as? [String: Any] ?? [:]).merging(changes) { $1 }
        func number(_ key: String) -> Float { (test[key] as? NSNumber)?.floatValue ?? .nan }
        var settings = PostProcessingSettings()
        settings.scoreThreshold = number("pre_nms_thresh")
        settings.proposalsPerLevel = Int(number("pre_nms_topk"))
        settings.minimumLength = number("duration_thresh")
        switch test["nms_method"] as? String {
        case "soft": settings.suppression.method = .gaussian
        case "hard": settings.suppression.method = .hard
        default: settings.suppression.method = .none
        }
        settings.suppression.overlapThreshold = number("iou_threshold")
        settings.suppression.minimumScore = number("min_score")
        settings.suppression.maximumSegments = Int(number("max_seg_num"))
        settings.suppression.sigma = number("nms_sigma")
        settings.suppression.classWise = test["multiclass_nms"] as? Bool == true
        settings.suppression.votingThreshold = number("voting_thresh")
        settings.suppression.votingWeight = isTriDet ? .score : .scoreAndOverlap
        return settings
    }
}
