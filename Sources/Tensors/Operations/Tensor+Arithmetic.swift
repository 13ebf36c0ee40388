internal import CKernels
internal import Threads

extension Tensor {
    // MARK: - Broadcasting arithmetic

    /// Elementwise sum; axes of length 1 are repeated.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let result = a.combined(with: b, TAL_ADD)
        return result.recorded(on: a, b) { [shapeA = a.shape, shapeB = b.shape, slotA = a.slot, slotB = b.slot] in
            { gradient, gradients in
                gradients.add(gradient, reducedTo: shapeA, slot: slotA)
                gradients.add(gradient, reducedTo: shapeB, slot: slotB)
            }
        }
    }

    /// Elementwise difference; axes of length 1 are repeated.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let result = a.combined(with: b, TAL_SUBTRACT)
        return result.recorded(on: a, b) { [shapeA = a.shape, shapeB = b.shape, slotA = a.slot, slotB = b.slot] in
            { gradient, gradients in
                gradients.add(gradient, reducedTo: shapeA, slot: slotA)
                if slotB >= 0 { gradients.add(-gradient, reducedTo: shapeB, slot: slotB) }
            }
        }
    }

    /// Elementwise product; axes of length 1 are repeated.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        let result = a.combined(with: b, TAL_MULTIPLY)
        return result.recorded(on: a, b) { [a = a.detached, b = b.detached, slotA = a.slot, slotB = b.slot] in
            { gradient, gradients in
                if slotA >= 0 { gradients.add(gradient * b, reducedTo: a.shape, slot: slotA) }
                if slotB >= 0 { gradients.add(gradient * a, reducedTo: b.shape, slot: slotB) }
            }
        }
    }

    /// Elementwise quotient; axes of length 1 are repeated.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let result = a.combined(with: b, TAL_DIVIDE)
        return result.recorded(on: a, b) { [a = a.detached, b = b.detached, slotA = a.slot, slotB = b.slot] in
            { gradient, gradients in
                if slotA >= 0 { gradients.add(gradient / b, reducedTo: a.shape, slot: slotA) }
                if slotB >= 0 { gradients.add(-(gradient * a) / (b * b), reducedTo: b.shape, slot: slotB) }
            }
        }
    }

    /// The smaller of each pair; the gradient goes to it, half to each of two equal ones.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
        let result = a.combined(with: b, TAL_MINIMUM)
        let plain = result.detached
        return result.recorded(on: a, b) { [a = a.detached, b = b.detached, slotA = a.slot, slotB = b.slot] in
            { gradient, gradients in
                func part(_ own: Tensor, _ other: Tensor) -> Tensor {
                    Tensor(plain.shape) { target in
                        let walk = Broadcast(own.shape, other.shape)
                        withExtendedLifetime((own, other, plain, gradient)) {
                            let (p, q, y, g) = (own.pointer, other.pointer, plain.pointer, gradient.pointer)
                            walk.forEachRow { out, i, j, count, stepI, stepJ in
                                for n in 0..<count {
                                    let mine = p[i + n * stepI], theirs = q[j + n * stepJ]
                                    let part: Float = mine == theirs ? 0.5 : (mine == y[out + n] ? 1 : 0)
                                    target[out + n] = part * g[out + n]
                                }
                            }
                        }
                    }
                }
                if slotA >= 0 { gradients.add(part(a, b), reducedTo: a.shape, slot: slotA) }
                if slotB >= 0 { gradients.add(part(b, a), reducedTo: b.shape, slot: slotB) }
            }
        }
    }

    private func combined(with other: Tensor, _ operation: tal_binary_op) -> Tensor {
        if shape == other.shape {
            return Tensor(filling: shape) { [self] target in
                Parallel.forEachRange(ofRows: count, columns: 1) { piece in
                    let start = piece.lowerBound
                    tal_binary(
                        operation, target.pointer + start, pointer + start, 1, other.pointer + start, 1, piece.count)
                }
            }
        }
        let walk = Broadcast(shape, other.shape)
        return Tensor(walk.shape) { target in
            guard let y = target.baseAddress else { return }
            withExtendedLifetime((self, other)) {
                let (a, b) = (pointer, other.pointer)
                walk.forEachRow { out, i, j, count, stepI, stepJ in
                    tal_binary(operation, y + out, a + i, stepI, b + j, stepJ, count)
                }
            }
        }
    }

    // MARK: - Arithmetic with a number

    public static prefix func - (x: Tensor) -> Tensor { x.affine(scale: -1, shift: 0) }
    public static func + (x: Tensor, value: Float) -> Tensor { x.affine(scale: 1, shift: value) }
    public static func - (x: Tensor, value: Float) -> Tensor { x.affine(scale: 1, shift: -value) }
    public static func * (x: Tensor, value: Float) -> Tensor { x.affine(scale: value, shift: 0) }
    public static func / (x: Tensor, value: Float) -> Tensor { x.affine(scale: 1 / value, shift: 0) }
    public static func + (value: Float, x: Tensor) -> Tensor { x.affine(scale: 1, shift: value) }
    public static func - (value: Float, x: Tensor) -> Tensor { x.affine(scale: -1, shift: value) }
    public static func * (value: Float, x: Tensor) -> Tensor { x.affine(scale: value, shift: 0) }
    public static func / (value: Float, x: Tensor) -> Tensor { Tensor(value) / x }

    /// `scale · x + shift`
    public func affine(scale: Float, shift: Float) -> Tensor {
        let result = Tensor(shape) { target in
            withElements { tal_affine(target.baseAddress, $0.baseAddress, scale, shift, $0.count) }
        }
        return result.recorded(on: self) { [slot] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: gradient.shape) { target, adding in
                    gradient.withElements { g in
                        if adding {
                            tal_axpy(target, g.baseAddress, scale, g.count)
                        } else {
                            tal_affine(target, g.baseAddress, scale, 0, g.count)
                        }
                    }
                }
            }
        }
    }

    // MARK: - Functions of one element

    /// e to the power of each element.
    public func exp() -> Tensor { mapped(TAL_EXP) }
    /// Natural logarithm.
    public func log() -> Tensor { mapped(TAL_LOG) }
    /// Square root.
    public func squareRoot() -> Tensor { mapped(TAL_SQRT) }
    /// Square.
    public func squared() -> Tensor { mapped(TAL_SQUARE) }
    /// Absolute value; slope 0 at 0.
    public func magnitude() -> Tensor { mapped(TAL_ABS) }
    /// `1 / (1 + exp(-x))`
    public func sigmoid() -> Tensor { mapped(TAL_SIGMOID) }
    /// `max(x, 0)`; slope 0 at 0.
    public func relu() -> Tensor { mapped(TAL_RELU) }
    /// Exact GELU: `x · Φ(x)` with the normal distribution function Φ (Hendrycks and Gimpel, 2016).
    public func gelu() -> Tensor { mapped(TAL_GELU) }

    private func mapped(_ operation: tal_unary_op) -> Tensor {
        let result = Tensor(filling: shape) { [self] target in
            Parallel.forEachRange(ofRows: count, columns: 1) { piece in
                tal_unary(operation, target.pointer + piece.lowerBound, pointer + piece.lowerBound, piece.count)
            }
        }
        // What is above zero is so before and after; the result is kept anyway by what comes next.
        let kept = operation == TAL_RELU ? result.detached : detached
        return result.recorded(on: self) { [x = kept, slot] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: x.shape) { target, adding in
                    x.withElements { x in
                        gradient.withElements { g in
                            tal_unary_backward(
                                operation, target, x.baseAddress, g.baseAddress, x.count, adding ? 1 : 0)
                        }
                    }
                }
            }
        }
    }

    // MARK: - Recording

    /// This tensor on the tape of its inputs, if they have one; `makeBackward` is called only when a gradient is wanted.
    func recorded(on inputs: Tensor..., makeBackward: () -> Tape.Backward) -> Tensor {
        recorded(on: inputs, makeBackward: makeBackward)
    }

    /// As above, for operations with any number of inputs.
    func recorded(on inputs: [Tensor], makeBackward: () -> Tape.Backward) -> Tensor {
        var found: Tape?
        for input in inputs {
            guard let tape = input.tape else { continue }
            precondition(found == nil || found === tape, "inputs of one operation are on different tapes")
            found = tape
        }
        guard let tape = found else { return self }
        guard inputs.contains(where: \.isTracked) else { return tape.constant(self) }
        return tape.record(self, makeBackward())
    }
}

extension Gradients {
    /// Adds `gradient`, summed over the axes along which `shape` was repeated.
    func add(_ gradient: Tensor, reducedTo shape: [Int], slot: Int) {
        guard slot >= 0 else { return }
        if gradient.shape == shape {
            add(gradient, to: slot)
        } else {
            add(gradient.summed(to: shape), to: slot)
        }
    }
}
