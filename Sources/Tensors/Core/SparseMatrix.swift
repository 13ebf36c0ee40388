internal import CKernels

/// A matrix with few non-zero entries, stored row by row.
public struct SparseMatrix: Sendable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    private var rowEnds: [Int32] = []
    private var columnIndices: [Int32] = []
    private var values: [Float] = []

    /// A matrix whose rows `fill` adds.
    ///
    /// - Parameters:
    ///   - rows: number of rows.
    ///   - columns: number of columns.
    ///   - fill: adds the entries of a row; entries of the same column are summed.
    public init(
        rows: Int, columns: Int, _ fill: (_ row: Int, _ add: (_ column: Int, _ value: Float) -> Void) -> Void
    ) {
        self.rows = rows
        self.columns = columns
        var columnIndices: [Int32] = [], values: [Float] = []
        rowEnds.reserveCapacity(rows)
        for row in 0..<rows {
            let first = columnIndices.count
            fill(row) { column, value in
                precondition((0..<columns).contains(column), "column \(column) of \(columns)")
                guard value != 0 else { return }
                if let known = columnIndices[first...].firstIndex(of: Int32(column)) {
                    values[known] += value
                } else {
                    columnIndices.append(Int32(column))
                    values.append(value)
                }
            }
            rowEnds.append(Int32(columnIndices.count))
        }
        self.columnIndices = columnIndices
        self.values = values
    }

    /// Calls `body` with every entry.
    fileprivate func forEach(_ body: (_ row: Int, _ column: Int, _ value: Float) -> Void) {
        var entry = 0
        for row in 0..<rows {
            let end = Int(rowEnds[row])
            while entry < end {
                body(row, Int(columnIndices[entry]), values[entry])
                entry += 1
            }
        }
    }
}

extension Tensor {
    /// The matrix product of a sparse matrix and each item: `[batch, rows, channels]` for `[batch, columns, channels]`.
    public func multiplied(by matrix: SparseMatrix) -> Tensor {
        precondition(rank == 3 && shape[1] == matrix.columns, "\(matrix.rows)×\(matrix.columns) by \(shape)")
        let (batch, channels) = (shape[0], shape[2])
        let (inner, outer) = (matrix.columns * channels, matrix.rows * channels)
        let result = Tensor([batch, matrix.rows, channels]) { target in
            target.update(repeating: 0)
            guard let y = target.baseAddress else { return }
            withExtendedLifetime(self) {
                for item in 0..<batch {
                    matrix.forEach { row, column, value in
                        tal_axpy(
                            y + item * outer + row * channels, pointer + item * inner + column * channels, value,
                            channels)
                    }
                }
            }
        }
        return result.recorded(on: self) { [slot, shape] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: shape) { target, adding in
                    if !adding { target.update(repeating: 0, count: batch * inner) }
                    withExtendedLifetime(gradient) {
                        for item in 0..<batch {
                            matrix.forEach { row, column, value in
                                tal_axpy(
                                    target + item * inner + column * channels,
                                    gradient.pointer + item * outer + row * channels, value, channels)
                            }
                        }
                    }
                }
            }
        }
    }
}
