import Foundation
import ModelSupport
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

/// Against `eval/references/svilm_objectives.py`.
@Suite("Objectives against the PyTorch reference")
struct ObjectiveReferenceTests {
    private struct Reference: Decodable {
        var batch: Int, times: Int, groups: Int, prompts: Int, channels: Int
        var partners: [Int]
        var kept: [[Int]]
        var nouns: [[Int]]
        var captionClasses: [Int]
        var scale: Float
        var cases: [Case]
    }

    private struct Case: Decodable {
        var name: String
        var value: Float
        var inputs: [String: [Float]]
        var gradients: [String: [Float]]
    }

    private let reference: Reference

    init() throws {
        let data = try Data(contentsOf: Fixture.url("svilm/objectives.json"))
        reference = try JSONDecoder().decode(Reference.self, from: data)
    }

    private var paste: CutAndPaste {
        CutAndPaste(
            partners: reference.partners, kept: reference.kept.map { $0[0]..<$0[1] }, clipLength: reference.times)
    }

    private func shape(of input: String) -> [Int] {
        switch input {
        case "z": [reference.batch, reference.times, reference.channels]
        case "logits": [reference.batch, reference.batch]
        case "groups": [reference.batch, reference.groups, reference.channels]
        default: [reference.prompts, reference.channels]
        }
    }

    private func loss(_ name: String, _ inputs: [String: Tensor]) -> Tensor {
        let zero = Tensor(0)
        let logits = inputs["logits"] ?? zero, z = inputs["z"] ?? zero
        let groups = inputs["groups"] ?? zero, prompts = inputs["prompts"] ?? zero
        switch name {
        case "paper": return TemporalGrouping(form: .paper).loss(z, mask: paste.masks)
        case "leave-one-out": return TemporalGrouping(form: .leaveOneOut).loss(z, mask: paste.masks)
        case "contrastive": return MixedContrastive.loss(logits, targets: MixedTargets(paste))
        case "contrastive shared":
            return MixedContrastive.loss(logits, targets: MixedTargets(paste, classes: reference.captionClasses))
        default:
            let grounding = SpatialGrounding(pooling: name == "grounding max" ? .max : .softmax)
            return grounding.loss(
                groups: groups, prompts: prompts, nouns: reference.nouns, paste: paste, scale: Tensor([reference.scale])
            )
        }
    }

    @Test(
        "values and gradients agree to 1e-5",
        arguments: [
            "paper", "leave-one-out", "contrastive", "contrastive shared", "grounding max", "grounding softmax",
        ])
    func agrees(name: String) throws {
        let item = try #require(reference.cases.first { $0.name == name })
        let tape = Tape()
        let inputs = Dictionary(
            uniqueKeysWithValues: item.inputs.map { ($0, tape.variable(Tensor($1, shape: shape(of: $0)))) })
        let value = loss(name, inputs)
        #expect(abs(value.scalar - item.value) < 1e-5)
        let gradients = tape.gradients(of: value)
        for (key, expected) in item.gradients {
            let found = try #require(inputs[key].flatMap { gradients[$0] }).elements
            let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-5, "\(key)")
        }
    }
}
