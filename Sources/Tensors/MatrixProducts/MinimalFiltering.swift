/// Filters of three taps with fewer multiplications: neighbouring results are computed from products of input sums and tap
/// sums. The gradient of the taps is computed from neighbouring positions in the same way.
///
/// Winograd, "Arithmetic complexity of computations", 1980; Lavin and Gray, "Fast algorithms for convolutional neural
/// networks", 2016, by interpolation at the given points and infinity.
struct MinimalFiltering: Sendable {
    /// Four results from six products instead of twelve, F(4, 3) and F(3, 4). In float32, rounding errors are about three
    /// times those of the direct sum.
    static let four = MinimalFiltering(
        results: 4, points: [0, 1, -1, 2, -2], scales: [1 / 4, -1 / 6, -1 / 6, 1 / 24, 1 / 24],
        input: [
            [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
            [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
        ])

    /// Two results from four products instead of six, F(2, 3) and F(3, 2). Rounding errors of factors grow by a third only, so
    /// bfloat16 can use it too.
    static let two = MinimalFiltering(
        results: 2, points: [0, 1, -1], scales: [1, 1 / 2, 1 / 2],
        input: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, -1, 0, 1]])

    /// Positions that are computed together.
    let results: Int
    /// Each product's factors of the inputs that the results depend on.
    let input: [[Float]]
    /// Each product's factors of the taps.
    let taps: [[Float]]
    /// Each product's factors of the gradients of neighbouring results.
    let gradients: [[Float]]
    private let points: [Float]

    /// The number of matrix products for the results.
    var matmuls: Int { input.count }

    /// The factors with which a matrix product is added to `count` results: neighbouring positions, or three taps.
    func outputFactors(ofMatmul matmul: Int, count: Int) -> [Float] {
        guard matmul < points.count else { return Self.unit(count) }
        return (0..<count).map { Self.power(points[matmul], $0) }
    }

    private init(results: Int, points: [Float], scales: [Float], input: [[Float]]) {
        func factors(of count: Int) -> [[Float]] {
            let finite = zip(points, scales).map { point, scale in
                (0..<count).map { scale * Self.power(point, $0) }
            }
            return finite + [Self.unit(count)]
        }
        self.results = results
        self.points = points
        self.input = input
        taps = factors(of: 3)
        gradients = factors(of: results)
    }

    /// The point at infinity selects the last element.
    private static func unit(_ count: Int) -> [Float] { (0..<count).map { $0 == count - 1 ? 1 : 0 } }

    private static func power(_ base: Float, _ exponent: Int) -> Float {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
