extension Tensor {
    /// Linear interpolation of the time axis to another length, half-pixel convention, ends held.
    ///
    /// Position `j` of the result is read at `(j + ½) · time / length - ½` (what PyTorch calls `align_corners=False`).
    /// - Returns: `[batch, length, channels]` for `[batch, time, channels]`.
    public func interpolated(toLength length: Int) -> Tensor {
        precondition(rank == 3 && shape[1] > 0 && length > 0, "interpolation of \(shape) to \(length)")
        guard length != shape[1] else { return self }
        let time = shape[1]
        let scale = Float(time) / Float(length)
        let lower = (0..<length).map { Int(Swift.max(0, (Float($0) + 0.5) * scale - 0.5)) }
        let weights = (0..<length).map { Swift.max(0, (Float($0) + 0.5) * scale - 0.5) - Float(lower[$0]) }
        return mixed(
            lower.enumerated().map { row, first in
                (first, Swift.min(first + 1, time - 1), weights[row])
            })
    }

    /// The nearest earlier element of the time axis: position `j` of the result is `⌊j · time / length⌋`.
    ///
    /// - Returns: `[batch, length, channels]` for `[batch, time, channels]`.
    public func nearest(toLength length: Int) -> Tensor {
        precondition(rank == 3 && shape[1] > 0 && length > 0, "interpolation of \(shape) to \(length)")
        let time = shape[1]
        return mixed((0..<length).map { ($0 * time / length, $0 * time / length, 0) })
    }

    /// Rows `(1 - weight) · first + weight · second` of the time axis.
    private func mixed(_ rows: [(first: Int, second: Int, weight: Float)]) -> Tensor {
        let (batch, time, channels) = (shape[0], shape[1], shape[2])
        let result = Tensor([batch, rows.count, channels]) { target in
            withElements { x in
                for item in 0..<batch {
                    for (row, (first, second, weight)) in rows.enumerated() {
                        let a = (item * time + first) * channels, b = (item * time + second) * channels
                        let out = (item * rows.count + row) * channels
                        for c in 0..<channels { target[out + c] = (1 - weight) * x[a + c] + weight * x[b + c] }
                    }
                }
            }
        }
        return result.recorded(on: self) { [slot, shape] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: shape) { dx, adding in
                    if !adding { dx.update(repeating: 0, count: shape.elementCount) }
                    gradient.withElements { g in
                        for item in 0..<batch {
                            for (row, (first, second, weight)) in rows.enumerated() {
                                let a = (item * time + first) * channels, b = (item * time + second) * channels
                                let out = (item * rows.count + row) * channels
                                for c in 0..<channels {
                                    dx[a + c] += (1 - weight) * g[out + c]
                                    dx[b + c] += weight * g[out + c]
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
