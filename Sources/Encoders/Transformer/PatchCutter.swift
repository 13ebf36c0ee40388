import Tensors

/// Cuts frames into patches.
enum PatchCutter {
    /// The patches of a clip: `[tokens, tubelet · side · side · 3]`, tokens ordered time, row, column, and the values of a
    /// patch frame, row, column, channel. What does not fill a patch is left out.
    ///
    /// - Parameter pixels: `[frames, height, width, 3]`
    static func cut(_ pixels: Tensor, tubelet: Int, side: Int) -> Tensor {
        let (frames, height, width) = (pixels.shape[0], pixels.shape[1], pixels.shape[2])
        let (times, rows, columns) = (frames / tubelet, height / side, width / side)
        return Tensor([times * rows * columns, tubelet * side * side * 3]) { target in
            pixels.withElements { pixels in
                guard let start = pixels.baseAddress, let place = target.baseAddress else { return }
                let grid = TokenGrid(times: times, rows: rows, columns: columns)
                for index in 0..<grid.count {
                    copy(
                        index, of: grid, from: start, height: height, width: width, tubelet: tubelet, side: side,
                        to: place + index * tubelet * side * side * 3)
                }
            }
        }
    }

    /// The values of one patch.
    static func copy(
        _ index: Int, of grid: TokenGrid, from pixels: UnsafePointer<Float>, height: Int, width: Int, tubelet: Int,
        side: Int, to target: UnsafeMutablePointer<Float>
    ) {
        let time = index / (grid.rows * grid.columns), inFrame = index % (grid.rows * grid.columns)
        let row = inFrame / grid.columns, column = inFrame % grid.columns
        var place = target
        for frame in time * tubelet..<(time + 1) * tubelet {
            for line in row * side..<(row + 1) * side {
                place.update(from: pixels + ((frame * height + line) * width + column * side) * 3, count: side * 3)
                place += side * 3
            }
        }
    }
}
