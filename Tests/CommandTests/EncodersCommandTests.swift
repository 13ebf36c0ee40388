import Features
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@Suite("tal encoders, and tal extract with published ones")
struct EncodersCommandTests {
    private struct Verification: Decodable {
        struct Stage: Decodable {
            var largest: Double
            var tolerance: Double
            enum CodingKeys: String, CodingKey {
                case largest = "max_abs"
                case tolerance
            }
        }
        var passed: Bool
        var stages: [String: Stage]
    }

    @Test("verify compares every stage, prints a table and writes JSON")
    func verify() throws {
        try TemporaryFolder.with { folder in
            let source = Fixture.url("encoders/dinov2/registers"), json = folder.appendingPathComponent("v.json")
            var run = try Program.run(["encoders", "verify", source.path, "--json", json.path])
            #expect(run.status == 0)
            #expect(run.output.contains("smaller/block_1"))
            var read = try JSONDecoder().decode(Verification.self, from: Data(contentsOf: json))
            #expect(read.passed && read.stages.count == 18)
            #expect(read.stages["wide/pooled"]?.tolerance == 2e-5)
            #expect(read.stages.values.allSatisfy { $0.largest > 0 && $0.largest < 3 * $0.tolerance })

            // Another activation: the embedding is right, everything after the first block is off.
            let copy = folder.appendingPathComponent("copy")
            try FileManager.default.copyItem(at: source, to: copy)
            let file = copy.appendingPathComponent("config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(
                text.replacingOccurrences(of: "\"hidden_act\": \"gelu\"", with: "\"hidden_act\": \"quick_gelu\"").utf8
            )
            .write(to: file)
            run = try Program.run(["encoders", "verify", copy.path, "--json", json.path])
            #expect(run.status == 1)
            read = try JSONDecoder().decode(Verification.self, from: Data(contentsOf: json))
            #expect(!read.passed)
            let embed = try #require(read.stages["native/embed"]), pooled = try #require(read.stages["native/pooled"])
            #expect(embed.largest < embed.tolerance && pooled.largest > 10 * pooled.tolerance)

            run = try Program.run(["encoders", "verify", folder.appendingPathComponent("none").path])
            #expect(run.status == 1 && run.errors.contains("no such file"))
            run = try Program.run(["encoders", "verify", folder.path])
            #expect(run.status == 1 && run.errors.contains("holds no weights"))
        }
    }

    @Test("the list names every encoder, where its weights are and how it is used")
    func list() throws {
        let run = try Program.run(["encoders"])
        #expect(run.status == 0)
        for name in [
            "videomae-base", "clip-base-16", "vjepa2.1-base", "internvideo2-small", "opentad-chunk", "CC-BY-NC-4.0",
        ] {
            #expect(run.output.contains(name))
        }
    }

