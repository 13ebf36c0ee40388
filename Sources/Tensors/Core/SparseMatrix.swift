internal import CKernels

/// A matrix of which few entries differ from zero, stored row by row.
public struct SparseMatrix: Sendable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    private var rowEnds: [Int32] = []
    private var places: [Int32] = []
    private var values: [Float] = []

    /// - Parameters:
    ///   - columns: number of columns.
    ///   - fill: adds the entries of a row; several of one column add up.
    public init(
        rows: Int, columns: Int, _ fill: (_ row: Int, _ add: (_ column: Int, _ value: Float) -> Void) -> Void
    ) {
        self.rows = rows
        self.columns = columns
        var places: [Int32] = [], values: [Float] = []
        rowEnds.reserveCapacity(rows)
        for row in 0..<rows {
            let first = places.count
            fill(row) { column, value in
                precondition((0..<columns).contains(column), "column \(column) of \(columns)")
                guard value != 0 else { return }
                if let known = places[first...].firstIndex(of: Int32(column)) {
                    values[known] += value
                } else {
                    places.append(Int32(column))
                    values.append(value)
                }
            }
            rowEnds.append(Int32(places.count))
        }
        self.places = places
        self.values = values
    }

    /// Calls `body` with every entry.
    fileprivate func forEach(_ body: (_ row: Int, _ column: Int, _ value: Float) -> Void) {
        var entry = 0
        for row in 0..<rows {
            let end = Int(rowEnds[row])
            while entry < end {
                body(row, Int(places[entry]), values[entry])
                entry += 1
            }
        }
    }
}

extension Tensor {
    /// The product of a sparse matrix with each item: `[batch, rows, channels]` for `[batch, columns, channels]`.
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
