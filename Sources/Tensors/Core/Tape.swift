internal import CKernels

/// The record of a computation, from which gradients are computed backwards.
///
/// A tape is used by one thread. Data-parallel training gives each sample a tape of its own and adds the gradients up.
/// The record is flat: operations hold the slot numbers of their inputs, never the inputs' own history, so that
/// releasing a long computation does not recurse.
///
/// ```swift
/// let tape = Tape()
/// let x = tape.constant(features)
/// let loss = model(x).sum()
/// let gradients = tape.gradients(of: loss)
/// let step = gradients[model.weight]
/// ```
public final class Tape {
    typealias Backward = (_ gradient: Tensor, _ gradients: Gradients) -> Void

    private var operations: [Backward?] = []
    private var variables: [ObjectIdentifier: (parameter: Parameter, slot: Int)] = [:]
    /// The source of dropout masks; see ``isTraining``.
    public var generator: RandomGenerator
    /// Whether dropout and stochastic depth are active.
    public let isTraining: Bool
    /// The data type of the factors of matrix products and convolutions, in both passes. Attention stays in float32: its
    /// matrix products are small, and an error in a score is an error in an exponent.
    public let precision: ComputePrecision
    private let records: Bool

    /// - Parameters:
    ///   - isTraining: whether dropout and stochastic depth are active.
    ///   - seed: seed of the dropout masks.
    ///   - precision: the data type of the factors of matrix products; it must be supported, see
    ///     ``ComputePrecision/isSupported``.
    ///   - records: whether gradients can be computed. A tape that does not record carries precision, mode and generator only.
    public init(
        isTraining: Bool = true, seed: UInt64 = 0, precision: ComputePrecision = .float32, records: Bool = true
    ) {
        self.isTraining = isTraining
        self.precision = precision
        self.records = records
        self.generator = RandomGenerator(seed: seed)
    }

    /// `value` as an input of the recorded computation, without a gradient of its own.
    public func constant(_ value: Tensor) -> Tensor {
        Tensor(shape: value.shape, buffer: value.buffer, offset: value.offset, tape: self)
    }

    /// `value` as an input whose gradient is wanted; see ``Gradients/subscript(_:)-(Tensor)``.
    public func variable(_ value: Tensor) -> Tensor {
        guard records else { return constant(value) }
        return Tensor(shape: value.shape, buffer: value.buffer, offset: value.offset, tape: self, slot: newSlot(nil))
    }

    /// The value of `parameter`, tracked if the parameter is trainable. Every use shares one gradient.
    public func variable(_ parameter: Parameter) -> Tensor {
        guard records, parameter.isTrainable else { return constant(parameter.value) }
        let slot: Int
        if let known = variables[ObjectIdentifier(parameter)] {
            slot = known.slot
        } else {
            slot = newSlot(nil)
            variables[ObjectIdentifier(parameter)] = (parameter, slot)
        }
        let value = parameter.value
        return Tensor(shape: value.shape, buffer: value.buffer, offset: value.offset, tape: self, slot: slot)
    }

    /// The gradients of a scalar.
    public func gradients(of loss: Tensor) -> Gradients {
        precondition(loss.count == 1, "the gradient of a tensor of shape \(loss.shape) needs an output gradient")
        return gradients(of: [(loss, Tensor(repeating: 1, shape: loss.shape))])
    }

    /// The gradients of `Σ ⟨output, gradient⟩`. The tape is empty afterwards.
    ///
    /// - Parameters:
    ///   - outputs: tensors on this tape, each with the gradient of the loss with respect to it, of the same shape.
    ///   - whenComplete: called for each parameter that was used, as soon as nothing will be added to its gradient any more;
    ///     `nil` where none reached it.
    public func gradients(
        of outputs: [(output: Tensor, gradient: Tensor)],
        whenComplete: ((_ parameter: Parameter, _ gradient: Tensor?) -> Void)? = nil
    ) -> Gradients {
        let gradients = Gradients(count: operations.count, variables: variables.mapValues(\.slot))
        for (output, gradient) in outputs where output.slot >= 0 {
            precondition(output.tape === self, "the output is on another tape")
            precondition(output.shape == gradient.shape, "gradient \(gradient.shape) for output \(output.shape)")
            gradients.add(gradient.detached, to: output.slot)
        }
        // A parameter's slot is older than those of all operations that use it.
        let used = whenComplete.map { _ in
            Dictionary(variables.values.map { ($0.slot, $0.parameter) }, uniquingKeysWith: { first, _ in first })
        }
        for slot in operations.indices.reversed() {
            guard let backward = operations[slot] else {
                if let whenComplete, let parameter = used?[slot] { whenComplete(parameter, gradients[parameter]) }
                continue
            }
            // Released here, so that activations are freed as soon as they have been used.
            operations[slot] = nil
            guard let gradient = gradients.take(slot) else { continue }
            backward(gradient, gradients)
        }
        operations.removeAll()
        variables.removeAll()
        return gradients
    }

    /// Puts `output` on the tape; `backward` adds to the gradients of the inputs.
    func record(_ output: Tensor, _ backward: @escaping Backward) -> Tensor {
        Tensor(
            shape: output.shape, buffer: output.buffer, offset: output.offset, tape: self, slot: newSlot(backward))
    }

    private func newSlot(_ backward: Backward?) -> Int {
        operations.append(backward)
        return operations.count - 1
    }
}

/// The gradients of one backward pass.
public final class Gradients {
    private var slots: [Tensor?]
    private let variables: [ObjectIdentifier: Int]

    init(count: Int, variables: [ObjectIdentifier: Int]) {
        slots = Array(repeating: nil, count: count)
        self.variables = variables
    }

    /// The gradient of a parameter, of its shape; `nil` where none reached it.
    public subscript(_ parameter: Parameter) -> Tensor? {
        variables[ObjectIdentifier(parameter)].flatMap { slots[$0] }
    }

    /// The gradient of a variable, of its shape; `nil` where none reached it.
    public subscript(_ variable: Tensor) -> Tensor? {
        variable.slot >= 0 ? slots[variable.slot] : nil
    }

    /// Adds `gradient` to the gradient of `slot`; slot -1 is ignored.
    func add(_ gradient: Tensor, to slot: Int) {
        guard slot >= 0 else { return }
        guard slots[slot] != nil else {
            slots[slot] = gradient
            return
        }
        accumulate(to: slot, shape: gradient.shape) { target, _ in
            gradient.withElements { tal_add_in_place(target, $0.baseAddress, $0.count) }
        }
    }

    /// Calls `body` with the gradient of `slot`.
    ///
    /// - Parameter body: receives the elements and whether they hold a sum to add to (`true`) or garbage (`false`).
    func accumulate(to slot: Int, shape: [Int], _ body: (UnsafeMutablePointer<Float>, Bool) -> Void) {
        guard slot >= 0 else { return }
        if var sum = slots[slot] {
            slots[slot] = nil
            sum.withMutableElements { elements in
                if let start = elements.baseAddress { body(start, true) }
            }
            slots[slot] = sum
        } else {
            slots[slot] = Tensor(shape) { elements in
                if let start = elements.baseAddress { body(start, false) }
            }
        }
    }

    func take(_ slot: Int) -> Tensor? {
        defer { slots[slot] = nil }
        return slots[slot]
    }
}
