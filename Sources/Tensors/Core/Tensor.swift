/// An n-dimensional array of `Float`, contiguous and row-major.
///
/// A tensor is a value: operations return new tensors and never change their inputs. A tensor made from a ``Tape`` (a
/// variable, or anything computed from one) carries that tape, and operations on it are recorded for
/// differentiation. Shape mismatches are programming errors and stop the program with both shapes in the message.
public struct Tensor: @unchecked Sendable {
    /// Length of each axis. `[]` is a scalar.
    public let shape: [Int]
    var buffer: Buffer
    /// Index of the first element in `buffer`; non-zero for slices along the first axis.
    let offset: Int
    /// The tape that records operations on this tensor; nil for a constant.
    public let tape: Tape?
    /// The index of this tensor on its tape, or -1 where no gradient is wanted.
    let slot: Int

    init(shape: [Int], buffer: Buffer, offset: Int = 0, tape: Tape? = nil, slot: Int = -1) {
        self.shape = shape
        self.buffer = buffer
        self.offset = offset
        self.tape = tape
        self.slot = slot
    }

    /// A tensor whose elements are unspecified until written through `body`.
    ///
    /// - Parameters:
    ///   - shape: length of each axis.
    ///   - body: receives the elements; must write all of them.
    public init(_ shape: [Int], initializingWith body: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        let buffer = Buffer(count: shape.elementCount)
        try body(UnsafeMutableBufferPointer(start: buffer.pointer, count: shape.elementCount))
        self.init(shape: shape, buffer: buffer)
    }

    /// A tensor with the given elements in row-major order.
    public init(_ elements: [Float], shape: [Int]) {
        precondition(elements.count == shape.elementCount, "\(elements.count) elements do not fill shape \(shape)")
        self.init(shape) { target in
            if !elements.isEmpty { _ = target.update(from: elements) }
        }
    }

    /// A vector with the given elements.
    public init(_ elements: [Float]) { self.init(elements, shape: [elements.count]) }

    /// A scalar.
    public init(_ value: Float) { self.init([value], shape: []) }

    /// A tensor with every element equal to `value`.
    public init(repeating value: Float, shape: [Int]) {
        self.init(shape) { $0.update(repeating: value) }
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }

    /// A tensor of ones.
    public static func ones(_ shape: [Int]) -> Tensor { Tensor(repeating: 1, shape: shape) }

    /// Number of elements.
    public var count: Int { shape.elementCount }
    /// Number of axes.
    public var rank: Int { shape.count }
    /// Whether a gradient can flow into this tensor.
    public var isTracked: Bool { slot >= 0 }

    /// The elements in row-major order.
    public var elements: [Float] {
        withElements { Array($0) }
    }

    /// The only element of a tensor that has one.
    public var scalar: Float {
        precondition(count == 1, "a tensor of shape \(shape) is not a scalar")
        return withElements { $0[0] }
    }

    /// Calls `body` with the elements in row-major order.
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(buffer) {
            try body(UnsafeBufferPointer(start: buffer.pointer + offset, count: count))
        }
    }

    /// Calls `body` with the elements, which it may change in place. Shared elements are copied first.
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if offset != 0 || !isKnownUniquelyReferenced(&buffer) {
            let copy = Buffer(count: count)
            copy.pointer.update(from: pointer, count: count)
            self = Tensor(shape: shape, buffer: copy)
        }
        return try withExtendedLifetime(buffer) {
            try body(UnsafeMutableBufferPointer(start: buffer.pointer, count: count))
        }
    }

    /// The same elements without a tape: a constant.
    public var detached: Tensor { Tensor(shape: shape, buffer: buffer, offset: offset) }

    /// The first element. Valid while `buffer` is kept alive.
    var pointer: UnsafeMutablePointer<Float> { buffer.pointer + offset }

    /// The element at the given indices; for tests and small reads.
    public subscript(_ indices: Int...) -> Float {
        precondition(indices.count == rank, "\(indices.count) indices for shape \(shape)")
        var position = 0
        for (index, length) in zip(indices, shape) {
            precondition(index >= 0 && index < length, "index \(indices) outside shape \(shape)")
            position = position * length + index
        }
        return withElements { $0[position] }
    }
}

extension [Int] {
    /// The product of the axis lengths.
    var elementCount: Int { reduce(1, *) }
}

extension Tensor: CustomStringConvertible {
    /// The shape and the first eight elements.
    public var description: String {
        let shown = elements.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "Tensor\(shape)[\(shown)\(count > 8 ? ", …" : "")]"
    }
}
