/// A pointer that several threads write through, each to its own part.
public struct SharedPointer: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Float>
    init(_ pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }
}

extension [Tensor] {
    /// Calls `body` with the elements of every tensor for changing them in place on several threads.
    public mutating func withMutablePointers<Result>(_ body: ([SharedPointer]) throws -> Result) rethrows -> Result {
        let pointers = indices.map { index in self[index].mutablePointer() }
        return try withExtendedLifetime(self) { try body(pointers) }
    }
}

extension Tensor {
    /// A tensor whose elements are written by several threads.
    ///
    /// - Parameter body: receives the first element; must write all of them. What it reads is kept alive by it.
    init(filling shape: [Int], _ body: (SharedPointer) -> Void) {
        let buffer = Buffer(count: shape.elementCount)
        withExtendedLifetime(buffer) { body(SharedPointer(buffer.pointer)) }
        self.init(shape: shape, buffer: buffer)
    }

    /// The elements of a tensor that shares them with no other, after copying them if it did.
    ///
    /// The pointer is good while this tensor is kept and not copied.
    mutating func mutablePointer() -> SharedPointer {
        withMutableElements { _ in }
        return SharedPointer(pointer)
    }
}
