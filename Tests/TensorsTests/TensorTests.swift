import Foundation
import TestSupport
import Testing
import Threads

@testable import Tensors

@Suite("Tensors")
struct TensorTests {
    @Test("arithmetic repeats axes of length one")
    func broadcasting() {
        let column = Tensor([1, 2], shape: [2, 1]), row = Tensor([10, 20, 30])
        #expect((column + row).elements == [11, 21, 31, 12, 22, 32])
        #expect((row - column).shape == [2, 3])
    }

    @Test("transposing and back changes nothing")
    func transposeRoundTrip() {
        let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
        #expect(x.transposed([2, 0, 1])[3, 1, 2] == x[1, 2, 3])
        #expect(x.transposed([2, 0, 1]).transposed([1, 2, 0]).elements == x.elements)
    }

    @Test("changing a copy leaves the original alone")
    func valueSemantics() {
        let x = Tensor([1, 2, 3])
        var y = x
        y.withMutableElements { $0[0] = 9 }
        #expect(x.elements == [1, 2, 3])
        #expect(y.elements == [9, 2, 3])
    }

    @Test("a slice of the first axis sees its own rows")
    func slices() {
        let x = Tensor((0..<12).map(Float.init), shape: [4, 3])
        #expect(x.slice(axis: 0, 1..<3).elements == [3, 4, 5, 6, 7, 8])
        #expect((x.slice(axis: 0, 2..<4) + x.slice(axis: 0, 0..<2)).elements == [6, 8, 10, 12, 14, 16])
    }

    @Test("convolution by taps equals the definition", arguments: [(1, 0, 1), (1, 1, 1), (2, 1, 1), (3, 2, 2)])
    func convolution(stride: Int, padding: Int, groups: Int) {
        var generator = RandomGenerator(seed: 7)
        let x = Tensor.normal([2, 11, 4], using: &generator)
        let w = Tensor.normal([3, 6, 4 / groups], using: &generator)
        let y = x.convolution(w, stride: stride, padding: padding, groups: groups)
        for item in 0..<2 {
            for t in 0..<y.shape[1] {
                for o in 0..<6 {
                    var sum: Float = 0
                    for k in 0..<3 {
                        let source = t * stride + k - padding
                        guard source >= 0, source < 11 else { continue }
                        for i in 0..<(4 / groups) {
                            sum += w[k, o, i] * x[item, source, o / (6 / groups) * (4 / groups) + i]
                        }
                    }
                    #expect(abs(y[item, t, o] - sum) < 1e-5)
                }
            }
        }
    }

    @Test("local attention equals global attention with a band mask")
    func bandedAttention() {
        var generator = RandomGenerator(seed: 5)
        let (q, k, v) = (
            Tensor.normal([1, 150, 8], using: &generator), Tensor.normal([1, 150, 8], using: &generator),
            Tensor.normal([1, 150, 8], using: &generator)
        )
        let local = Attention(heads: 2, span: .local(window: 7))(queries: q, keys: k, values: v)
        var worst: Float = 0
        for head in 0..<2 {
            for i in 0..<150 {
                let keys = max(0, i - 3)...min(149, i + 3)
                let scores = keys.map { j in
                    (0..<4).reduce(Float(0)) { $0 + q[0, i, head * 4 + $1] * k[0, j, head * 4 + $1] } / 2
                }
                let weights = scores.map { Foundation.exp($0) }
                for c in 0..<4 {
                    let mixed = zip(keys, weights).reduce(Float(0)) { $0 + $1.1 * v[0, $1.0, head * 4 + c] }
                    worst = max(worst, abs(mixed / weights.reduce(0, +) - local[0, i, head * 4 + c]))
                }
            }
        }
        #expect(worst < 1e-5)
    }

    @Test("dropout is active on training tapes only, and keeps the mean")
    func dropout() {
        let x = Tensor.ones([10_000])
        #expect(Tape(isTraining: false).constant(x).dropout(0.5).elements == x.elements)
        let dropped = Tape(isTraining: true, seed: 4).constant(x).dropout(0.25).elements
        #expect(Set(dropped) == [0, 1 / 0.75])
        #expect(abs(dropped.reduce(0, +) / 10_000 - 1) < 0.05)
    }

    @Test("linear interpolation follows the half-pixel convention")
    func interpolation() {
        let x = Tensor([0, 1, 2, 3], shape: [1, 4, 1])
        #expect(x.interpolated(toLength: 8).elements == [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3])
        #expect(x.nearest(toLength: 2).elements == [0, 2])
    }

    @Test("the same seed gives the same numbers, parts of the work get others")
    func seeds() {
        var a = RandomGenerator(seed: 9), b = RandomGenerator(seed: 9)
        #expect((0..<5).map { _ in a.next() } == (0..<5).map { _ in b.next() })
        var first = a.split(0), second = a.split(1)
        #expect(first.next() != second.next())
    }

    @Test("parallel regions visit every index once, also inside each other")
    func parallel() {
        let squares = Parallel.map(100) { outer in Parallel.map(10) { $0 * outer }.reduce(0, +) }
        #expect(squares == (0..<100).map { 45 * $0 })
    }
}
