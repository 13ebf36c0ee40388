/// The processes that train one model together. They are called ranks and are counted from 0, as in MPI.
///
/// Every rank makes the same calls in the same order; a call returns when all ranks have made it. What comes back is the same on
/// all ranks, bit for bit, whatever carries it.
public protocol Communicator: Sendable {
    /// Which rank this process is.
    var rank: Int { get }
    /// How many there are.
    var count: Int { get }

    /// What every rank gave, in the order of the ranks.
    ///
    /// - Parameter bytes: of this rank; their number may differ from rank to rank.
    /// - Throws: an error of what carries it.
    func gather(_ bytes: [UInt8]) throws -> [[UInt8]]

    /// What rank 0 gave.
    ///
    /// - Parameter bytes: looked at on rank 0 only.
    /// - Throws: an error of what carries it.
    func broadcast(_ bytes: [UInt8]) throws -> [UInt8]

    /// Begins to add up buffers over all ranks, in the order of the ranks. Sums begin in the same order on all ranks.
    ///
    /// - Parameters:
    ///   - buffer: the addend of this rank, and in the end the sum. It is left alone until the end.
    ///   - compression: how numbers travel.
    func startSum(of buffer: ExchangeBuffer, compression: GradientCompression) -> any PendingSum
}

/// A sum over ranks on its way.
public protocol PendingSum: Sendable {
    /// Waits until the buffer holds the sum.
    ///
    /// - Throws: an error of what carries it.
    func wait() throws
}

/// How gradients travel between ranks.
public enum GradientCompression: String, Codable, Sendable, CaseIterable {
    /// As they are.
    case none
    /// Rounded to bfloat16, and added up in float32: half the bytes.
    case bfloat16
}

/// Numbers that ranks add up. Their count is a multiple of the number of ranks.
public final class ExchangeBuffer: @unchecked Sendable {
    /// The numbers; whoever has started a sum leaves them alone until it has ended.
    public let numbers: UnsafeMutableBufferPointer<Float>

    /// A buffer of zeros.
    ///
    /// - Parameters:
    ///   - least: how many numbers there must be.
    ///   - ranks: among which they are divided.
    public init(atLeast least: Int, ranks: Int) {
        let count = max(1, (least + ranks - 1) / ranks) * ranks
        numbers = .allocate(capacity: count)
        numbers.initialize(repeating: 0)
    }

    deinit { numbers.deallocate() }
}

extension Communicator {
    /// Whether there are no others.
    public var isAlone: Bool { count == 1 }
    /// Whether this is the rank that writes files and talks.
    public var isFirst: Bool { rank == 0 }

    /// Waits for all ranks.
    ///
    /// - Throws: an error of what carries it.
    public func barrier() throws { _ = try gather([]) }

    /// Adds numbers up over all ranks, in the order of the ranks.
    ///
    /// - Throws: an error of what carries it.
    public func sum(_ values: [Double]) throws -> [Double] {
        guard !isAlone else { return values }
        let all = try gather(values.withUnsafeBytes(Array.init)).map(Self.numbers)
        return all.dropFirst().reduce(all[0]) { zip($0, $1).map(+) }
    }

    /// Whether something holds on at least one rank.
    ///
    /// - Throws: an error of what carries it.
    public func any(_ holds: Bool) throws -> Bool {
        guard !isAlone else { return holds }
        return try gather([holds ? 1 : 0]).contains([1])
    }

    /// A number that rank 0 computes for all.
    ///
    /// - Throws: what `compute` throws, or an error of what carries it.
    public func fromFirst(_ compute: () throws -> Double) throws -> Double {
        guard !isAlone else { return try compute() }
        let value = isFirst ? try compute() : 0
        return Self.numbers(try broadcast(withUnsafeBytes(of: value, Array.init)))[0]
    }

    private static func numbers(_ bytes: [UInt8]) -> [Double] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        }
    }
}

/// A process that trains by itself: nothing is sent, nothing is copied.
public struct SingleProcess: Communicator {
    public var rank: Int { 0 }
    public var count: Int { 1 }

    public init() {}

    public func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    public func broadcast(_ bytes: [UInt8]) -> [UInt8] { bytes }
    public func startSum(of buffer: ExchangeBuffer, compression: GradientCompression) -> any PendingSum { Done() }

    private struct Done: PendingSum {
        func wait() {}
    }
}
