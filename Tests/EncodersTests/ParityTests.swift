import Foundation
import TestSupport
import Testing

@testable import Encoders

@Suite("Published encoders against their reference implementations")
struct ParityTests {
    /// Small cases that travel with the project.
    static let own = ["clip/hf", "clip/open_clip", "dinov2/registers", "siglip/hf", "videomae/hf_pretrain"]
    static let all = [
        "clip/hf", "clip/open_clip", "clip/openai", "dinov2/hf", "dinov2/registers", "internvideo2/official",
        "siglip/hf", "videomae/hf_finetuned", "videomae/hf_pretrain", "videomae/mmaction2", "videomae/official_model",
        "videomae/official_module", "videomae/official_pretrain", "vjepa2/hf", "vjepa2/official", "vjepa2.1/official",
    ]

    @Test("every stage of every case is within its tolerance", arguments: Fixture.cases(full: all, small: own))
    func complete(_ name: String) throws { try Fixture.withEncoder(name, check) }

    private func check(_ folder: URL) throws {
        let verification = try EncoderVerification(folder: folder.path)
        for stage in verification.stages {
            #expect(stage.passes, "\(stage.name): \(stage.largestDifference) of \(stage.tolerance)")
        }
        #expect(verification.passes)
        #expect(verification.stages.count >= 10)
        #expect(verification.leftOver.isEmpty)
    }

    @Test("a wrong activation, epsilon or position rule shows")
    func wrongTerms() throws {
        try TemporaryFolder.with { folder in
            let changes = [
                (
                    "clip/open_clip", "open_clip_config.json", "\"model_cfg\": {",
                    "\"model_cfg\": {\"quick_gelu\": true,"
                ),
                ("videomae/hf_pretrain", "config.json", "\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": 1e-5"),
                ("dinov2/registers", "config.json", "\"hidden_act\": \"gelu\"", "\"hidden_act\": \"quick_gelu\""),
            ]
            for (index, (name, file, old, new)) in changes.enumerated() {
                let copy = folder.appendingPathComponent("\(index)")
                try FileManager.default.copyItem(at: Fixture.url("encoders/\(name)"), to: copy)
                let url = copy.appendingPathComponent(file)
                let text = try String(contentsOf: url, encoding: .utf8)
                #expect(text.contains(old))
                try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: url)
                #expect(try !EncoderVerification(folder: copy.path).passes, "\(name)")
            }
        }
    }
}
