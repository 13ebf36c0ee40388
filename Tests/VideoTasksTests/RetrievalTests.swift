import Annotations
import Evaluation
import Files
import Foundation
import ModelSupport
import Pretraining
import TestSupport
import Testing
import Video

@testable import SViLM
@testable import Tensors
@testable import VideoTasks

@Suite("Finding videos by words")
struct RetrievalTests {
    private static func model() throws -> VideoLanguageModel {
        VideoLanguageModel(
            encoder: SmallModel.encoder, text: SmallModel.settings().text,
            vocabulary: try .covering(["a red green blue square"]), seed: 3)
    }

    @Test("a query finds the video whose vector is its own, best first")
    func search() throws {
        let model = try Self.model()
        let texts = ["a red square", "a green square", "a blue square"]
        let index = RetrievalIndex(names: ["r", "g", "b"], vectors: model.embed(texts) * 3)
        let found = index.search(texts, count: 2, model: model)
        #expect(found.map { $0.first?.name } == ["r", "g", "b"])
        for matches in found {
            #expect(matches.count == 2)
            #expect(abs(matches[0].similarity - 1) < 1e-5)
            #expect(matches[0].similarity >= matches[1].similarity)
        }
    }

    @Test("each video is described by the texts that are nearest to it")
    func describe() throws {
        let model = try Self.model()
        let texts = ["a red square", "a green square", "a blue square"]
        let index = RetrievalIndex(names: ["b", "r"], vectors: model.embed([texts[2], texts[0]]))
        let found = index.describe(by: texts, count: 2, model: model)
        #expect(found.map { $0.first?.name } == [texts[2], texts[0]])
        #expect(found.allSatisfy { $0.count == 2 && $0[0].similarity >= $0[1].similarity })
        #expect(index.describe(by: [], count: 2, model: model) == [[], []])
    }

    @Test("stored features give the vector that the clips themselves give")
    func storedFeatures() throws {
        let model = try Self.model()
        let clips = Tensor.stacked(
            (0..<3).map {
                Tubelets(model.video.configuration)(SmallModel.clip($0).pixels, frames: 6, height: 32, width: 32)
            })
        let encoded = model.video(clips)
        let direct = model.video.globalFeatures(encoded).l2Normalized().mean(axes: [0]).l2Normalized()
        let stored = try RetrievalIndex.vector(ofFeatures: model.video.features(encoded), encoder: model.video)
        #expect(zip(direct.elements, stored.elements).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(throws: SViLMError.self) {
            try RetrievalIndex.vector(ofFeatures: .zeros([2, 5]), encoder: model.video)
        }
    }

    @Test("captions of one video all belong to it, and equal captions to all their videos")
    func evaluation() {
        // Videos 0 and 1 share the caption "x"; video 1 has a second one.
        let similarities = Tensor([0.1, 0.9, 0.0, 0.2, 0.8, 0.9], shape: [2, 3])
        let evaluation = RetrievalEvaluation(
            similarities: similarities, captions: ["x", "x", "y"], videoOfCaption: [0, 1, 1])
        #expect(evaluation.videoToText.recall1 == 1)
        #expect(evaluation.textToVideo.recall1 == 1)
        #expect(evaluation.videos == 2 && evaluation.captions == 3)
    }

    @Test("the layout of MSR-VTT gives videos of a split with their captions")
    func videoTextLayout() throws {
        try TemporaryFolder.with { folder in
            try Data().write(to: folder.appendingPathComponent("video7.mp4"))
            let text = """
                {"videos": [{"video_id": "video7", "split": "test"}, {"video_id": "video8", "split": "train"}],
                 "sentences": [{"video_id": "video8", "caption": "no"}, {"video_id": "video7", "caption": "one", "sen_id": 1},
                               {"video_id": "video7", "caption": "two"}]}
                """
            let path = folder.appendingPathComponent("MSRVTT.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let set = try CaptionSet(path: path, split: "test")
            #expect(set.videos.map(\.path) == [folder.appendingPathComponent("video7.mp4").path])
            #expect(set.captions == ["one", "two"])
            #expect(set.videoOfCaption == [0, 0])
            #expect(try CaptionSet(path: path).videos.count == 2)
            let error = #expect(throws: FileError.self) { try CaptionSet(path: path, split: "val") }
            #expect(error?.description.contains("test, train") == true)
        }
    }

    @Test("videos that cannot be read take their captions with them")
    func removal() {
        var set = CaptionSet(paths: ["a", "b", "c"], captions: ["1", "2", "3", "4"], videoOfCaption: [0, 1, 1, 2])
        set = set.removing(videos: [1])
        #expect(set.videos.map(\.path) == ["a", "c"])
        #expect(set.captions == ["1", "4"])
        #expect(set.videoOfCaption == [0, 1])
    }

    @Test("a video file is one vector of length 1, whatever part is asked for; a missing file is an error")
    func wholeVideos() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("v.mp4"), path = file.path
            try TestVideo.write(to: file, count: 40, width: 32, height: 32, rate: FrameRate(10)) { frame in
                let level = UInt8(frame * 5)
                return RGBImage(width: 32, height: 32, red: level, green: 255 - level, blue: 90)
            }
            let encoder = WholeVideoEncoder(try Self.model().video)
            let results = encoder.encode([(path, nil), (path, 0..<1), (folder.path + "/none.mp4", nil)])
            let whole = try results[0].get(), part = try results[1].get()
            #expect(abs(whole.common.squared().sum().scalar - 1) < 1e-4)
            #expect(whole.feature.shape == [32])
            #expect(whole.common.elements != part.common.elements)
            #expect(throws: FileError.missing(path: folder.path + "/none.mp4")) { try results[2].get() }
            #expect(throws: VideoError.beyondEnd(file: path, seconds: 9, durationSeconds: 4)) {
                try encoder.encode(path, interval: 9..<10)
            }
        }
    }
}
