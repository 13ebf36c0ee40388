import Configuration
import Foundation
import Networks
import Testing

@testable import Localization

@Suite("Settings of heads on a pyramid")
struct PyramidSettingsTests {
    @Test("shared and own settings lie side by side in a file, and come back")
    func roundTrip() throws {
        var settings = LocalizationSettings()
        settings.head = .tridet
        (settings.tridet.maximumLength, settings.tridet.bins, settings.tridet.centerRadius) = (192, 7, nil)
        settings.tridet.feedForwardChannels = nil
        let text = try ConfigurationFile.encode(settings)
        for line in ["  maximum_length: 192", "  bins: 7", "  center_radius: null", "  feed_forward_channels: null"] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
        #expect(!text.contains("common:") && !text.contains("own:"))
        let read = try ConfigurationFile.decode(LocalizationSettings.self, from: text, file: "f")
        #expect(read == settings)
    }

    @Test(
        "a key that is not known is refused with the nearest one of either part",
        arguments: [("chanels", "channels"), ("bin", "bins")])
    func unknownKey(_ key: String, _ nearest: String) {
        #expect {
            try ConfigurationFile.decode(LocalizationSettings.self, from: "tridet: { \(key): 4 }", file: "f")
        } throws: { error in
            "\(error)".contains("tridet.\(key)") && "\(error)".contains("'tridet.\(nearest)'")
        }
    }

    @Test(
        "wrong types and values name their key",
        arguments: ["channels: wide", "bins: wide", "branch_blocks: -1", "bins: 0"])
    func wrongValue(_ line: String) {
        #expect {
            try ConfigurationFile.decode(
                LocalizationSettings.self, from: "head: tridet\ntridet: { \(line) }", file: "f")
        } throws: { "\($0)".contains(line.prefix { $0 != ":" }) }
    }

    @Test("a file lists the head it uses and no other; the sections of other heads in older files are left out")
    func oneHead() throws {
        var settings = LocalizationSettings()
        settings.gtad.maximumLength = 300
        #expect(settings.head == .gtad && settings.maximumLength == 300 && settings.bmn == BMNSettings())
        (settings.classAgnostic, settings.window.policy) = (true, .resample)
        let text = try ConfigurationFile.encode(settings)
        for kind in HeadKind.allCases { #expect(text.contains("\n\(kind):\n") == (kind == .gtad), "\(kind)") }
        let older = text + "bmn: {channels: 128}\nactionformer: {windows: [9]}\n"
        #expect(try ConfigurationFile.decode(LocalizationSettings.self, from: older, file: "f") == settings)
        #expect {
            try ConfigurationFile.decode(
                LocalizationSettings.self, from: text, file: "f", overrides: ["bmn.channels=128"])
        } throws: { "\($0)".contains("bmn.channels") && "\($0)".contains("no effect") }
        let changed = try ConfigurationFile.decode(
            LocalizationSettings.self, from: text, file: "f", overrides: ["head=bmn", "bmn.channels=128"])
        #expect(changed.head == .bmn && changed.bmn.channels == 128)
        #expect {
            try ConfigurationFile.decode(LocalizationSettings.self, from: "head: tridnet", file: "f")
        } throws: { "\($0)".contains("tridet") }
    }

    @Test("training settings under the names of earlier versions are read")
    func olderTraining() throws {
        let old =
            "training: {optimizer: adam, learning_rate: 0.5, weight_decay: 0.1, momentum: 0.8, gradient_limit: 40}"
        let present = """
            training:
              optimizer: {kind: adam, learning_rate: 0.5, weight_decay: 0.1, momentum: 0.8, gradient_clip_norm: 40}
            """
        var notices = 0
        let read = try ConfigurationFile.decode(LocalizationSettings.self, from: old, file: "f") { _ in notices += 1 }
        #expect(try ConfigurationFile.decode(LocalizationSettings.self, from: present, file: "f") == read)
        #expect(read.training.optimizer.kind == .adam && read.training.optimizer.gradientClipNorm == 40)
        #expect(notices == 1)
    }

    @Test(
        "sizes that no machine can hold are refused by name",
        arguments: [
            "head_channels: 1000000", "head_channels: 4611686018427387904", "channels: 4294967296",
            "input_channels: [9223372036854775807, 1]", "head_kernel: 9223372036854775807",
            "embedding_layers: 4611686018427387904", "stem_blocks: 4611686018427387904",
            "maximum_length: 4611686018427387904",
        ])
    func sizes(_ line: String) {
        let key = line.prefix { $0 != ":" }
        #expect {
            try ConfigurationFile.decode(LocalizationSettings.self, from: "actionformer: { \(line) }", file: "f")
        } throws: { "\($0)".contains("actionformer.\(key)") }
    }

    @Test("the largest sizes of each head name what to lower", arguments: HeadKind.allCases)
    func memory(_ kind: HeadKind) {
        let text = "head: \(kind)\nclass_agnostic: \(kind.settings.init().isProposalMap)\nwindow: {policy: resample}\n"
        #expect(throws: Never.self) {
            try ConfigurationFile.decode(LocalizationSettings.self, from: text, file: "f")
        }
        #expect {
            try ConfigurationFile.decode(
                LocalizationSettings.self, from: text, file: "f",
                overrides: ["\(kind).maximum_length=1048576", "\(kind).channels=524288"])
        } throws: { "\($0)".contains("\(kind).") }
    }
}
