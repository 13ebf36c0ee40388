import Foundation
import TestSupport
import Testing

@testable import Networks
@testable import Tensors

private struct TwoBlocks: Module {
    let blocks: [TransformerBlock]
    let outputScale: Scale?
    let unused: Scale?
    let name = "not a parameter"

    init(seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        blocks = (0..<2).map { _ in TransformerBlock(8, heads: 2, hidden: 16, using: &generator) }
        outputScale = Scale(2)
        unused = nil
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        blocks.reduce(x) { $1($0) } * (outputScale.map { $0.scale(with: x) } ?? Tensor(1))
    }
}

@Suite("Modules and their weights")
struct ModuleTests {
    @Test("parameters are named by the path of properties that leads to them")
    func names() {
        let names = TwoBlocks(seed: 1).namedParameters().map(\.name)
        #expect(names.count == 2 * 16 + 1)
        #expect(names.first == "blocks.0.attention_norm.weight")
        #expect(names.contains("blocks.1.attention.query.bias"))
        #expect(names.last == "output_scale.scale")
    }

    @Test("saved weights load into another network of the same kind, and give the same output")
    func roundTrip() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("w.safetensors").path
            let first = TwoBlocks(seed: 1), second = TwoBlocks(seed: 2)
            let x = Tensor((0..<24).map { Float($0) / 10 }, shape: [1, 3, 8])
            #expect(first(x).elements != second(x).elements)
            #expect(Weights.hash(of: first) != Weights.hash(of: second))
            try Weights.save(first, to: path)
            try Weights.load(second, from: path)
            #expect(first(x).elements == second(x).elements)
            #expect(Weights.hash(of: first) == Weights.hash(of: second))
        }
    }

    @Test("weights that do not fit are refused and change nothing")
    func misfit() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("w.safetensors").path
            let network = TwoBlocks(seed: 1)
            let before = network.parameters[0].value.elements
            try SafetensorsFile.write([("blocks.0.attention_norm.weight", .zeros([8]))], to: path)
            #expect(throws: NetworkError.self) { try Weights.load(network, from: path) }
            var tensors = network.namedParameters().map { (name: $0.name, tensor: $0.parameter.value) }
            tensors[3].tensor = .zeros([3])
            try SafetensorsFile.write(tensors, to: path)
            #expect(throws: NetworkError.self) { try Weights.load(network, from: path) }
            tensors[3].tensor = network.parameters[3].value
            tensors[4].tensor = Tensor(repeating: .nan, shape: tensors[4].tensor.shape)
            try SafetensorsFile.write(tensors, to: path)
            #expect(throws: NetworkError.self) { try Weights.load(network, from: path) }
            #expect(network.parameters[0].value.elements == before)
        }
    }

    @Test("gradients reach every parameter of a block")
    func gradients() {
        let network = TwoBlocks(seed: 3)
        var generator = RandomGenerator(seed: 8)
        let tape = Tape()
        let loss = network(tape.constant(.normal([2, 5, 8], using: &generator))).squared().sum()
        let gradients = tape.gradients(of: loss)
        for (name, parameter) in network.namedParameters() {
            #expect(gradients[parameter] != nil, "\(name)")
        }
    }
}
