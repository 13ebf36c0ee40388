import Foundation

/// Memory for the operands of vector instructions, aligned to cache lines.
///
/// Large blocks are aligned to large pages and ask for them: fresh small pages cost more than filling them.
package final class AlignedMemory: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer

    /// Memory full of zeros.
    package init(bytes: Int) {
        let largePage = 2 << 20
        let isLarge = bytes >= 2 * largePage
        var raw: UnsafeMutableRawPointer?
        guard posix_memalign(&raw, isLarge ? largePage : 64, max(bytes, 64)) == 0, let raw else {
            preconditionFailure("out of memory: \(bytes) bytes for an encoder")
        }
        pointer = raw
        #if os(Linux)
            if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
        #endif
        memset(raw, 0, bytes)
    }

    /// A copy of numbers.
    package convenience init(_ values: [Float]) {
        self.init(bytes: values.count * 4)
        values.withUnsafeBytes {
            pointer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pointer), byteCount: $0.count)
        }
    }

    deinit { free(pointer) }

    /// The contents as numbers.
    package var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
}
