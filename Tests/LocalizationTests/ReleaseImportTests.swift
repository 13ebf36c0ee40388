import Configuration
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

/// Checkpoints as the releases write them, made by `Tests/Fixtures/make-checkpoints.py`, whose averaged weights differ from the
/// others.
@Suite("Importing checkpoints of the releases")
struct ReleaseImportTests {
    /// A model and how it is imported.
    enum Kind: String, CaseIterable {
        case actionformer, tridet, gtad
        case openTADActionFormer = "opentad-actionformer"
        case openTADTriDet = "opentad-tridet"
        case openTADTemporalMaxer = "opentad-temporalmaxer"
        case openTADBMN = "opentad-bmn"
        case openTADGTAD = "opentad-gtad"

        var checkpoint: String { rawValue + (rawValue.hasPrefix("opentad") ? ".pth" : ".pth.tar") }
        var configuration: String {
            switch self {
            case .actionformer, .tridet: rawValue + ".json"
            case .gtad: "configs/gtad.yaml"
            default: "configs/\(rawValue.dropFirst("opentad-".count)).py"
            }
        }
        static let pyramids: [Kind] = [
            .actionformer, .tridet, .openTADActionFormer, .openTADTriDet, .openTADTemporalMaxer,
        ]
    }

    private static func path(_ name: String) -> String {
        Fixture.url("checkpoints/\(name)").path
    }

    /// Imports into a folder of its own and gives what it then holds.
    private func imported(
        _ kind: Kind, weights: String? = nil, configuration: String? = nil,
        check: (RunFolder) throws -> Void = { _ in }
    ) throws -> TrainedModel {
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let labels = folder.appendingPathComponent("labels.txt").path
            try LabelFile.write(["run", "jump", "throw"], to: labels)
            let weights = weights ?? Self.path(kind.checkpoint)
            let configuration = configuration ?? Self.path(kind.configuration)
            defer { #expect(throws: Never.self) { try check(run) } }
            switch kind {
            case .actionformer, .tridet:
                _ = try OfficialImport.run(
                    kind == .tridet ? .tridet : .actionformer, configuration: configuration, weights: weights,
                    labels: labels, folder: run)
            case .gtad:
                let settings = try ConfigurationFile.load(LocalizationSettings.self, from: configuration)
                _ = try GTADImport.run(settings: settings, weights: weights, folder: run)
            default:
                _ = try OpenTADImport.run(
                    configuration: configuration, weights: weights,
                    labels: kind == .openTADBMN || kind == .openTADGTAD ? nil : labels,
                    folder: run)
            }
            return try run.load()
        }
    }

    @Test("heads on a pyramid compute what PyTorch does with the averaged weights", arguments: Kind.pyramids)
    func pyramids(_ kind: Kind) throws {
        let model = try imported(kind)
        #expect(model.labels == ["run", "jump", "throw"])
        let file = try SafetensorsFile(path: Self.path("\(kind.rawValue).safetensors"))
        let sample = Sample(
            video: "v", features: try file.tensor(named: "features"), grid: TemporalMaxerTests.grid)
        let head = try #require(model.head as? any PyramidNaming)
        let batch = SequenceBatch([sample], padding: head.paddedLength(for: sample.length))
        let output = head.forward(batch, on: nil)
        let trident = output as? TriDet.Output
        let points = try #require(trident?.points ?? output as? PointPredictions)
        for level in points.masks.indices {
            let count = points.masks[level].lengths[0]
            func compare(_ name: String, _ ours: Tensor, rows: Int) throws {
                let expected = try file.tensor(named: "\(name)\(level)")
                let difference = largestDifference(
                    ours.slice(axis: 1, 0..<rows).elements, expected.slice(axis: 0, 0..<rows).elements)
                #expect(difference < 2e-5, "\(name) of level \(level): \(difference)")
            }
            try compare("logits", points.logits[level], rows: count)
            try compare("offsets", points.offsets[level], rows: count)
            // Boundaries beyond the last position count too.
            if let trident {
                try compare("starts", trident.starts[level], rows: points.masks[level].paddedLength)
                try compare("ends", trident.ends[level], rows: points.masks[level].paddedLength)
            }
        }
    }

