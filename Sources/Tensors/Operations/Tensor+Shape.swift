extension Tensor {
    /// The same elements in another shape; one length may be -1 and is then computed.
    public func reshaped(_ newShape: [Int]) -> Tensor {
        var target = newShape
        if let free = target.firstIndex(of: -1) {
            let known = target.filter { $0 != -1 }.elementCount
            target[free] = known == 0 ? 0 : count / known
        }
        precondition(target.elementCount == count, "shape \(shape) cannot become \(newShape)")
        let result = Tensor(shape: target, buffer: buffer, offset: offset)
        return result.recorded(on: self) { [slot, shape] in
            { gradient, gradients in gradients.add(gradient.reshaped(shape), to: slot) }
        }
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
    public func transposed(_ order: [Int]) -> Tensor {
        precondition(order.sorted() == Array(0..<rank), "\(order) is no order of the axes of shape \(shape)")
        let result = permuted(order)
        return result.recorded(on: self) { [slot] in
            var inverse = [Int](repeating: 0, count: order.count)
            for (index, axis) in order.enumerated() { inverse[axis] = index }
            return { gradient, gradients in gradients.add(gradient.permuted(inverse), to: slot) }
        }
    }

    private func permuted(_ order: [Int]) -> Tensor {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        let newShape = order.map { shape[$0] }
        let steps = order.map { strides[$0] }
        guard count > 0, let innerLength = newShape.last, let innerStep = steps.last else { return detached }
        return Tensor(newShape) { target in
            withElements { x in
                var index = [Int](repeating: 0, count: newShape.count - 1)
                var source = 0, written = 0
                while true {
                    if innerStep == 1 {
                        for i in 0..<innerLength { target[written + i] = x[source + i] }
                    } else {
                        var from = source
                        for i in 0..<innerLength {
                            target[written + i] = x[from]
                            from += innerStep
                        }
                    }
                    written += innerLength
                    var axis = index.count - 1
                    while axis >= 0 {
                        index[axis] += 1
                        source += steps[axis]
                        if index[axis] < newShape[axis] { break }
                        source -= steps[axis] * newShape[axis]
                        index[axis] = 0
                        axis -= 1
                    }
                    if axis < 0 { return }
                }
            }
        }
    }

    /// A part of an axis. Along the first axis no elements are copied.
    public func slice(axis: Int, _ range: Range<Int>) -> Tensor {
        let axis = normalized(axis: axis)
        precondition(
            range.lowerBound >= 0 && range.upperBound <= shape[axis], "range \(range) of axis \(axis) of \(shape)")
        let outer = shape[..<axis].reduce(1, *), inner = shape[(axis + 1)...].reduce(1, *), length = shape[axis]
        var newShape = shape
        newShape[axis] = range.count
        let result: Tensor
        if outer == 1 {
            result = Tensor(shape: newShape, buffer: buffer, offset: offset + range.lowerBound * inner)
        } else {
            result = Tensor(newShape) { target in
                guard let y = target.baseAddress else { return }
                withElements { x in
                    guard let x = x.baseAddress else { return }
                    for o in 0..<outer {
                        (y + o * range.count * inner)
                            .update(from: x + (o * length + range.lowerBound) * inner, count: range.count * inner)
                    }
                }
            }
        }
        return result.recorded(on: self) { [slot, shape] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: shape) { target, adding in
                    if !adding { target.update(repeating: 0, count: shape.elementCount) }
                    gradient.withElements { g in
                        for o in 0..<outer {
                            let from = o * range.count * inner, to = (o * length + range.lowerBound) * inner
                            for i in 0..<(range.count * inner) { target[to + i] += g[from + i] }
                        }
                    }
                }
            }
        }
    }

    /// Tensors that differ only in the length of one axis, one after the other along it.
    public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
        guard let first = parts.first else { preconditionFailure("nothing to concatenate") }
        guard parts.count > 1 else { return first }
        let axis = first.normalized(axis: axis)
        for part in parts {
            precondition(
                part.rank == first.rank
                    && part.shape.indices.allSatisfy { $0 == axis || part.shape[$0] == first.shape[$0] },
                "shapes \(parts.map(\.shape)) cannot be concatenated along axis \(axis)")
        }
        var newShape = first.shape
        newShape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        let outer = newShape[..<axis].reduce(1, *), inner = newShape[(axis + 1)...].reduce(1, *), total = newShape[axis]
        let result = Tensor(newShape) { target in
            guard let y = target.baseAddress else { return }
            var start = 0
            for part in parts {
                let length = part.shape[axis]
                part.withElements { x in
                    guard let x = x.baseAddress else { return }
                    for o in 0..<outer {
                        (y + (o * total + start) * inner).update(from: x + o * length * inner, count: length * inner)
                    }
                }
                start += length
            }
        }
        return result.recorded(on: parts) {
            let axisParts = parts.map { (slot: $0.slot, length: $0.shape[axis]) }
            return { gradient, gradients in
                var start = 0
                for (slot, length) in axisParts {
                    if slot >= 0 { gradients.add(gradient.slice(axis: axis, start..<(start + length)), to: slot) }
                    start += length
                }
            }
        }
    }

    /// Tensors of one shape, one after the other along a new first axis.
    public static func stacked(_ parts: [Tensor]) -> Tensor {
        concatenated(parts.map { $0.reshaped([1] + $0.shape) }, axis: 0)
    }

    /// Rows of the first axis by index, in the given order; an index may occur more than once.
    public func gathered(_ indices: [Int]) -> Tensor {
        let inner = shape.dropFirst().reduce(1, *)
        precondition(
            indices.allSatisfy { $0 >= 0 && $0 < shape[0] }, "an index outside the first axis of shape \(shape)")
        let result = Tensor([indices.count] + shape.dropFirst()) { target in
            guard let y = target.baseAddress else { return }
            withElements { x in
                guard let x = x.baseAddress else { return }
                for (row, index) in indices.enumerated() {
                    (y + row * inner).update(from: x + index * inner, count: inner)
                }
            }
        }
        return result.recorded(on: self) { [slot, shape] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: shape) { target, adding in
                    if !adding { target.update(repeating: 0, count: shape.elementCount) }
                    gradient.withElements { g in
                        for (row, index) in indices.enumerated() {
                            for i in 0..<inner { target[index * inner + i] += g[row * inner + i] }
                        }
                    }
                }
            }
        }
    }

    /// The tensor with zeros added before and after along an axis.
    public func padded(axis: Int, before: Int = 0, after: Int = 0) -> Tensor {
        let axis = normalized(axis: axis)
        var parts = [self]
        func zeros(_ length: Int) -> Tensor {
            var padding = shape
            padding[axis] = length
            return .zeros(padding)
        }
        if before > 0 { parts.insert(zeros(before), at: 0) }
        if after > 0 { parts.append(zeros(after)) }
        return .concatenated(parts, axis: axis)
    }
}
