internal import CKernels

extension Tensor {
    /// The sum of all elements, a scalar.
    public func sum() -> Tensor { sum(axes: Array(0..<rank)) }

    /// The mean of all elements, a scalar.
    public func mean() -> Tensor { sum() * (1 / Float(Swift.max(count, 1))) }

    /// The sum over some axes.
    ///
    /// - Parameters:
    ///   - axes: the axes summed over; negative ones count from the end.
    ///   - keepsAxes: whether they stay, with length 1.
    public func sum(axes: [Int], keepsAxes: Bool = false) -> Tensor {
        let axes = Set(axes.map { normalized(axis: $0) })
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        let reduced = summed(to: kept)
        let result =
            keepsAxes ? reduced : reduced.reshaped(shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
        return result.recorded(on: self) { [slot, shape] in
            { gradient, gradients in
                gradients.add(gradient.reshaped(kept).broadcast(to: shape), to: slot)
            }
        }
    }

    /// The mean over some axes; see ``sum(axes:keepsAxes:)``.
    public func mean(axes: [Int], keepsAxes: Bool = false) -> Tensor {
        let length = Set(axes.map { normalized(axis: $0) }).reduce(1) { $0 * shape[$1] }
        return sum(axes: axes, keepsAxes: keepsAxes) * (1 / Float(Swift.max(length, 1)))
    }

    /// The largest element along an axis, which goes; the gradient goes to the first largest one.
    public func max(axis: Int) -> Tensor {
        let axis = normalized(axis: axis)
        let outer = shape[..<axis].reduce(1, *), length = shape[axis], inner = shape[(axis + 1)...].reduce(1, *)
        precondition(length > 0, "the largest of no elements (shape \(shape), axis \(axis))")
        var winners = [Int32](repeating: 0, count: outer * inner)
        let kept = Array(shape[..<axis] + shape[(axis + 1)...])
        let result = Tensor(kept) { target in
            withElements { x in
                for o in 0..<outer {
                    for i in 0..<inner {
                        var best = x[o * length * inner + i]
                        var winner: Int32 = 0
                        for n in 1..<Swift.max(length, 1) where x[(o * length + n) * inner + i] > best {
                            best = x[(o * length + n) * inner + i]
                            winner = Int32(n)
                        }
                        target[o * inner + i] = best
                        winners[o * inner + i] = winner
                    }
                }
            }
        }
        return result.recorded(on: self) { [slot, shape, winners] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: shape) { target, adding in
                    if !adding { target.update(repeating: 0, count: outer * length * inner) }
                    gradient.withElements { g in
                        for o in 0..<outer {
                            for i in 0..<inner {
                                target[(o * length + Int(winners[o * inner + i])) * inner + i] += g[o * inner + i]
                            }
                        }
                    }
                }
            }
        }
    }

    /// The elements repeated along axes of length 1 (and new leading axes) to fill `shape`.
    public func broadcast(to shape: [Int]) -> Tensor {
        guard shape != self.shape else { return self }
        let walk = Broadcast(self.shape, shape)
        precondition(walk.shape == shape, "shape \(self.shape) does not fill \(shape)")
        let result = Tensor(shape) { target in
            guard let y = target.baseAddress else { return }
            withElements { x in
                guard let x = x.baseAddress else { return }
                walk.forEachRow { out, a, _, count, stepA, _ in
                    if stepA == 1 {
                        (y + out).update(from: x + a, count: count)
                    } else {
                        (y + out).update(repeating: x[a], count: count)
                    }
                }
            }
        }
        return result.recorded(on: self) { [slot, own = self.shape] in
            { gradient, gradients in gradients.add(gradient, reducedTo: own, slot: slot) }
        }
    }

    /// The sum over the axes that are 1 in `target` (or missing at its front); not recorded.
    func summed(to target: [Int]) -> Tensor {
        guard target != shape else { return detached }
        let walk = Broadcast(target, shape)
        precondition(walk.shape == shape, "shape \(shape) does not reduce to \(target)")
        return Tensor(target) { sums in
            sums.update(repeating: 0)
            guard let y = sums.baseAddress else { return }
            withElements { x in
                guard let x = x.baseAddress else { return }
                walk.forEachRow { _, a, b, count, stepA, _ in
                    if stepA == 1 {
                        tal_add_in_place(y + a, x + b, count)
                    } else {
                        y[a] += tal_sum(x + b, count)
                    }
                }
            }
        }
    }

    /// `axis` counted from the front.
    func normalized(axis: Int) -> Int {
        let positive = axis < 0 ? axis + rank : axis
        precondition(positive >= 0 && positive < rank, "axis \(axis) of a tensor of shape \(shape)")
        return positive
    }
}
