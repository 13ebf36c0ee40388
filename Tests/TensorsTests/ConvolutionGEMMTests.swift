import Testing

@testable import Tensors

/// A convolution with the sizes it is checked on.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    var batch = 1
    var length: Int, inputs: Int, outputs: Int
    var kernel = 3, stride = 1, padding = 1, groups = 1
    var precision = ComputePrecision.float32
    var testDescription: String {
        "[\(batch), \(length), \(inputs)] to \(outputs), kernel \(kernel), stride \(stride), padding \(padding), "
            + "groups \(groups), \(precision.rawValue)"
    }
}

@Suite("Convolutions and their gradients against double precision")
struct ConvolutionProductTests {
    static let cases = [
        // Three taps over long sequences, by minimal filtering where the processor has the kernels.
        ConvolutionCase(length: 128, inputs: 64, outputs: 64),
        ConvolutionCase(batch: 3, length: 61, inputs: 67, outputs: 70),
        ConvolutionCase(length: 131, inputs: 64, outputs: 65, padding: 0),
        ConvolutionCase(length: 1030, inputs: 64, outputs: 66),
        ConvolutionCase(batch: 2, length: 66, inputs: 64, outputs: 64, padding: 2),
        // Tap by tap.
        ConvolutionCase(batch: 2, length: 9, inputs: 5, outputs: 7),
        ConvolutionCase(length: 40, inputs: 64, outputs: 2),
        ConvolutionCase(batch: 2, length: 33, inputs: 8, outputs: 12, kernel: 5, stride: 2, padding: 3, groups: 4),
        ConvolutionCase(length: 30, inputs: 16, outputs: 33, kernel: 1, padding: 0),
        ConvolutionCase(length: 2, inputs: 3, outputs: 3, kernel: 5, padding: 4),
        ConvolutionCase(batch: 2, length: 71, inputs: 64, outputs: 70, precision: .bfloat16),
        ConvolutionCase(batch: 2, length: 70, inputs: 60, outputs: 70, precision: .bfloat16),
        ConvolutionCase(length: 21, inputs: 5, outputs: 3, kernel: 4, stride: 3, padding: 1, precision: .bfloat16),
    ].filter { $0.precision.isSupported }

    @Test("result and gradients", arguments: cases)
    func products(_ layer: ConvolutionCase) {
        var generator = RandomGenerator(seed: 3)
        let x = Tensor.normal([layer.batch, layer.length, layer.inputs], using: &generator)
        let w = Tensor.normal([layer.kernel, layer.outputs, layer.inputs / layer.groups], using: &generator)
        let tape = Tape(precision: layer.precision)
        let (input, weight) = (tape.variable(x), tape.variable(w))
        let y = input.convolution(weight, stride: layer.stride, padding: layer.padding, groups: layer.groups)
        let seed = Tensor.normal(y.shape, using: &generator)
        let result = y.elements
        let gradients = tape.gradients(of: [(y, seed)])
        let expected = Self.reference(layer, x.elements, w.elements, seed.elements)
        let tolerance = layer.precision == .float32 ? 4e-6 : 6e-3
        #expect(Self.distance(result, expected.y) < tolerance)
        #expect(Self.distance(gradients[input]?.elements ?? [], expected.dx) < tolerance)
        #expect(Self.distance(gradients[weight]?.elements ?? [], expected.dw) < tolerance)
    }

    /// The length of the difference by that of what is expected.
    private static func distance(_ found: [Float], _ expected: [Double]) -> Double {
        guard found.count == expected.count else { return .infinity }
        let difference = zip(found, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        return (difference / max(expected.reduce(0) { $0 + $1 * $1 }, 1e-30)).squareRoot()
    }

    private static func reference(
        _ layer: ConvolutionCase, _ x: [Float], _ w: [Float], _ g: [Float]
    ) -> (y: [Double], dx: [Double], dw: [Double]) {
        let windows = (layer.length + 2 * layer.padding - layer.kernel) / layer.stride + 1
        let (groupInputs, groupOutputs) = (layer.inputs / layer.groups, layer.outputs / layer.groups)
        var y = [Double](repeating: 0, count: layer.batch * windows * layer.outputs)
        var dx = [Double](repeating: 0, count: x.count), dw = [Double](repeating: 0, count: w.count)
        for item in 0..<layer.batch {
            for window in 0..<windows {
                for tap in 0..<layer.kernel {
                    let time = window * layer.stride + tap - layer.padding
                    guard time >= 0, time < layer.length else { continue }
                    for output in 0..<layer.outputs {
                        let atY = (item * windows + window) * layer.outputs + output
                        let atX = (item * layer.length + time) * layer.inputs + output / groupOutputs * groupInputs
                        let atW = (tap * layer.outputs + output) * groupInputs
                        for input in 0..<groupInputs {
                            y[atY] += Double(x[atX + input]) * Double(w[atW + input])
                            dx[atX + input] += Double(g[atY]) * Double(w[atW + input])
                            dw[atW + input] += Double(g[atY]) * Double(x[atX + input])
                        }
                    }
                }
            }
        }
        return (y, dx, dw)
    }
}
