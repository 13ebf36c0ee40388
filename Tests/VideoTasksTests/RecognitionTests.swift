import Annotations
import Files
import Foundation
import ModelSupport
import Tensors
import TestSupport
import Testing
import Video

@testable import Networks
@testable import SViLM
@testable import VideoTasks

@Suite("Recognition by a linear probe")
struct RecognitionTests {
    @Test("classes that a plane separates are told apart, whatever the scale of the features")
    func separable() throws {
        var generator = RandomGenerator(seed: 1)
        func samples(_ count: Int) -> (Tensor, [String]) {
            let labels = (0..<count).map { ["left", "right", "up"][$0 % 3] }
            let rows = labels.map { label in
                let noise = Tensor.normal([4], using: &generator) * 0.3
                let centre: [Float] =
                    label == "left" ? [1, 0, 0, 0] : label == "right" ? [-1, 0, 0, 0] : [0, 2, 0, 0]
                return (noise + Tensor(centre)) * Tensor([1, 100, 0.01, 1]) + 7
            }
            return (.stacked(rows), labels)
        }
        let (training, labels) = samples(90)
        let (test, wanted) = samples(60)
        let probe = try LinearProbe(features: training, labels: labels)
        #expect(probe.labels == ["left", "right", "up"])
        let accuracy = probe.accuracy(test, labels: wanted)
        #expect(accuracy.top1 > 0.95)
        #expect(accuracy.top5 == 1)
        #expect(accuracy.samples == 60)
    }

    @Test("features that never change earn nothing, and labels unknown to training are never right")
    func nothingToLearn() throws {
        let probe = try LinearProbe(features: .ones([4, 3]), labels: ["a", "b", "a", "b"])
        #expect(probe.accuracy(.ones([2, 3]), labels: ["a", "b"]).top1 == 0)
        #expect(probe.accuracy(.ones([1, 3]), labels: ["c"]).top5 == 0)
    }

