import TestSupport
import Testing

@testable import Tensors

/// One operation with the shapes it is checked on.
struct GradientCase: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [[Int]]
    var inputs = GradientCheck.Inputs.normal
    let operation: @Sendable ([Tensor]) -> Tensor
    var testDescription: String { "\(name) \(shapes)" }
}

@Suite("Gradients agree with central differences")
struct GradientTests {
    static let arithmetic: [GradientCase] = [
        [[2, 3], [2, 3]], [[4, 1], [1, 3]], [[2, 3, 4], [4]], [[1], [5]], [[3, 1, 2], [2, 2]],
    ]
    .flatMap { shapes -> [GradientCase] in
        [
            GradientCase(name: "sum", shapes: shapes) { $0[0] + $0[1] },
            GradientCase(name: "difference", shapes: shapes) { $0[0] - $0[1] },
            GradientCase(name: "product", shapes: shapes) { $0[0] * $0[1] },
            GradientCase(name: "quotient", shapes: shapes, inputs: .positive) { $0[0] / $0[1] },
            GradientCase(name: "minimum", shapes: shapes, inputs: .spread) { .minimum($0[0], $0[1] + 0.03) },
        ]
    }

    static let functions: [GradientCase] = [
        GradientCase(name: "affine", shapes: [[2, 3]]) { 2 - $0[0] * 3 },
        GradientCase(name: "inverse", shapes: [[5]], inputs: .positive) { 2 / $0[0] },
        GradientCase(name: "exp", shapes: [[7]]) { $0[0].exp() },
        GradientCase(name: "log", shapes: [[7]], inputs: .positive) { $0[0].log() },
        GradientCase(name: "square root", shapes: [[7]], inputs: .positive) { $0[0].squareRoot() },
        GradientCase(name: "square", shapes: [[7]]) { $0[0].squared() },
        GradientCase(name: "magnitude", shapes: [[8]], inputs: .spread) { $0[0].magnitude() },
        GradientCase(name: "sigmoid", shapes: [[33]]) { $0[0].sigmoid() },
        GradientCase(name: "relu", shapes: [[33]], inputs: .spread) { $0[0].relu() },
        GradientCase(name: "gelu", shapes: [[33]]) { $0[0].gelu() },
        GradientCase(name: "square of a sum with itself", shapes: [[3]]) { ($0[0] + $0[0] * $0[0]) * $0[0] },
    ]

    static let shapes: [GradientCase] = [
        GradientCase(name: "sum over the middle", shapes: [[2, 3, 4]]) { $0[0].sum(axes: [1]) },
        GradientCase(name: "sum over the ends", shapes: [[2, 3, 4]]) { $0[0].sum(axes: [0, -1], keepsAxes: true) },
        GradientCase(name: "mean of all", shapes: [[2, 3]]) { $0[0].mean() },
        GradientCase(name: "max along the middle", shapes: [[2, 3, 4]], inputs: .spread) { $0[0].max(axis: 1) },
        GradientCase(name: "max along a single element", shapes: [[2, 1]], inputs: .spread) { $0[0].max(axis: 1) },
        GradientCase(name: "broadcast", shapes: [[3, 1]]) { $0[0].broadcast(to: [2, 3, 4]) },
        GradientCase(name: "product with a sparse matrix", shapes: [[2, 3, 4]]) {
            $0[0].multiplied(
                by: SparseMatrix(rows: 4, columns: 3) { row, add in
                    for column in 0..<row { add(column, Float(row + 2 * column)) }
                    if row == 2 { add(1, 0.5) }
                })
        },
        GradientCase(name: "reshape", shapes: [[2, 6]]) { $0[0].reshaped([3, -1]) * $0[0].reshaped([3, 4]) },
        GradientCase(name: "transpose", shapes: [[2, 3, 4]]) { $0[0].transposed([2, 0, 1]) },
        GradientCase(name: "slice of the first axis", shapes: [[4, 3]]) { $0[0].slice(axis: 0, 1..<3) },
        GradientCase(name: "slice of the last axis", shapes: [[4, 3]]) { $0[0].slice(axis: 1, 1..<3) },
        GradientCase(name: "concatenation", shapes: [[2, 3, 2], [2, 1, 2]]) {
            .concatenated([$0[0], $0[1], $0[0]], axis: 1)
        },
        GradientCase(name: "stack", shapes: [[2], [2]]) { .stacked([$0[0], $0[1]]) },
        GradientCase(name: "gather with repeats", shapes: [[4, 3]]) { $0[0].gathered([2, 0, 2]) },
        GradientCase(name: "padding", shapes: [[2, 3, 1]]) { $0[0].padded(axis: 1, before: 2, after: 1) },
        GradientCase(name: "linear interpolation up", shapes: [[2, 3, 2]]) { $0[0].interpolated(toLength: 7) },
        GradientCase(name: "linear interpolation down", shapes: [[1, 9, 2]]) { $0[0].interpolated(toLength: 4) },
        GradientCase(name: "nearest interpolation", shapes: [[1, 3, 2]]) { $0[0].nearest(toLength: 6) },
    ]

