import Files
import Foundation
import ModelSupport
import Pretraining
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

@Suite("Labels in words")
struct LabelPromptsTests {
    @Test("labels come from a list or from a file, each once")
    func labels() throws {
        #expect(
            try LabelPrompts("a circle spins; a square blinks;; a circle spins").labels == [
                "a circle spins", "a square blinks",
            ])
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("labels.txt").path
            try Data("one\r\n\n two \n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(try LabelPrompts("@" + path).labels == ["one", "two"])
        }
        #expect(throws: SViLMError.self) { try LabelPrompts(" ; ") }
        #expect(throws: FileError.self) { try LabelPrompts("@/no/such/file") }
        #expect(throws: SViLMError.self) { try LabelPrompts("x", templates: ["no place for it"]) }
    }

    @Test("a label is the mean direction of its sentences")
    func vectors() throws {
        let model = VideoLanguageModel(
            encoder: SmallModel.encoder, text: SmallModel.settings().text,
            vocabulary: try .covering(["a red green blue square video of"]), seed: 3)
        let prompts = try LabelPrompts("red; blue", templates: ["{}", "a video of a {} square"])
        #expect(prompts.sentences(for: "red") == ["red", "a video of a red square"])
        let vectors = prompts.vectors(by: model)
        #expect(vectors.shape == [2, SmallModel.encoder.commonSpace])
        let sentences = model.embed(["blue", "a video of a blue square"])
        let expected = sentences.mean(axes: [0], keepsAxes: true).l2Normalized()
        for channel in 0..<vectors.shape[1] { #expect(abs(vectors[1, channel] - expected[0, channel]) < 1e-5) }
    }
}
