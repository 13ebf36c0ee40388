internal import CKernels

/// A matrix in memory whose rows may be sums of rows there, as ``MatrixProduct`` reads and writes it; see `tal_rows`.
struct MatrixRows: @unchecked Sendable {
    /// A row by its offset in the window, and its factor.
    typealias Term = (offset: Int, factor: Float)

    private(set) var layout = tal_rows()

    /// Rows as they are, times a factor.
    init(_ start: UnsafePointer<Float>, count: Int, stride: Int, factor: Float = 1) {
        self.init(start, stride: stride, length: count, windows: count, terms: [(0, factor)])
    }

    /// Windows over sequences that lie one after the other.
    ///
    /// - Parameters:
    ///   - start: the first row; a target is written through it.
    ///   - stride: elements from one row to the next.
    ///   - length: rows of a sequence; positions outside of it are read as zeros and are not written.
    ///   - windows: windows of a sequence.
    ///   - step: rows from one window to the next.
    ///   - terms: the rows of a window whose weighted sum is a row of the matrix; terms with a factor of zero are dropped.
    init(
        _ start: UnsafePointer<Float>, stride: Int, length: Int, windows: Int, step: Int = 1, terms: [Term]
    ) {
        let present = terms.filter { $0.factor != 0 }
        precondition(present.count <= TAL_TERMS, "\(present.count) terms of a row")
        layout.elements = UnsafeMutablePointer(mutating: start)
        layout.stride = stride
        layout.length = length
        layout.windows = windows
        layout.step = step
        layout.terms = present.count
        withUnsafeMutableBytes(of: &layout.offsets) { offsets in
            for (index, term) in present.enumerated() {
                offsets.storeBytes(of: term.offset, toByteOffset: index * MemoryLayout<Int>.stride, as: Int.self)
            }
        }
        withUnsafeMutableBytes(of: &layout.factors) { factors in
            for (index, term) in present.enumerated() {
                factors.storeBytes(of: term.factor, toByteOffset: index * MemoryLayout<Float>.stride, as: Float.self)
            }
        }
    }

    /// The rows from a given one on.
    func from(row: Int) -> MatrixRows {
        var rest = self
        rest.layout.first += row
        return rest
    }

    /// The columns from a given one on.
    func from(column: Int) -> MatrixRows {
        var rest = self
        rest.layout.elements += column
        return rest
    }
}