    static let products: [GradientCase] = [
        GradientCase(name: "linear", shapes: [[2, 3, 4], [5, 4], [5]]) { $0[0].linear($0[1], bias: $0[2]) },
        GradientCase(name: "linear of one value", shapes: [[1, 1], [1, 1]]) { $0[0].linear($0[1]) },
        GradientCase(name: "matmul", shapes: [[2, 3, 4], [2, 4, 5]]) { $0[0].matmul($0[1]) },
        GradientCase(name: "matmul transposed", shapes: [[2, 3, 4], [2, 5, 4]]) {
            $0[0].matmul($0[1], transposed: true)
        },
        GradientCase(name: "matmul shared", shapes: [[2, 3, 4], [4, 5]]) { $0[0].matmul($0[1]) },
        GradientCase(name: "matmul shared transposed", shapes: [[3, 2, 4], [1, 4]]) {
            $0[0].matmul($0[1], transposed: true)
        },
        GradientCase(name: "convolution", shapes: [[2, 7, 3], [3, 4, 3], [4]]) {
            $0[0].convolution($0[1], bias: $0[2], padding: 1)
        },
        GradientCase(name: "strided convolution", shapes: [[1, 8, 2], [3, 3, 2]]) {
            $0[0].convolution($0[1], stride: 2, padding: 1)
        },
        GradientCase(name: "grouped convolution", shapes: [[1, 5, 4], [3, 6, 2], [6]]) {
            $0[0].convolution($0[1], bias: $0[2], padding: 1, groups: 2)
        },
        GradientCase(name: "kernel longer than the sequence", shapes: [[1, 2, 2], [5, 2, 2]]) {
            $0[0].convolution($0[1], padding: 2)
        },
        GradientCase(name: "convolution of one position", shapes: [[1, 1, 2], [3, 2, 2]]) {
            $0[0].convolution($0[1], padding: 1)
        },
        GradientCase(name: "depthwise convolution", shapes: [[2, 7, 3], [3, 3], [3]]) {
            $0[0].depthwiseConvolution($0[1], bias: $0[2], padding: 1)
        },
        GradientCase(name: "strided depthwise convolution", shapes: [[1, 8, 3], [3, 3]]) {
            $0[0].depthwiseConvolution($0[1], stride: 2, padding: 1)
        },
        GradientCase(name: "max pooling", shapes: [[2, 7, 3]], inputs: .spread) {
            $0[0].maxPooled(SlidingWindow(size: 3, stride: 2, padding: 1))
        },
        GradientCase(name: "average pooling", shapes: [[1, 8, 3]]) {
            $0[0].averagePooled(SlidingWindow(size: 2, stride: 2))
        },
    ]

