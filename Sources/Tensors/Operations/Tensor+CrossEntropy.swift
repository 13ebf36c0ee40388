extension Tensor {
    /// The mean cross-entropy of logits `[samples, classes]`; a scalar.
    ///
    /// - Parameter classes: the index of the true class of each sample.
    public func crossEntropy(with classes: [Int]) -> Tensor {
        precondition(rank == 2 && shape[0] == classes.count, "\(shape) for \(classes.count) samples")
        let width = shape[1]
        let wanted = Tensor(shape) { target in
            target.update(repeating: 0)
            for (row, label) in classes.enumerated() { target[row * width + label] = 1 }
        }
        return (logSoftmax() * wanted).sum() * (-1 / Float(classes.count))
    }
}
