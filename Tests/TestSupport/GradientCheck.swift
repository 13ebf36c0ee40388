public import Tensors

/// Compares the gradients of an operation with central differences.
public enum GradientCheck {
    /// How the random inputs are drawn.
    public enum Inputs: Sendable {
        /// From the normal distribution.
        case normal
        /// A shuffled grid of distinct values that keeps away from zero, for functions with kinks.
        case spread
        /// Uniform in `[0.5, 1.5)`.
        case positive
    }

    /// The largest difference between a gradient and its central difference, relative to the largest gradient (at least 1).
    ///
    /// - Parameters:
    ///   - shapes: the shapes of the inputs.
    ///   - operation: a function of tensors on one tape; its result may have any shape.
    public static func worstDifference(
        shapes: [[Int]], inputs: Inputs = .normal, seed: UInt64 = 1, step: Float = 1e-2,
        _ operation: ([Tensor]) -> Tensor
    ) -> Float {
        var generator = RandomGenerator(seed: seed)
        let values = shapes.map { shape in draw(shape, inputs, using: &generator) }
        let tape = Tape()
        let variables = values.map { tape.variable($0) }
        let output = operation(variables)
        let weights = Tensor.normal(output.shape, using: &generator)
        let gradients = tape.gradients(of: [(output, weights)])

        func objective(_ inputs: [Tensor]) -> Double {
            let result = operation(inputs)
            return zip(result.elements, weights.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        var worst: Float = 0
        for (index, value) in values.enumerated() {
            let analytic = gradients[variables[index]]?.elements ?? [Float](repeating: 0, count: value.count)
            let largest = max(1, analytic.map(abs).max() ?? 0)
            for place in 0..<value.count {
                func moved(by amount: Float) -> [Tensor] {
                    var changed = values
                    changed[index].withMutableElements { $0[place] += amount }
                    return changed
                }
                let numeric = Float((objective(moved(by: step)) - objective(moved(by: -step))) / Double(2 * step))
                worst = max(worst, abs(numeric - analytic[place]) / largest)
            }
        }
        return worst
    }

    private static func draw(_ shape: [Int], _ inputs: Inputs, using generator: inout RandomGenerator) -> Tensor {
        switch inputs {
        case .normal:
            return .normal(shape, using: &generator)
        case .positive:
            return Tensor.uniform(shape, bound: 0.5, using: &generator) + 1
        case .spread:
            let count = shape.reduce(1, *)
            let grid = (0..<count).map { (Float($0) - Float(count / 2)) * 0.1 + 0.05 }.shuffled(using: &generator)
            return Tensor(grid, shape: shape)
        }
    }
}
