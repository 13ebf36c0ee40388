import Configuration
import Foundation
import Localization
import TestSupport
import Testing
import Toolkit

@Suite("Every setting with its meaning")
struct NamedSettingsTests {
    /// Every name of every kind.
    private static let all = NamedSettings.Kind.allCases.flatMap { kind in
        NamedSettings.names(of: kind).map { (kind, $0) }
    }

    @Test("what is printed reads back as the same settings", arguments: all)
    func roundTrip(kind: NamedSettings.Kind, name: String) throws {
        let found = try NamedSettings.find(name, kind: kind)
        let text = try found.listing.yaml(head: "The settings of \(name).")
        func read<Settings: Configurable>(_ settings: Settings) throws {
            #expect(try ConfigurationFile.decode(Settings.self, from: text, file: "again") == settings)
        }
        try read(found.settings)
    }

    @Test("every setting has a meaning, and no other is described", arguments: all)
    func described(kind: NamedSettings.Kind, name: String) throws {
        let listing = try NamedSettings.find(name, kind: kind).listing
        #expect(!listing.rows.isEmpty)
        for row in listing.rows {
            #expect(row.description?.meaning.isEmpty == false, "\(row.path.joined(separator: "."))")
        }
    }

    @Test("a value that is changed is said beside its default; an optional one is there without a value")
    func changed() throws {
        let text = try NamedSettings.find(
            "tridet", kind: .head, assignments: ["training.epochs=7", "post_processing.length_limit=null"]
        ).listing.yaml(head: "x")
        #expect(text.contains("  epochs: 7\n") && text.contains("Default: 30."))
        #expect(text.contains("  length_limit: null\n"))
        #expect(text.contains("One of cosine, steps, constant."))
        #expect(text.contains("The authors call it num_bins."))
        #expect(text.split(separator: "\n").allSatisfy { !$0.contains("#") || $0.count <= 100 })
    }

    @Test("files are told by their keys; a name that nothing has is answered with those there are")
    func files() throws {
        for (path, kind) in [
            ("configs/heads/bmn-gym.yaml", NamedSettings.Kind.head), ("configs/pretrain/svilm-tiny.yaml", .pretraining),
            ("configs/encoders/svilm-base.yaml", .encoder), ("configs/encoders/frame-difference.yaml", .encoder),
            ("configs/protocols/tsp.yaml", .encoderProtocol), ("eval/protocols/thumos14.yaml", .evaluationProtocol),
        ] {
            #expect(try NamedSettings.find(Checkout.url(path).path).kind == kind, "\(path)")
        }
        #expect { try NamedSettings.find("actionfromer") } throws: { "\($0)".contains("actionformer-demo") }
    }

    @Test("docs/settings.md is current; scripts/settings makes it")
    func reference() throws {
        let page = try String(contentsOf: Checkout.url("docs/settings.md"), encoding: .utf8)
        #expect(try page == SettingsReference.markdown())
    }
}
