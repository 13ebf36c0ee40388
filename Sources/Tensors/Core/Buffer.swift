import Foundation
import Synchronization

/// Memory for the elements of tensors, given back to the pool when the last tensor using it goes.
final class Buffer: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    private let capacity: Int

    init(count: Int) {
        capacity = BufferPool.capacity(for: count)
        pointer = BufferPool.take(capacity: capacity)
    }

    deinit { BufferPool.give(pointer, capacity: capacity) }
}

/// Free buffers by size.
///
/// Fresh pages from the system cost more than computing on them, so large buffers are kept for reuse.
/// Sizes are rounded up to eighths of a power of two, which wastes at most an eighth.
public enum BufferPool {
    private struct State {
        var free: [Int: [UInt]] = [:]
        var liveBytes = 0
        var freeBytes = 0
        var peakBytes = 0
        var misses = 0
    }

    private static let state = Mutex(State())
    /// Buffers below this many floats (64 KiB) go straight to `malloc`.
    private static let smallest = 16_384
    private static let alignment = 64

    /// Bytes held by tensors now, counting large buffers only.
    public static var liveBytes: Int { state.withLock { $0.liveBytes } }
    /// The maximum of ``liveBytes`` so far, counting large buffers only.
    public static var peakBytes: Int { state.withLock { $0.peakBytes } }

    /// Large buffers that came from the system because no free buffer had the size.
    public static var misses: Int { state.withLock { $0.misses } }

    static func capacity(for count: Int) -> Int {
        guard count >= smallest else { return max(count, 1) }
        let step = max(1, 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount - 3))
        return (count + step - 1) / step * step
    }

    static func take(capacity: Int) -> UnsafeMutablePointer<Float> {
        if capacity >= smallest {
            let bytes = capacity * MemoryLayout<Float>.stride
            let address: UInt? = state.withLock { state in
                state.liveBytes += bytes
                state.peakBytes = max(state.peakBytes, state.liveBytes)
                guard let address = state.free[capacity]?.popLast() else {
                    state.misses += 1
                    return nil
                }
                state.freeBytes -= bytes
                return address
            }
            if let address, let pointer = UnsafeMutablePointer<Float>(bitPattern: address) { return pointer }
        }
        var raw: UnsafeMutableRawPointer?
        let bytes = (capacity * MemoryLayout<Float>.stride + alignment - 1) / alignment * alignment
        guard posix_memalign(&raw, alignment, bytes) == 0, let raw else {
            preconditionFailure("out of memory: \(bytes) bytes for a tensor")
        }
        return raw.bindMemory(to: Float.self, capacity: capacity)
    }

    static func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        guard capacity >= smallest else {
            free(pointer)
            return
        }
        let bytes = capacity * MemoryLayout<Float>.stride
        state.withLock { state in
            state.liveBytes -= bytes
            state.freeBytes += bytes
            state.free[capacity, default: []].append(UInt(bitPattern: pointer))
        }
    }
}