    @Test("a folder as downloaded is an encoder; errors say what was met and expected")
    func extract() throws {
        try TemporaryFolder.with { folder in
            let video = folder.appendingPathComponent("v.mp4"), out = folder.appendingPathComponent("f.h5").path
            let writer = try VideoWriter(path: video.path, width: 64, height: 48, frameRate: FrameRate(8))
            for frame in 0..<16 {
                try writer.append(RGBImage(width: 64, height: 48, red: UInt8(frame * 9), green: 90, blue: 200))
            }
            try writer.finish()
            let source = Fixture.url("encoders/clip/open_clip").path
            var run = try Program.run([
                "extract", video.path, "--encoder", source, "--protocol", "clip-1fps", "--out", out,
            ])
            #expect(run.status == 0, "\(run.errors)")
            let store = try FeatureStore(out)
            #expect(store.origin?.encoder == "CLIP 64x2@clip-1fps")
            let sequence = try store.sequence(for: "v")
            #expect(sequence.features.shape == [2, 48])
            #expect(
                sequence.grid
                    == SnippetGrid(
                        frameRateNumerator: 1000, frameRateDenominator: 1000, strideFrames: 1, windowFrames: 1))

            run = try Program.run(["extract", video.path, "--encoder", "clip-base-16", "--out", out])
            #expect(
                run.status == 1 && run.errors.contains("weights are needed") && run.errors.contains("huggingface.co"))
            run = try Program.run([
                "extract", video.path, "--encoder", "clip-base-16", "--weights",
                source + "/open_clip_model.safetensors",
                "--out", out,
            ])
            #expect(run.status == 1 && run.errors.contains("expected clip-base-16"))
            run = try Program.run(["extract", video.path, "--encoder", "clip-enormous", "--out", out])
            #expect(run.status == 1 && run.errors.contains("no encoder that comes with tal"))
        }
    }

    @Test("a folder that is only called as an encoder or as settings are does not hide them")
    func folderOfThatName() throws {
        try TemporaryFolder.with { folder in
            for name in ["motion", "demo", "clip-base-16"] {
                try FileManager.default.createDirectory(
                    at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
            }
            try TestVideo.writeMovingSquare(to: folder.appendingPathComponent("v.mp4"), count: 40)
            func run(_ arguments: String...) throws -> RunProcess.Result {
                try RunProcess.run(
                    "/bin/sh", ["-c", "cd \"$0\" && exec \"$@\"", folder.path, Program.url.path] + arguments)
            }
            let extracted = try run("extract", "v.mp4", "--encoder", "motion", "--out", "f.h5")
            #expect(extracted.status == 0, "\(extracted.errors)")
            let settings = try run("config", "demo")
            #expect(settings.status == 0 && settings.output.contains("an evaluation: demo"), "\(settings.errors)")
            let named = try run("extract", "v.mp4", "--encoder", "clip-base-16", "--out", "g.h5")
            #expect(named.status == 1 && named.errors.contains("its weights are needed"), "\(named.errors)")
            // One's own weights are never passed over, even where it is not clear which are meant.
            let adapted = folder.appendingPathComponent("svilm-tiny")
            try FileManager.default.copyItem(at: Checkout.url("models/svilm-tiny"), to: adapted)
            let unclear = try run("extract", "v.mp4", "--encoder", "svilm-tiny", "--out", "i.h5")
            #expect(unclear.status == 1 && unclear.errors.contains("several weight files"), "\(unclear.errors)")
            let words = try run("find", "v.mp4", "a square", "--encoder", "clip-base-16")
            #expect(words.status == 1 && words.errors.contains("its weights are needed"), "\(words.errors)")
            // What holds an encoder is one, whatever it is called.
            let snapshot = folder.appendingPathComponent("dinov2-small")
            try FileManager.default.copyItem(at: Fixture.url("encoders/clip/open_clip"), to: snapshot)
            let own = try run("extract", "v.mp4", "--encoder", "dinov2-small", "--out", "h.h5")
            #expect(own.status == 0, "\(own.errors)")
        }
    }

    @Test("a benchmark of a published encoder tells its speed; in turn, it waits for a line before each run")
    func benchmark() throws {
        try TemporaryFolder.with { folder in
            let json = folder.appendingPathComponent("b.json"),
                weights = Fixture.url("encoders/videomae/hf_pretrain").path
            let run = try Program.run(["benchmark", "published", weights, "--batch", "3", "--json", json.path])
            #expect(run.status == 0, "\(run.errors)")
            let figures = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
            #expect((figures?["clips_per_second"] as? Double ?? 0) > 0)
            #expect((figures?["processor_seconds"] as? Double ?? 0) > 0)
            #expect(figures?["batch"] as? Int == 3 && figures?["runs"] as? Int == 5)

            // No line comes: one run, then the figures.
            let paced = try Program.run(["benchmark", "published", weights, "--paced", "--json", json.path])
            #expect(paced.status == 0, "\(paced.errors)")
            let alone = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
            #expect(alone?["runs"] as? Int == 1)

            let odd = try Program.run(["benchmark", "published", weights, "--size", "30"])
            #expect(odd.status == 1 && odd.errors.contains("expected multiples of its patch"))

            let lite0 = folder.appendingPathComponent("lite0.safetensors").path
            try SafetensorsFile.write(
                EfficientNetWeights.tensors.map { (name: $0.key, tensor: $0.value) }, to: lite0)
            let small = ["benchmark", "published", lite0, "--size", "40", "--batch", "2", "--json", json.path]
            let pictures = try Program.run(small)
            #expect(pictures.status == 0, "\(pictures.errors)")
            let network = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
            #expect(network?["encoder"] as? String == "EfficientNet-Lite0" && network?["batch"] as? Int == 2)
            for wrong in [["--frames", "2"], ["--precision", "bfloat16"]] {
                let run = try Program.run(small + wrong)
                #expect(run.status == 1 && run.errors.contains("expected single frames"), "\(run.errors)")
            }
        }
    }

    @Test("a snapshot's own preprocessing that disagrees with the protocol is an error that names both")
    func processor() throws {
        try TemporaryFolder.with { folder in
            let source = folder.appendingPathComponent("snapshot")
            try FileManager.default.copyItem(at: Fixture.url("encoders/clip/open_clip"), to: source)
            try Data(#"{"size": {"shortest_edge": 336}, "do_center_crop": true, "crop_size": 336}"#.utf8)
                .write(to: source.appendingPathComponent("preprocessor_config.json"))
            let run = try Program.run([
                "extract", "v.mp4", "--encoder", source.path, "--protocol", "clip-1fps", "--out", "f.h5",
            ])
            #expect(run.status == 1)
            #expect(run.errors.contains("preprocessor_config.json: disagrees with protocol clip-1fps"))
            #expect(run.errors.contains("crop 336x336 here, 224x224 there"))
        }
    }
}
