internal import CKernels
internal import Threads

extension Tensor {
    /// Softmax over the last axis; a row that is -infinity everywhere becomes zeros.
    public func softmax() -> Tensor {
        let columns = shape.last ?? 1
        let rows = columns == 0 ? 0 : count / columns
        let result = Tensor(shape) { target in
            withElements { tal_softmax(target.baseAddress, $0.baseAddress, rows, columns) }
        }
        return result.recorded(on: self) { [y = result.detached, slot] in
            { gradient, gradients in
                let slope = Tensor(y.shape) { target in
                    y.withElements { y in
                        gradient.withElements {
                            tal_softmax_backward(target.baseAddress, y.baseAddress, $0.baseAddress, rows, columns)
                        }
                    }
                }
                gradients.add(slope, to: slot)
            }
        }
    }

    /// The logarithm of ``softmax()``, computed without underflow.
    public func logSoftmax() -> Tensor {
        // Subtracting a constant changes neither value nor gradient, so the maximum needs no tape.
        let shifted = self - detached.max(axis: -1).reshaped(Array(shape.dropLast()) + [1])
        return shifted - shifted.exp().sum(axes: [-1], keepsAxes: true).log()
    }

    /// `(x - mean) / √(variance + epsilon) · weight + bias` over the last axis, with the biased variance
    /// (Ba, Kiros and Hinton, 2016).
    ///
    /// - Parameters:
    ///   - weight: `[channels]`
    ///   - bias: `[channels]`
    ///   - epsilon: keeps the root away from 0.
    public func layerNormalized(weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Float = 1e-5) -> Tensor {
        let columns = shape.last ?? 1
        let rows = columns == 0 ? 0 : count / columns
        precondition(weight.map { $0.shape == [columns] } ?? true, "norm weight for \(shape)")
        precondition(bias.map { $0.shape == [columns] && weight != nil } ?? true, "norm bias for \(shape)")
        var statistics = Tensor.zeros([2, rows])
        let mean = statistics.mutablePointer()
        let result = Tensor(filling: shape) { [self] target in
            Parallel.forEachRange(ofRows: rows, columns: columns) { range in
                let row = range.lowerBound, start = row * columns
                tal_layer_norm(
                    target.pointer + start, mean.pointer + row, mean.pointer + rows + row, pointer + start,
                    weight?.pointer, bias?.pointer, epsilon, range.count, columns)
            }
        }
        // Its elements were written through a pointer.
        withExtendedLifetime(statistics) {}
        return result.recorded(on: [self] + [weight, bias].compactMap { $0 }) {
            [
                x = detached, w = weight?.detached, statistics = statistics, slotX = slot, slotW = weight?.slot ?? -1,
                slotB = bias?.slot ?? -1
            ] in
            { gradient, gradients in
                withExtendedLifetime((x, w, statistics, gradient)) {
                    let (mean, inverseDeviation) = (statistics.pointer, statistics.pointer + rows)
                    if slotW >= 0 || slotB >= 0 {
                        var sums = Tensor.zeros([2, columns])
                        sums.withMutableElements { sums in
                            guard let dw = sums.baseAddress else { return }
                            tal_layer_norm_backward(
                                nil, 0, slotW >= 0 ? dw : nil, slotB >= 0 ? dw + columns : nil, x.pointer, mean,
                                inverseDeviation,
                                w?.pointer, gradient.pointer, rows, columns)
                        }
                        gradients.add(sums.slice(axis: 0, 0..<1).reshaped([columns]), to: slotW)
                        gradients.add(sums.slice(axis: 0, 1..<2).reshaped([columns]), to: slotB)
                    }
                    gradients.accumulate(to: slotX, shape: x.shape) { dx, adding in
                        tal_layer_norm_backward(
                            dx, adding ? 1 : 0, nil, nil, x.pointer, mean, inverseDeviation, w?.pointer,
                            gradient.pointer,
                            rows,
                            columns)
                    }
                }
            }
        }
    }

    /// Normalisation over time and the channels of each group (Wu and He, 2018).
    ///
    /// - Parameters:
    ///   - groups: number of groups of neighbouring channels; divides the channels.
    ///   - weight: `[channels]`
    ///   - bias: `[channels]`
    ///   - epsilon: keeps the root away from 0.
    /// - Returns: `[batch, time, channels]` for the same.
    public func groupNormalized(groups: Int, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
        precondition(rank == 3 && shape[2] % groups == 0, "group norm of \(shape) in \(groups) groups")
        let grouped = reshaped([shape[0], shape[1], groups, shape[2] / groups])
        let centred = grouped - grouped.mean(axes: [1, 3], keepsAxes: true)
        let standardDeviation = (centred.squared().mean(axes: [1, 3], keepsAxes: true) + epsilon).squareRoot()
        return (centred / standardDeviation).reshaped(shape) * weight + bias
    }

    /// Each row of the last axis divided by its Euclidean length `√(Σx² + epsilon)`; a row of zeros stays zero.
    public func l2Normalized(epsilon: Float = 1e-12) -> Tensor {
        self / (squared().sum(axes: [-1], keepsAxes: true) + epsilon).squareRoot()
    }

    /// The elements with a fraction of them set to zero and the rest scaled up, on a training tape; unchanged elsewhere
    /// (Srivastava et al., 2014).
    public func dropout(_ probability: Float) -> Tensor {
        guard let tape, tape.isTraining, probability > 0 else { return self }
        return self * mask(shape, probability: probability, tape: tape)
    }

    /// The tensor with whole batch items set to zero and the rest scaled up, on a training tape; unchanged elsewhere
    /// (stochastic depth: Huang et al., 2016).
    public func dropPath(_ probability: Float) -> Tensor {
        guard let tape, tape.isTraining, probability > 0 else { return self }
        let perItem = [shape[0]] + [Int](repeating: 1, count: rank - 1)
        return self * mask(perItem, probability: probability, tape: tape)
    }

    private func mask(_ shape: [Int], probability: Float, tape: Tape) -> Tensor {
        let kept = 1 / (1 - probability)
        return Tensor(shape) { target in
            for i in target.indices { target[i] = Float(tape.generator.uniform()) < probability ? 0 : kept }
        }
    }
}
