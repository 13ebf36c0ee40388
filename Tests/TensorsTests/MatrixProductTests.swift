import Testing
import Threads

@testable import Tensors

/// A product with the sizes it is checked on.
struct ProductCase: Sendable, CustomTestStringConvertible {
    let m: Int, n: Int, k: Int
    let precision: ComputePrecision
    var testDescription: String { "[\(m), \(k)] by [\(k), \(n)] in \(precision.rawValue)" }
}

@Suite("Matrix products against double precision")
struct MatrixProductTests {
    /// Odd ones, single rows and columns, and some beyond a block of rows, of columns and of steps.
    static let sizes = [
        (1, 1, 1), (1, 17, 3), (8, 48, 2), (7, 47, 31), (9, 49, 33), (16, 16, 16), (13, 1, 64), (3, 100, 1),
        (65, 33, 577),
        (130, 50, 70), (5, 20, 1200), (9, 2070, 5), (137, 63, 600),
    ]
    static let cases = sizes.flatMap { m, n, k in
        ComputePrecision.allCases.filter(\.hasPackedKernels).map { ProductCase(m: m, n: n, k: k, precision: $0) }
    }

    /// The rounding of one factor.
    private static func unit(_ precision: ComputePrecision) -> Double {
        precision == .float32 ? 0x1p-24 : 0x1p-8
    }

    @Test("every transposition, with strides, factors and sums, to within rounding", arguments: cases)
    func kernels(_ product: ProductCase) {
        let (m, n, k) = (product.m, product.n, product.k)
        var generator = RandomGenerator(seed: UInt64(m * 31 + n * 7 + k))
        let gap = 3
        for (transposeA, transposeB, alpha, beta) in [
            (false, false, 1, 0), (false, true, 0.5, 1), (true, false, 1, 1), (true, true, -2, 0.25),
        ] as [(Bool, Bool, Float, Float)] {
            let (rowsA, columnsA) = transposeA ? (k, m) : (m, k)
            let (rowsB, columnsB) = transposeB ? (n, k) : (k, n)
            let a = Tensor.normal([rowsA, columnsA + gap], using: &generator)
            let b = Tensor.normal([rowsB, columnsB + gap], using: &generator)
            let before = Tensor.normal([m, n + gap], using: &generator)
            var c = before
            c.withMutableElements { target in
                guard let start = target.baseAddress else { return }
                // What a factor of zero covers may be anything.
                if beta == 0 { for row in 0..<m { start[row * (n + gap)] = .nan } }
                MatrixProduct.gemm(
                    MatrixRows(start, count: m, stride: n + gap, factor: alpha),
                    MatrixRows(a.pointer, count: rowsA, stride: columnsA + gap), transposeA: transposeA,
                    MatrixRows(b.pointer, count: rowsB, stride: columnsB + gap), transposeB: transposeB,
                    m: m, n: n, k: k, beta: beta, precision: product.precision)
            }
            let (x, y, old, new) = (a.elements, b.elements, before.elements, c.elements)
            var worst = 0.0
            for row in 0..<m {
                for column in 0..<n {
                    var sum = 0.0, size = 0.0
                    for p in 0..<k {
                        let left = Double(transposeA ? x[p * (columnsA + gap) + row] : x[row * (columnsA + gap) + p])
                        let right = Double(
                            transposeB ? y[column * (columnsB + gap) + p] : y[p * (columnsB + gap) + column])
                        sum += left * right
                        size += abs(left * right)
                    }
                    let place = row * (n + gap) + column
                    let kept = beta == 0 ? 0 : Double(beta) * Double(old[place])
                    let exact = Double(alpha) * sum + kept
                    // Both factors are rounded, then the sum once for each of its terms.
                    let factors = product.precision == .float32 ? 0 : 2.01 * Self.unit(.bfloat16)
                    let bound =
                        abs(Double(alpha)) * size * (factors + Double(k + 2) * Self.unit(.float32))
                        + (abs(kept) + abs(exact)) * 4 * Self.unit(.float32) + 1e-30
                    let error = abs(Double(new[place]) - exact)
                    worst = max(worst, error.isNaN ? .infinity : error / bound)
                }
                for column in n..<(n + gap) where new[row * (n + gap) + column] != old[row * (n + gap) + column] {
                    worst = .infinity
                }
            }
            #expect(worst <= 1, "transposed \(transposeA), \(transposeB)")
        }
    }

    @Test("the result does not depend on the number of threads", arguments: [(700, 96), (96, 900)])
    func threads(_ m: Int, _ n: Int) {
        var generator = RandomGenerator(seed: 5)
        let a = Tensor.normal([m, 130], using: &generator), b = Tensor.normal([n, 130], using: &generator)
        let direct = a.matmul(b, transposed: true)
        let inside = Parallel.map(2) { _ in a.matmul(b, transposed: true) }
        #expect(inside.allSatisfy { $0.elements == direct.elements })
    }

    @Test(
        "a tape says how its products are computed, forwards and backwards",
        .enabled(if: ComputePrecision.bfloat16.isSupported)
    )
    func tapePrecision() {
        var generator = RandomGenerator(seed: 2)
        let x = Tensor.normal([40, 64], using: &generator), w = Tensor.normal([48, 64], using: &generator)
        func run(_ precision: ComputePrecision) -> (Tensor, Tensor) {
            let tape = Tape(precision: precision)
            let weight = tape.variable(w)
            let y = tape.constant(x).linear(weight)
            return (y.detached, tape.gradients(of: [(y, y.detached)])[weight] ?? .zeros([48, 64]))
        }
        func distance(_ a: Tensor, _ b: Tensor) -> Float {
            ((a - b).squared().sum().scalar / b.squared().sum().scalar).squareRoot()
        }
        let (exact, rounded) = (run(.float32), run(.bfloat16))
        for difference in [distance(rounded.0, exact.0), distance(rounded.1, exact.1)] {
            #expect(difference > 1e-4 && difference < 0x1p-7)
        }
        let plain = Tape(isTraining: false, precision: .bfloat16, records: false)
        let parameter = Parameter(w)
        let y = plain.constant(x).linear(parameter(with: plain.constant(x)))
        #expect(!y.isTracked && y.elements == rounded.0.elements)
    }
}