    @Test("JSON lines give labelled videos, bad lines are listed")
    func jsonLines() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("training.jsonl").path
            let text =
                "{\"video\": \"videos/a.mp4\", \"action\": \"spinning\", \"caption\": \"x\"}\n{\"video\": \"b.mp4\"}\n"
                + "{\"video\": \"/c.mp4\", \"label\": \"resting\"}\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let videos = try LabelledVideos(path: path, part: .training)
            #expect(
                videos.items == [
                    .init(path: folder.path + "/videos/a.mp4", label: "spinning"),
                    .init(path: "/c.mp4", label: "resting"),
                ])
            #expect(videos.failures.map(\.video) == ["\(path), line 2"])
        }
    }

    @Test("lists of UCF101 take the folder as label")
    func ucf101() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("trainlist01.txt").path
            let text = "ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1\nArchery/v_Archery_g08_c02.avi 3\r\nodd\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let videos = try LabelledVideos(path: path, root: "/ucf", part: .training)
            #expect(
                videos.items == [
                    .init(path: "/ucf/ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi", label: "ApplyEyeMakeup"),
                    .init(path: "/ucf/Archery/v_Archery_g08_c02.avi", label: "Archery"),
                ])
            #expect(videos.failures.count == 1)
        }
    }

    @Test("splits of HMDB51 give the videos of one part and leave the unused out")
    func hmdb51() throws {
        try TemporaryFolder.with { folder in
            let text = "a.avi 1 \nb.avi 2 \nc.avi 0 \n"
            try Data(text.utf8).write(to: folder.appendingPathComponent("brush_hair_test_split1.txt"))
            try Data(text.utf8).write(to: folder.appendingPathComponent("brush_hair_test_split2.txt"))
            let training = try LabelledVideos(path: folder.path, root: "/hmdb", part: .training)
            #expect(training.items == [.init(path: "/hmdb/a.avi", label: "brush_hair")])
            let test = try LabelledVideos(path: folder.path, root: "/hmdb", part: .test)
            #expect(test.items == [.init(path: "/hmdb/b.avi", label: "brush_hair")])
            #expect(throws: FileError.self) { try LabelledVideos(path: folder.path, part: .test, split: 3) }
        }
    }

    @Test("a list without a labelled video is an error that names it")
    func empty() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("list.txt").path
            try Data("nothing here\n".utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: FileError.self) { try LabelledVideos(path: path, part: .test) }
            #expect(error?.description.contains("list.txt") == true)
        }
    }

    /// A video of one brightness with a little change.
    static func writeVideo(_ path: String, bright: Bool) throws {
        try TestVideo.write(
            to: URL(fileURLWithPath: path), count: 16, width: 32, height: 32, rate: FrameRate(10)
        ) { frame in
            let level = UInt8((bright ? 180 : 40) + frame)
            return RGBImage(width: 32, height: 32, red: level, green: level, blue: 90)
        }
    }

    @Test("a recognizer is fitted, fine-tuned, kept and read again with the same scores")
    func recognizer() throws {
        try TemporaryFolder.with { folder in
            let items = try (0..<6).map { index in
                let path = folder.appendingPathComponent("v\(index).mp4").path
                try Self.writeVideo(path, bright: index % 2 == 0)
                return LabelledVideos.Item(path: path, label: index % 2 == 0 ? "bright" : "dark")
            }
            let encoder = VideoEncoder(SmallModel.encoder, seed: 1)
            let results = WholeVideoEncoder(encoder).encode(items.map { ($0.path, nil) })
            let features = Tensor.stacked(try results.map { try $0.get().feature })
            let recognizer = Recognizer(encoder, probe: try LinearProbe(features: features, labels: items.map(\.label)))
            #expect(recognizer.accuracy(on: items).top1 == 1)
            var settings = FineTuningSettings()
            (settings.epochs, settings.batchSize) = (2, 4)
            var epochs: [Int] = []
            try recognizer.fineTune(on: items, validation: items, settings: settings, seed: 3) {
                epochs.append($0.epoch)
            }
            #expect(epochs == [0, 1, 2])
            #expect(recognizer.accuracy(on: items).top1 == 1)

            let kept = folder.appendingPathComponent("kept").path
            try recognizer.save(to: kept)
            let read = try Recognizer.load(from: kept)
            #expect(read.labels == ["bright", "dark"])
            #expect(read.scores(features).elements == recognizer.scores(features).elements)
            #expect(read.scores(features).sum(axes: [1]).elements.allSatisfy { abs($0 - 1) < 1e-5 })
            // A video that cannot be read is left out.
            let missing = LabelledVideos.Item(path: folder.path + "/none.mp4", label: "dark")
            #expect(read.accuracy(on: items + [missing]).samples == 6)
            #expect(throws: FileError.self) { try Recognizer.load(from: folder.path) }
        }
    }

    @Test(
        "a whole video is encoded as the trained encoder does it, in bfloat16 nearly so",
        .enabled(if: InferenceModel.canRun))
    func wholeVideo() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("v.mp4").path
            try Self.writeVideo(path, bright: true)
            let configuration = InferenceModel.configuration()
            let encoder = InferenceModel.encoder(configuration, seed: 4)
            let sampler = ClipSampler(
                decoder: try VideoDecoder(path: path), clock: configuration.clock,
                shape: FrameShape(size: configuration.imageSize))
            var features: [Tensor] = [], common: [Tensor] = []
            while let clip = try sampler.next() {
                let tubelets = Tubelets(configuration)(
                    clip.pixels, frames: clip.frameCount, height: clip.height, width: clip.width)
                let encoded = encoder(.stacked([tubelets]))
                features.append(encoder.features(encoded))
                common.append(encoder.globalFeatures(encoded).l2Normalized())
            }
            let feature = Tensor.concatenated(features, axis: 0).mean(axes: [0])
            let shared = Tensor.concatenated(common, axis: 0).mean(axes: [0])
            var precisions: [(ComputePrecision, Float)] = [(.float32, 0.999999)]
            if InferenceModel.canRunHalves { precisions.append((.bfloat16, 0.999)) }
            for (precision, bound) in precisions {
                let found = try WholeVideoEncoder(encoder, precision: precision).encode(path)
                #expect(InferenceModel.cosine(found.feature, feature) > bound)
                #expect(InferenceModel.cosine(found.common, shared) > bound)
            }
        }
    }

    @Test("videos are set aside for fine-tuning only, and too few are an error that names the list")
    func parts() throws {
        let items = (0..<40).map { LabelledVideos.Item(path: "\($0)", label: $0 < 20 ? "a" : "b") }
        var training = RecognizerTraining()
        var parts = try training.parts(of: items, validation: nil, list: "list.txt")
        #expect(parts.training == items && parts.validation.isEmpty)
        training.fineTuning = FineTuningSettings()
        parts = try training.parts(of: items, validation: nil, list: "list.txt")
        #expect(parts.training.count == 36 && parts.validation.count == 4)
        parts = try training.parts(of: items, validation: [items[0]], list: "list.txt")
        #expect(parts.training == items && parts.validation == [items[0]])
        let error = #expect(throws: SViLMError.self) {
            try training.parts(of: Array(items.prefix(3)), validation: nil, list: "list.txt")
        }
        #expect(error?.description.contains("list.txt") == true)
    }

    @Test("a part of each label's videos is set aside")
    func split() {
        let items = (0..<40).map {
            LabelledVideos.Item(path: "\($0)", label: $0 < 30 ? "many" : $0 < 38 ? "few" : "rare")
        }
        var generator = RandomGenerator(seed: 1)
        let (first, second) = LabelledVideos(items: items).split(share: 0.2, using: &generator)
        #expect(second.count { $0.label == "many" } == 6)
        #expect(second.count { $0.label == "few" } == 1)
        #expect(!second.contains { $0.label == "rare" })
        #expect(Set(first + second) == Set(items) && first.count + second.count == 40)
    }
}
