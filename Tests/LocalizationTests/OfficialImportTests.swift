import Configuration
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

@Suite("Importing models of the releases")
struct OfficialImportTests {
    /// An experiment file in the release's form, with what its authors set for THUMOS14.
    private static let experiment = """
        dataset_name: thumos
        train_split: ['validation']
        val_split: ['test']
        dataset: {
          json_file: ./data/thumos/annotations/thumos14.json,
          feat_folder: ./data/thumos/i3d_features,
          file_prefix: ~,
          file_ext: .npy,
          num_classes: 20,
          input_dim: 2048,
          feat_stride: 4,
          num_frames: 16,
          trunc_thresh: 0.5,
          crop_ratio: [0.9, 1.0],
          max_seq_len: 2304,
        }
        model: {
          fpn_type: identity,
          max_buffer_len_factor: 6.0,
          n_mha_win_size: 19,
        }
        opt: {
          learning_rate: 0.0001,
          epochs: 30,
        }
        loader: { batch_size: 2 }
        train_cfg: { init_loss_norm: 100, clip_grad_l2norm: 1.0, cls_prior_prob: 0.01, center_sample: radius }
        test_cfg: { voting_thresh: 0.7, pre_nms_topk: 2000, max_seg_num: 200, min_score: 0.001, multiclass_nms: true }
        output_folder: ./ckpt/
        """

    private func read(_ text: String) throws -> OfficialSettings {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("config.yaml")
            try Data(text.utf8).write(to: file)
            return try OfficialSettings.read(file.path)
        }
    }

    @Test("an experiment file gives the settings of the shipped THUMOS14 configuration")
    func experimentFile() throws {
        let official = try read(Self.experiment)
        let path = Checkout.url("configs/heads/actionformer-thumos14-i3d.yaml").path
        let shipped = try ConfigurationFile.load(LocalizationSettings.self, from: path)
        guard case .actionformer(var head) = official.head else {
            Issue.record("the file describes \(official.head)")
            return
        }
        #expect(head.inputChannels == [2048])
        head.inputChannels = []
        #expect(head == shipped.actionformer)
        #expect(official.window == shipped.window)
        var postProcessing = official.postProcessing
        // Voting does nothing in class-wise suppression, so the shipped file leaves it out.
        postProcessing.suppression.votingThreshold = 0
        #expect(postProcessing == shipped.postProcessing)
        #expect(official.classes == 20 && official.featureChannels == 2048)
        #expect(official.strideFrames == 4 && official.windowFrames == 16 && official.framesPerSecond == nil)
    }

    @Test("what has no counterpart is refused by name", arguments: ["fpn_type: bifpn", "n_mha_win_sizes: 19"])
    func refusedSettings(_ line: String) {
        #expect { try read("model: {\n  \(line)\n}\n") } throws: { error in
            "\(error)".contains(line.prefix { $0 != ":" })
        }
    }

    @Test("settings that do not fit together name the file")
    func inconsistentSettings() {
        #expect { try read("max_seq_len: 100\n") } throws: { error in
            "\(error)".contains("config.yaml") && "\(error)".contains("maximum_length")
        }
    }

    @Test(
        "a model in half precision becomes a run folder that gives the same scores",
        arguments: PointHeadFixture.names)
    func importedModel(_ name: String) throws {
        let fixture = try PointHeadFixture(name)
        try TemporaryFolder.with { folder in
            let official = try SafetensorsFile(path: fixture.folder.appendingPathComponent("weights.safetensors").path)
            let weights = folder.appendingPathComponent("half.safetensors").path
            try SafetensorsFile.write(
                official.names.map { (name: "module." + $0, tensor: try official.tensor(named: $0)) }, to: weights,
                as: .float16)
            let labels = folder.appendingPathComponent("labels.txt").path
            let classes = try #require(fixture.config["num_classes"] as? Int)
            try LabelFile.write((0..<classes).map { "class \($0)" }, to: labels)
            let run = RunFolder(folder.appendingPathComponent("run").path)
            _ = try OfficialImport.run(
                fixture.isTriDet ? .tridet : .actionformer,
                configuration: fixture.folder.appendingPathComponent("config.json").path, weights: weights,
                labels: labels, folder: run)
            let loaded = try run.load()
            let head = try #require(loaded.head as? any PyramidNaming)
            #expect(try loaded.settings.postProcessing == fixture.postProcessing())
            let sample = try fixture.sample(fixture.videos[0])
            let padding = head.paddedLength(for: sample.length)
            let output = try #require(head.points([sample], padding: padding))
            let reference = try #require(fixture.head().points([sample], padding: padding))
            for (ours, theirs) in zip(output.logits, reference.logits) {
                #expect(largestDifference(ours.elements, theirs.elements) < 0.02)
            }
        }
    }

    @Test("weights that do not fit leave nothing behind")
    func wrongWeights() throws {
        let fixture = try PointHeadFixture(PointHeadFixture.actionFormer[0])
        let other = try PointHeadFixture(PointHeadFixture.triDet[0])
        try TemporaryFolder.with { folder in
            let labels = folder.appendingPathComponent("labels.txt").path
            let classes = try #require(fixture.config["num_classes"] as? Int)
            try LabelFile.write((0..<classes).map { "class \($0)" }, to: labels)
            let run = RunFolder(folder.appendingPathComponent("run").path)
            #expect(throws: NetworkError.self) {
                try OfficialImport.run(
                    .actionformer,
                    configuration: fixture.folder.appendingPathComponent("config.json").path,
                    weights: other.folder.appendingPathComponent("weights.safetensors").path, labels: labels,
                    folder: run)
            }
            #expect(!run.isUsed)
            try LabelFile.write((0...classes).map { "class \($0)" }, to: labels)
            #expect {
                try OfficialImport.run(
                    .actionformer,
                    configuration: fixture.folder.appendingPathComponent("config.json").path,
                    weights: fixture.folder.appendingPathComponent("weights.safetensors").path, labels: labels,
                    folder: run)
            } throws: { "\($0)".contains("\(classes + 1) labels") }
        }
    }
}
