extension Tensor {
    /// Random numbers from the normal distribution with mean 0.
    ///
    /// - Parameters:
    ///   - shape: length of each axis.
    ///   - standardDeviation: scale of the numbers.
    ///   - generator: the source of the numbers, drawn in row-major order.
    public static func normal(
        _ shape: [Int], standardDeviation: Float = 1, using generator: inout RandomGenerator
    ) -> Tensor {
        Tensor(shape) { target in
            for i in target.indices { target[i] = standardDeviation * Float(generator.normal()) }
        }
    }

    /// Random numbers, uniform between `-bound` and `bound`.
    public static func uniform(_ shape: [Int], bound: Float, using generator: inout RandomGenerator) -> Tensor {
        Tensor(shape) { target in
            for i in target.indices { target[i] = bound * Float(2 * generator.uniform() - 1) }
        }
    }
}
