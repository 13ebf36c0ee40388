/// A pointer that several threads write through, each to its own part.
public struct SharedPointer: @unchecked Sendable {
    /// The first element.
    public let pointer: UnsafeMutablePointer<Float>
    init(_ pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }
}

extension [Tensor] {
    /// Calls `body` with the elements of every tensor, which several threads may change in place.
    public mutating func withMutablePointers<Result>(_ body: ([SharedPointer]) throws -> Result) rethrows -> Result {
        let pointers = indices.map { index in self[index].mutablePointer() }
        return try withExtendedLifetime(self) { try body(pointers) }
    }
}

extension Tensor {
    /// A tensor whose elements are written by several threads.
    ///
    /// - Parameter body: receives the first element and must write all of them. It keeps alive the tensors it reads.
    init(filling shape: [Int], _ body: (SharedPointer) -> Void) {
        let buffer = Buffer(count: shape.elementCount)
        withExtendedLifetime(buffer) { body(SharedPointer(buffer.pointer)) }
        self.init(shape: shape, buffer: buffer)
    }

    /// A pointer to the elements, which are copied first if another tensor uses them too.
    ///
    /// The pointer is valid while this tensor is kept and not copied.
    mutating func mutablePointer() -> SharedPointer {
        withMutableElements { _ in }
        return SharedPointer(pointer)
    }
}
