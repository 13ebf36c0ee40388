import Files
import Tensors

/// The feature vectors of a video while it is encoded: in memory, or where there are many in a temporary file, which is at once without
/// a name.
struct GatheredFeatures {
    /// How many there are.
    private(set) var count = 0
    private(set) var channels = 0
    private var parts: [Tensor] = []
    private var file: NamelessFile?
    private let isLong: (_ count: Int) -> Bool

    /// - Parameter isLong: whether so many need not be in memory.
    init(isLong: @escaping (_ count: Int) -> Bool) { self.isLong = isLong }

    /// Whether they are in a file.
    var isInFile: Bool { file != nil }

    /// Adds the next ones, `[rows, channels]`.
    ///
    /// - Throws: `FileError` where they cannot be written.
    mutating func append(_ rows: Tensor) throws {
        count += rows.shape[0]
        channels = rows.shape[1]
        parts.append(rows)
        guard isInFile || isLong(count) else { return }
        let file = try self.file ?? NamelessFile(named: "tal-features")
        self.file = file
        for part in parts {
            try part.withElements { try file.write(UnsafeRawBufferPointer($0)) }
        }
        parts = []
    }

    /// All of them, `[count, channels]`; only where they are in memory, and at least one.
    var tensor: Tensor { .concatenated(parts, axis: 0) }

    /// Some of them, `[range, channels]`; only where they are in a file.
    ///
    /// - Throws: `FileError` where they cannot be read.
    func rows(_ range: Range<Int>) throws -> Tensor {
        guard let file else { preconditionFailure("these features are in memory") }
        return try Tensor([range.count, channels]) { target in
            try file.read(
                into: UnsafeMutableRawBufferPointer(target),
                at: range.lowerBound * channels * MemoryLayout<Float>.stride)
        }
    }
}
