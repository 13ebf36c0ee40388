import Configuration
import Foundation
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
            "\(error)".contains("tridet.\(key)") && "\(error)".contains("'\(nearest)'")
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
}