    @Test("BMN of OpenTAD computes what PyTorch does with the averaged weights")
    func bmn() throws {
        let model = try imported(.openTADBMN)
        let file = try SafetensorsFile(
            path: Fixture.url("heads/bmn.safetensors").path)
        let features = try file.tensor(named: "features").transposed([0, 2, 1]).slice(axis: 0, 0..<1)
        let sample = Sample(video: "v", features: features.reshaped([12, 6]), grid: TemporalMaxerTests.grid)
        let head = try #require(model.head as? BMN)
        let output = head.forward(SequenceBatch([sample], padding: head.paddedLength(for: 12)), on: nil)
        let expected = try file.tensor(named: "regressed").slice(axis: 0, 0..<1).elements
        #expect(largestDifference(output.overlaps.slice(axis: 3, 0..<1).elements, expected) < 1e-5)
        #expect(!head.settings.boundaryScores && model.settings.classAgnostic)
        #expect(model.settings.postProcessing.fusion.formula == .product)
    }

    @Test("every weight of G-TAD is the averaged one")
    func gtad() throws {
        let model = try imported(.gtad)
        let head = try #require(model.head as? GTAD)
        let sums = try SafetensorsFile(path: Self.path("gtad.safetensors"))
        #expect(head.officialParameters.count == sums.names.count)
        for official in head.officialParameters {
            let sum = official.parameter.value.elements.reduce(0) { $0 + Double($1) }
            #expect(abs(sum - Double(try sums.tensor(named: official.name)[0])) < 1e-4, "\(official.name)")
        }
    }

    @Test("every weight of G-TAD of OpenTAD is the averaged one, and its outputs are swapped")
    func openTADGTAD() throws {
        let model = try imported(.openTADGTAD)
        let head = try #require(model.head as? GTAD)
        let sums = try SafetensorsFile(path: Self.path("opentad-gtad.safetensors"))
        #expect(head.openTADParameters.count == sums.names.count - 1)
        for official in head.openTADParameters {
            let sum = official.parameter.value.elements.reduce(0) { $0 + Double($1) }
            #expect(abs(sum - Double(try sums.tensor(named: official.name)[0])) < 1e-3, "\(official.name)")
        }
        let output = try sums.tensor(named: "output").elements
        #expect(head.output.bias?.value.elements == output.reversed())
        #expect(head.settings.symmetricSampling && model.settings.window.policy == .resample)
    }

