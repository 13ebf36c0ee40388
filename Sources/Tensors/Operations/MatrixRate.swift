extension MatrixLibrary {
    /// How fast this machine multiplies matrices of float32 now, in floating-point operations a second: the median of five
    /// products of 1568 × 768 with 768 × 3072 on all threads, the largest of a ViT-B on 16 frames.
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
