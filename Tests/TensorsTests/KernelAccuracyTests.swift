import Foundation
import Testing

@testable import Tensors

@Suite("Kernels against double precision")
struct KernelAccuracyTests {
    static let points = (-4000...4000).map { Float($0) / 500 }

    private func worst(_ values: [Float], _ reference: (Double) -> Double, relative: Bool) -> Double {
        zip(Self.points, values).map { x, y in
            let exact = reference(Double(x))
            return abs(Double(y) - exact) / (relative ? abs(exact) : 1)
        }.max() ?? .infinity
    }

    @Test("exp is right to about one unit in the last place")
    func exponential() {
        #expect(worst(Tensor(Self.points).exp().elements, { Foundation.exp($0) }, relative: true) < 2e-7)
        #expect(Tensor([-200, 0]).exp().elements == [0, 1])
    }

    @Test("sigmoid and GELU are right to 1e-6")
    func activations() {
        let x = Tensor(Self.points)
        #expect(worst(x.sigmoid().elements, { 1 / (1 + Foundation.exp(-$0)) }, relative: false) < 3e-7)
        #expect(worst(x.gelu().elements, { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) }, relative: false) < 1e-6)
    }

    @Test("softmax rows sum to one, and a row of -infinity becomes zeros")
    func softmax() {
        let y = Tensor([1, 2, 3, -.infinity, -.infinity, -.infinity], shape: [2, 3]).softmax()
        #expect(abs(y.elements[..<3].reduce(0, +) - 1) < 1e-6)
        #expect(Array(y.elements[3...]) == [0, 0, 0])
    }

    @Test("layer norm matches its definition")
    func layerNorm() {
        var generator = RandomGenerator(seed: 3)
        let x = Tensor.normal([5, 37], standardDeviation: 4, using: &generator) + 10
        let y = x.layerNormalized()
        for row in 0..<5 {
            let values = x.slice(axis: 0, row..<(row + 1)).elements.map(Double.init)
            let mean = values.reduce(0, +) / 37
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 37
            for column in 0..<37 {
                let expected = (values[column] - mean) / (variance + 1e-5).squareRoot()
                #expect(abs(Double(y[row, column]) - expected) < 1e-5)
            }
        }
    }
}
