import Networks
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

@Suite("The text encoder")
struct TextEncoderTests {
    static let configuration: TextConfiguration = {
        var configuration = TextConfiguration()
        configuration.width = 16
        configuration.heads = 2
        configuration.maximumLength = 12
        return configuration
    }()

    static func encoder(seed: UInt64 = 1) -> TextEncoder {
        TextEncoder(configuration, vocabularySize: 40, commonSpace: 10, seed: seed)
    }

    @Test("padding changes nothing: a short text alone and beside a long one has the same vector")
    func padding() {
        let encoder = Self.encoder()
        let alone = encoder([[2, 7, 3]])
        let beside = encoder([[2, 7, 3], [2, 9, 8, 7, 6, 5, 3]])
        #expect(alone.shape == [1, 10])
        #expect(beside.shape == [2, 10])
        for (a, b) in zip(alone.elements, beside.elements) { #expect(abs(a - b) < 1e-5) }
    }

    @Test("the order of words matters")
    func order() {
        let encoder = Self.encoder()
        let vectors = encoder([[2, 7, 8, 3], [2, 8, 7, 3]]).elements
        let difference = zip(vectors.prefix(10), vectors.suffix(10)).map { abs($0 - $1) }.max() ?? 0
        #expect(difference > 1e-4)
    }

    @Test("in training the gradient reaches every parameter")
    func gradients() {
        let encoder = Self.encoder(seed: 2)
        let tape = Tape(isTraining: true)
        let loss = encoder([[2, 7, 8, 3], [2, 5, 3]], tape: tape).squared().sum()
        let gradients = tape.gradients(of: loss)
        for (name, parameter) in encoder.namedParameters() {
            let size = gradients[parameter].map { $0.squared().sum().scalar } ?? .nan
            #expect(size.isFinite, "\(name)")
            // A key bias shifts all scores of a query alike, which softmax ignores.
            if !name.hasSuffix("key.bias") { #expect(size > 0, "\(name)") }
        }
    }
}

@Suite("Picking nouns")
struct NounPickerTests {
    @Test(
        "the rule finds the heads of noun phrases",
        arguments: [
            ("a red circle spins fast", ["circle"]),
            ("A man is playing the guitar on a small stage.", ["man", "guitar", "stage"]),
            ("two brown dogs running through the wet grass", ["dogs", "grass"]),
            ("the large blue square blinks beside a ring", ["blinks", "ring"]),
            ("running fast", []),
            ("a cat and a cat", ["cat"]),
        ])
    func rule(caption: String, nouns: [String]) {
        #expect(NounPicker().nouns(in: caption) == nouns)
    }

    @Test("with a list only its words are found")
    func list() {
        let picker = NounPicker(nouns: ["circle", "ring"])
        #expect(picker.nouns(in: "The ring circles a Circle, not a square") == ["ring", "circle"])
    }

    @Test("drawing keeps the order and never repeats")
    func drawing() {
        let nouns = ["a", "b", "c", "d"]
        var seen: Set<[String]> = []
        var generator = RandomGenerator(seed: 1)
        for _ in 0..<100 {
            let drawn = NounPicker().pick(2, from: nouns, using: &generator)
            #expect(drawn.count == 2 && drawn[0] < drawn[1])
            seen.insert(drawn)
        }
        #expect(seen.count == 6)
        #expect(NounPicker().pick(2, from: ["x"], using: &generator) == ["x"])
    }
}
