import Annotations
import Features
import Foundation
import Localization
import Networks
import SViLM
import Tensors
import TestSupport
import Testing

@Suite("Finding by words and adapting, as commands")
struct FindCommandTests {
    private static let model = Checkout.url("models/svilm-tiny").path

    private static func tal(_ arguments: [String]) throws -> RunProcess.Result {
        try Program.run(arguments + ["--quiet"])
    }

    private static func generate(_ folder: URL, videos: Int) throws -> String {
        let path = folder.appendingPathComponent("demo").path
        let made = try tal([
            "generate", "demo", "--out", path, "--train", "\(videos)", "--validation", "0", "--test", "0", "--seconds",
            "6",
            "--size", "64",
        ])
        #expect(made.status == 0, "\(made.errors)")
        return path + "/videos"
    }

    @Test("several texts in several videos, from files and from features, with the same answer")
    func find() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let videos = try Self.generate(folder, videos: 2)
            let texts = ["a shape is spinning", "a shape is blinking"]
            let found = try Self.tal(["find", videos] + texts + ["--encoder", Self.model, "--json", path("a.json")])
            #expect(found.status == 0, "\(found.errors)")
            #expect(found.output.contains("a shape is"))
            let file = try DetectionFile.read(path("a.json")).detections
            #expect(file.videos.count == 2 && Set(file.labels).isSubset(of: texts))

