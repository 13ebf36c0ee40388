extension Tensor {
    /// Random numbers from the normal distribution with the given deviation.
    public static func normal(
        _ shape: [Int], deviation: Float = 1, using generator: inout RandomGenerator
    ) -> Tensor {
        Tensor(shape) { target in
            for i in target.indices { target[i] = deviation * Float(generator.normal()) }
        }
    }

    /// Random numbers, uniform between `-bound` and `bound`.
    public static func uniform(_ shape: [Int], bound: Float, using generator: inout RandomGenerator) -> Tensor {
        Tensor(shape) { target in
            for i in target.indices { target[i] = bound * Float(2 * generator.uniform() - 1) }
        }
    }
}
