extension MatrixLibrary {
    /// Measures the float32 matmul rate of this machine in floating-point operations per second: the median of five products
    /// of 1568 × 768 with 768 × 3072 on all threads, the largest matmul of a ViT-B on 16 frames.
    public static func measureRate() -> Double {
        let (m, n, k) = (1568, 3072, 768)
        var generator = RandomGenerator(seed: 1)
        let a = Tensor.normal([m, k], using: &generator), b = Tensor.normal([n, k], using: &generator)
        let clock = ContinuousClock()
        _ = a.matmul(b, transposed: true)
        let seconds = (0..<5).map { _ in
            clock.measure { _ = a.matmul(b, transposed: true) } / .seconds(1)
        }.sorted()
        return 2 * Double(m * n * k) / seconds[2]
    }
}