            let extracted = try Self.tal([
                "extract", videos, "--encoder", Self.model + "/encoder.yaml", "--out", path("f.h5"),
            ])
            #expect(extracted.status == 0, "\(extracted.errors)")
            try Data(texts.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("texts.txt"))
            let stored = try Self.tal([
                "find", "--text", "@" + path("texts.txt"), "--features", path("f.h5"), "--model", Self.model, "--json",
                path("b.json"), "--curves", path("b.curves.h5"),
            ])
            #expect(stored.status == 0, "\(stored.errors)")
            let curves = try ScoreCurveFile(path: path("b.curves.h5"))
            #expect(curves.content == ScoreCurveContent(kind: .similarities, classes: texts, model: "svilm-tiny"))
            #expect(curves.videos == file.videos.sorted())
            for video in curves.videos {
                let found = try curves.curves(of: video), features = try FeatureSources.open(path("f.h5"))
                #expect(try found.features.shape == [features.header(for: video).length, 2])
                #expect(found.features.elements.allSatisfy { abs($0) <= 1 })
            }
            #expect(
                try Data(contentsOf: folder.appendingPathComponent("a.json"))
                    == Data(contentsOf: folder.appendingPathComponent("b.json")))

            let strict = try Self.tal([
                "find", texts[0], "--features", path("f.h5"), "--model", Self.model, "--min-score", "99",
            ])
            #expect(strict.status == 0 && strict.output.contains("no detections"))
        }
    }

    @Test("calls that name no text, no video, or a model without words")
    func refused() throws {
        let calls: [(arguments: [String], words: String)] = [
            (["find", "a cat", "--encoder", Self.model], "give either video files or --features"),
            (["find", "a.mp4", "--encoder", Self.model], "say what to look for"),
            (["find", "a.mp4", "a circle", "--encoder", Self.model], "no such file"),
            (["find", "a.mp4", "a cat", "--encoder", "clip-base-16"], "its weights are needed"),
            (
                ["find", "a.mp4", "a cat", "--encoder", Checkout.url("configs/encoders/frame-difference.yaml").path],
                "no text encoder"
            ),
        ]
        for (arguments, words) in calls {
            let run = try Self.tal(arguments)
            #expect(run.status != 0 && run.errors.contains(words), "\(arguments): \(run.errors)")
        }
    }

    @Test("features of CLIP are found in, named and ranked by its own words")
    func clip() throws { try Fixture.withEncoder("clip/hf") { try Self.findsWithWords(of: $0.path) } }

    private static func findsWithWords(of clip: String) throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let videos = try Self.generate(folder, videos: 2)
            let rules = """
                name: test
                frame_rate: 2
                stride_frames: 1
                window_frames: 1
                frames: 1
                preprocessing: {library: pillow, shorter_side: 48, crop_size: 48, crop_offset: even}
                feature: FEATURE
                """
            for feature in ["image_embeds", "pooled"] {
                try Data(rules.replacingOccurrences(of: "FEATURE", with: feature).utf8).write(
                    to: folder.appendingPathComponent(feature + ".yaml"))
                let extracted = try Self.tal([
                    "extract", videos, "--encoder", clip, "--protocol", path(feature + ".yaml"), "--out",
                    path(feature + ".h5"),
                ])
                #expect(extracted.status == 0, "\(extracted.errors)")
            }
            let found = try Self.tal(["find", "a cat", "--features", path("image_embeds.h5"), "--encoder", clip])
            #expect(found.status == 0, "\(found.errors)")
            let ranked = try Self.tal(["retrieve", "a cat", "--model", clip, "--features", path("image_embeds.h5")])
            #expect(ranked.status == 0 && ranked.output.contains("train_0000"), "\(ranked.errors)")
            let other = try Self.tal(["find", "a cat", "--features", path("pooled.h5"), "--encoder", clip])
            #expect(other.status != 0 && other.errors.contains("only 'image_embeds'"), "\(other.errors)")
            let foreign = try Self.tal(["find", "a circle", "--features", path("pooled.h5"), "--encoder", Self.model])
            #expect(foreign.status != 0 && foreign.errors.contains("other weights"), "\(foreign.errors)")

            // A head on these features keeps weights and tokenizer, and its segments are named by words.
            let config = """
                actionformer: {maximum_length: 64, channels: 16, neck_channels: 16, head_channels: 16, heads: 2, windows: [5],
                  branch_blocks: 2, regression_ranges: [[0, 4], [4, 8], [8, 10000]]}
                training: {warmup_epochs: 1, epochs: 1, batch_size: 1, validation_subset: ""}
                """
            try Data(config.utf8).write(to: folder.appendingPathComponent("config.yaml"))
            let trained = try Self.tal([
                "train", "--config", path("config.yaml"), "--features", path("image_embeds.h5"), "--annotations",
                path("demo/annotations.json"), "--out", path("run"), "--encoder-weights", clip + "/model.safetensors",
            ])
            #expect(trained.status == 0, "\(trained.errors)")
            let named = try Self.tal([
                "detect", videos + "/train_0000.mp4", "--model", path("run"), "--labels", "a cat; a dog", "--out",
                path("d.json"),
            ])
            #expect(named.status == 0, "\(named.errors)")
            #expect(Set(try DetectionFile.read(path("d.json")).detections.labels).isSubset(of: ["a cat", "a dog"]))
        }
    }

    @Test("an encoder is adapted to a folder of videos, and its folder serves as a model")
    func adapt() throws {
        try TemporaryFolder.with { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let videos = try Self.generate(folder, videos: 6)
            let arguments = [
                "adapt", videos, "--model", Self.model, "--out", path("adapted"), "--steps", "4", "--batch-size", "4",
                "--frozen-layers", "3", "--set", "validation_clips=4", "--set", "validation_steps=2", "--set",
                "checkpoint_steps=2",
            ]
            let adapted = try Self.tal(arguments)
            #expect(adapted.status == 0, "\(adapted.errors)")
            #expect(adapted.output.contains("4 steps"))
            let model = try VideoLanguageModel.load(from: path("adapted"))
            let before = try VideoLanguageModel.load(from: Self.model)
            // The shipped weights are rounded to 16 bits, which reading undoes the same way each time.
            #expect(
                model.video.blocks[0].attentionNorm.weight.value.elements
                    == before.video.blocks[0].attentionNorm.weight.value.elements)
            let again = try Self.tal(arguments)
            #expect(again.status == 1 && again.errors.contains("--resume"))
            let found = try Self.tal(["find", videos, "a shape is spinning", "--model", path("adapted")])
            #expect(found.status == 0, "\(found.errors)")
            let few = try Self.tal(["adapt", videos + "/train_0000.mp4", "--model", Self.model, "--out", path("few")])
            #expect(few.status != 0 && few.errors.contains("at least 4"), "\(few.errors)")
        }
    }
}