    @Test("a configuration of OpenTAD becomes ours")
    func openTADSettings() throws {
        let read = try OpenTADSettings.read(Self.path("configs/actionformer.py"))
        let head = read.settings.actionformer
        #expect(head.windows == [5, 5, -1] && head.maximumLength == 16 && head.initialNormalizer == 50)
        #expect(head.conventions == .opentad && head.dropPath == 0.1 && read.classes == 3)
        #expect(read.features.strideFrames == 4 && read.features.windowFrames == 16)
        let post = read.settings.postProcessing
        #expect(
            post.suppression.sigma == 0.4 && post.suppression.maximumSegments == 150 && post.proposalsPerLevel == 2000
                && post.maximumProposals == 2000)
        let bmn = try OpenTADSettings.read(Self.path("configs/bmn.py"))
        #expect(bmn.settings.window.policy == .resample && bmn.settings.bmn.regressionWeight == 10)
    }

    // MARK: - What is refused

    private static func expectRefusal(
        _ part: String, _ body: (_ check: @escaping (RunFolder) throws -> Void) throws -> TrainedModel
    ) {
        #expect {
            try body { run in #expect(!run.isUsed, "something was written") }
        } throws: { error in
            "\(error)".contains(part)
        }
    }

    @Test("a checkpoint that runs commands is refused and runs nothing", arguments: Kind.allCases)
    func hostile(_ kind: Kind) {
        let path = Fixture.url("pytorch/hostile.pth").path
        Self.expectRefusal("calls 'posix.system'") { try imported(kind, weights: path, check: $0) }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/executed-by-pickle"))
    }

    @Test("a truncated archive is refused", arguments: Kind.allCases)
    func truncated(_ kind: Kind) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.path(kind.checkpoint)))
        try TemporaryFolder.with { folder in
            for share in [0.3, 0.9] {
                let file = folder.appendingPathComponent("cut.pth")
                try data.prefix(Int(share * Double(data.count))).write(to: file)
                Self.expectRefusal("cut.pth") { try imported(kind, weights: file.path, check: $0) }
            }
        }
    }

    /// A configuration with one text replaced, beside the files that it builds on.
    private func changed(
        _ kind: Kind, _ old: String, _ new: String, _ body: (_ configuration: String) throws -> Void
    ) throws {
        let original = URL(fileURLWithPath: Self.path(kind.configuration))
        let text = try String(contentsOf: original, encoding: .utf8)
        #expect(text.contains(old))
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent(original.lastPathComponent)
            try Data(text.replacing(old, with: new).utf8).write(to: file)
            let base = original.deletingLastPathComponent().appendingPathComponent("base")
            if FileManager.default.fileExists(atPath: base.path) {
                try FileManager.default.copyItem(at: base, to: folder.appendingPathComponent("base"))
            }
            try body(file.path)
        }
    }

    @Test(
        "weights with other shapes, and missing or surplus ones, are refused by name",
        arguments: [
            (Kind.actionformer, "\"num_classes\": 3", "\"num_classes\": 2", "labels"),
            (.actionformer, "\"head_dim\": 8", "\"head_dim\": 4", "cls_head.head.0.conv.weight"),
            (.actionformer, "\"head_num_layers\": 3", "\"head_num_layers\": 4", "cls_head.head.2.conv.weight"),
            (.actionformer, "\"head_num_layers\": 3", "\"head_num_layers\": 2", "cls_head.head.1.conv.weight"),
            (.tridet, "\"num_bins\": 4", "\"num_bins\": 5", "reg_head.offset_head.conv.weight"),
            (.gtad, "map_channels: 6", "map_channels: 5", "localization.2.weight"),
            (.gtad, "context_positions: 2", "context_positions: 3", "localization.0.weight"),
            (.openTADActionFormer, "in_channels=6", "in_channels=7", "projection.embed.0.conv.weight"),
            (.openTADTriDet, "num_convs=2", "num_convs=1", "rpn_head.cls_convs.1.conv.weight"),
            (.openTADTriDet, "num_convs=2", "num_convs=3", "rpn_head.cls_convs.2.conv.weight"),
            (.openTADTemporalMaxer, "arch=(2, 0, 2)", "arch=(3, 0, 2)", "projection.embed.2.conv.weight"),
            (.openTADTemporalMaxer, "affine=False", "affine=True", "model.neck.norm_cfg.type"),
            (.openTADGTAD, "feat_channels=6", "feat_channels=5", "head.0.0.weight"),
            (.openTADBMN, "hid_channels=6", "hid_channels=5", "reduce_dim.0.weight"),
        ])
    func misfits(_ kind: Kind, _ old: String, _ new: String, _ name: String) throws {
        try changed(kind, old, new) { configuration in
            Self.expectRefusal(name) { try imported(kind, configuration: configuration, check: $0) }
        }
    }

    @Test(
        "what of OpenTAD has no counterpart is refused by name",
        arguments: [
            (Kind.openTADTriDet, "type=\"TriDet\"", "type=\"TadTR\"", "TadTR"),
            (.openTADTriDet, "k=1.5", "kk=1.5", "model.projection.kk"),
            (.openTADTriDet, "sgp_mlp_dim=12", "sgp_mlp_dim=[x for x in y]", "line 9"),
            (.openTADTriDet, "num_bins=4", "num_bins=count()", "num_bins"),
            (.openTADTriDet, "arch=(1, 1, 1)", "arch=(1, 1, -5)", "model.projection.arch"),
            (.openTADTriDet, "arch=(1, 1, 1)", "arch=(1, 1, 64)", "model.projection.arch"),
            (.openTADTriDet, "max_seq_len=12", "max_seq_len=10000000000", "max_seq_len"),
            (.openTADTriDet, "in_channels=6", "in_channels=9000000000000000000", "in_channels"),
            (.openTADTriDet, "strides=[1, 2]", "strides=[2, 4]", "strides"),
            (.openTADTriDet, "_base_ = \"base/data.py\"", "_base_ = \"base/other.py\"", "other.py"),
            (.openTADTriDet, "_base_ = \"base/data.py\"", "_base_ = \"tridet.py\"", "too deep"),
            (.openTADTriDet, "_base_ = \"base/data.py\"", "import os\nos.system('true')", "only assignments"),
            (.openTADTemporalMaxer, "num_groups=4", "num_groups=3", "neck_groups"),
            (.openTADBMN, "type=\"PEMHead\"", "type=\"TSIHead\"", "TSIHead"),
            (.openTADGTAD, "groups=32", "groups=16", "model.neck.groups"),
            (.openTADBMN, "resize_length=12", "resize_length=13", "resize_length"),
        ])
    func configurations(_ kind: Kind, _ old: String, _ new: String, _ name: String) throws {
        try changed(kind, old, new) { configuration in
            Self.expectRefusal(name) { try imported(kind, configuration: configuration, check: $0) }
        }
    }
}