    static let normalizations: [GradientCase] = [
        GradientCase(name: "softmax", shapes: [[3, 5]]) { $0[0].softmax() },
        GradientCase(name: "softmax of one value", shapes: [[3, 1]]) { $0[0].softmax() },
        GradientCase(name: "log-softmax", shapes: [[3, 5]]) { $0[0].logSoftmax() },
        GradientCase(name: "layer norm", shapes: [[2, 3, 6], [6], [6]]) {
            $0[0].layerNormalized(weight: $0[1], bias: $0[2])
        },
        GradientCase(name: "layer norm without scale", shapes: [[3, 6]]) { $0[0].layerNormalized() },
        GradientCase(name: "group norm", shapes: [[2, 5, 4], [4], [4]]) {
            $0[0].groupNormalized(groups: 2, weight: $0[1], bias: $0[2])
        },
        GradientCase(name: "unit length", shapes: [[3, 4]]) { $0[0].l2Normalized() },
    ]

    static let attention: [GradientCase] = [
        GradientCase(name: "global attention", shapes: [[2, 5, 4], [2, 3, 4], [2, 3, 4]]) {
            Attention(heads: 2)(queries: $0[0], keys: $0[1], values: $0[2])
        },
        GradientCase(name: "masked global attention", shapes: [[1, 5, 4], [1, 5, 4], [1, 5, 4]]) {
            Attention(heads: 1)(
                queries: $0[0], keys: $0[1], values: $0[2], mask: Tensor([1, 1, 1, 0, 0], shape: [1, 5]))
        },
        GradientCase(name: "local attention over several blocks", shapes: [[1, 70, 2], [1, 70, 2], [1, 70, 2]]) {
            Attention(heads: 2, span: .local(window: 5))(queries: $0[0], keys: $0[1], values: $0[2])
        },
        GradientCase(
            name: "masked local attention with relative bias", shapes: [[2, 6, 4], [2, 6, 4], [2, 6, 4], [2, 3]]
        ) {
            Attention(heads: 2, span: .local(window: 3))(
                queries: $0[0], keys: $0[1], values: $0[2],
                mask: Tensor([1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1], shape: [2, 6]), relativeBias: $0[3])
        },
        GradientCase(name: "attention of one position", shapes: [[1, 1, 2], [1, 1, 2], [1, 1, 2]]) {
            Attention(heads: 1, span: .local(window: 9))(queries: $0[0], keys: $0[1], values: $0[2])
        },
    ]

    @Test(arguments: arithmetic + functions + shapes + products + normalizations + attention)
    func gradientAgrees(_ test: GradientCase) {
        let worst = GradientCheck.worstDifference(shapes: test.shapes, inputs: test.inputs, test.operation)
        #expect(worst < 5e-3)
    }

    @Test("a parameter used twice gets the sum of both gradients")
    func sharedParameter() {
        let parameter = Parameter(Tensor([2, 3]))
        let tape = Tape()
        let x = tape.constant(Tensor([1, 1]))
        let loss = (x * parameter(with: x) + parameter(with: x) * parameter(with: x)).sum()
        #expect(tape.gradients(of: loss)[parameter]?.elements == [5, 7])
    }

    @Test("a frozen parameter gets no gradient")
    func frozenParameter() {
        let parameter = Parameter(Tensor([2, 3]), isTrainable: false)
        let tape = Tape()
        let x = tape.variable(Tensor([1, 1]))
        let gradients = tape.gradients(of: (x * parameter(with: x)).sum())
        #expect(gradients[parameter] == nil)
        #expect(gradients[x]?.elements == [2, 3])
    }

    @Test("a hundred thousand operations are released without recursion")
    func longChain() {
        let tape = Tape()
        let x = tape.variable(Tensor(1))
        var y = x
        for _ in 0..<100_000 { y = y * 1.00001 }
        let gradient = tape.gradients(of: y)[x]
        #expect(gradient.map { abs($0.scalar - 2.718) < 0.05 } == true)
    }

    @Test("backward passes do not change tensors that are still in use")
    func noAliasing() {
        let tape = Tape()
        let x = tape.variable(Tensor([1, 2]))
        let kept = x.reshaped([2])
        let seed = Tensor([1, 1])
        let gradients = tape.gradients(of: [(kept + x, seed), (x * 3, seed)])
        #expect(gradients[x]?.elements == [5, 5])
        #expect(seed.elements == [1, 1])
        #expect(x.elements == [1, 2])
    }
}