@Suite("Configurations written as Python")
struct PythonConfigurationTests {
    private func value(_ text: String) throws -> PythonValue? {
        try PythonConfiguration.assignments(in: "x = " + text)["x"]
    }

    @Test("values, arithmetic and names assigned before")
    func values() throws {
        #expect(try value("-1e-3") == .number(-0.001))
        #expect(try value("'a' \"b\"  # c") == .text("ab"))
        #expect(try value("(1, [2, None],)") == .list([.number(1), .list([.number(2), .none])]))
        #expect(try value("(1)") == .number(1))
        #expect(
            try value("{'a': True, \"b\": dict(c=False)}")
                == .dictionary(["a": .bool(true), "b": .dictionary(["c": .bool(false)])]))
        #expect(try value("2 + 3 * 4 - 8 // 3") == .number(12))
        #expect(try value("[1, 2] * 2 + [3]") == .list([1, 2, 1, 2, 3].map { .number($0) }))
        #expect(try value("open('/etc/passwd').read()") == .unknown)
        #expect(try value("f'{y}'") == .unknown)
        let read = try PythonConfiguration.assignments(in: "\"\"\"text\n\"\"\"\nimport os\ny = 2\nx = [\n  y,\n] # end")
        #expect(read["x"] == .list([.number(2)]))
    }

    @Test("dictionaries are joined, unless they say that they replace")
    func joining() {
        let base = PythonValue.dictionary(["a": .dictionary(["b": .number(1), "c": .number(2)])])
        let change = PythonValue.dictionary(["a": .dictionary(["b": .number(3)])])
        #expect(base.updated(by: change) == .dictionary(["a": .dictionary(["b": .number(3), "c": .number(2)])]))
        let replacement = PythonValue.dictionary(["a": .dictionary(["b": .number(3), "_delete_": .bool(true)])])
        #expect(base.updated(by: replacement) == .dictionary(["a": .dictionary(["b": .number(3)])]))
    }

    @Test(
        "what is no configuration is refused with its line",
        arguments: [
            "if a:\n", "x = ", "x = (1", "x = 1)", "x = 'a", "x = 1 2", "x = dict(a=)", "for x in y: z", "x = $",
            "x = 1.2.3",
            "x = {1: 2}", "def f(): pass",
        ])
    func refused(_ text: String) {
        #expect(throws: PythonError.self) { try PythonConfiguration.assignments(in: text) }
    }

    @Test("texts and lists that double line by line stay within bounds")
    func doubling() throws {
        for start in ["[1]", "'ab'"] {
            let lines = (0..<60).map { _ in "a = a + a" }.joined(separator: "\n")
            #expect(try PythonConfiguration.assignments(in: "a = \(start)\n" + lines)["a"] == .unknown)
        }
    }

    @Test(
        "more values than a configuration can have are refused, however they are repeated",
        arguments: [
            "a = [] * 1e300", "a = [1] * 1e300", "a = 1e300 * [1]", "a = [1] * (1e300 * 1e300)",
            "a = [1] * 9000\nb = [a] * 9000",
            "a = [1, 2]\n" + (0..<40).map { _ in "a = dict(b=a, c=a)" }.joined(separator: "\n"),
        ])
    func repetition(_ text: String) {
        #expect { try PythonConfiguration.assignments(in: text) } throws: { "\($0)".contains("values") }
    }

    @Test("numbers may be used as often as they like")
    func reused() throws {
        let lines = (0..<60).map { _ in "a = a + a" }.joined(separator: "\n")
        #expect(try PythonConfiguration.assignments(in: "a = 1\n" + lines)["a"] == .number(0x1p60))
        #expect(try value("[] * 3") == .list([]))
        #expect(try value("[1] * -2") == .unknown)
    }

    @Test("endless nesting is refused", arguments: ["[", "(", "{'a':", "-", "dict(a=", "f(", "2*(", "y["])
    func nesting(_ opening: String) {
        let text = "x = " + String(repeating: opening, count: 50_000)
        #expect { try PythonConfiguration.assignments(in: text) } throws: { "\($0)".contains("too deep") }
    }
}
