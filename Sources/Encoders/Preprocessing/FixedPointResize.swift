import Video

/// The resize of 8-bit pictures with whole-number weights, rounded to 8 bits after the columns and after the rows.
struct FixedPointResize {
    /// How many bits of fraction weights have.
    enum Precision {
        /// Always 22 (Pillow's `Resample.c`).
        case pillow
        /// As many as let the largest weight stay below 2^15 (PyTorch's kernel for 8-bit pictures).
        case torchvision
    }

    var precision: Precision
    var filter: FramePreprocessing.Filter

    func resize(_ picture: RGBImage, to region: ResizeRegion) -> RGBImage {
        let across = AveragingTaps(picture.width, region.width, range: region.columns, filter: filter)
        let down = AveragingTaps(picture.height, region.height, range: region.rows, filter: filter)
        let firstRow = down.starts.min() ?? 0
        let lastRow = zip(down.starts, down.weights).map { $0 + $1.count }.max() ?? 0
        let columns = region.columns.count, rows = region.rows.count
        let acrossBits = bits(picture.width, region.width), downBits = bits(picture.height, region.height)
        let acrossWeights = across.scaled(bits: acrossBits), downWeights = down.scaled(bits: downBits)

        let narrow = [UInt8](unsafeUninitializedCapacity: (lastRow - firstRow) * columns * 3) { target, count in
            picture.pixels.withUnsafeBufferPointer { source in
                for row in firstRow..<lastRow {
                    for column in 0..<columns {
                        let start = (row * picture.width + across.starts[column]) * 3
                        let place = ((row - firstRow) * columns + column) * 3
                        acrossWeights[column].withUnsafeBufferPointer { weights in
                            Self.sum(source, start, step: 3, weights, bits: acrossBits, target, place)
                        }
                    }
                }
            }
            count = (lastRow - firstRow) * columns * 3
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: rows * columns * 3) { target, count in
            narrow.withUnsafeBufferPointer { source in
                for row in 0..<rows {
                    downWeights[row].withUnsafeBufferPointer { weights in
                        for column in 0..<columns {
                            let start = ((down.starts[row] - firstRow) * columns + column) * 3
                            Self.sum(
                                source, start, step: columns * 3, weights, bits: downBits, target,
                                (row * columns + column) * 3)
                        }
                    }
                }
            }
            count = rows * columns * 3
        }
        return RGBImage(width: columns, height: rows, pixels: pixels)
    }

    /// One new pixel, rounded and cut to 0…255.
    @inline(__always)
    private static func sum(
        _ source: UnsafeBufferPointer<UInt8>, _ start: Int, step: Int, _ weights: UnsafeBufferPointer<Int32>, bits: Int,
        _ target: UnsafeMutableBufferPointer<UInt8>, _ place: Int
    ) {
        let half = Int32(1) << Int32(bits - 1)
        var (red, green, blue) = (half, half, half), position = start
        for weight in weights {
            red &+= weight &* Int32(source[position])
            green &+= weight &* Int32(source[position + 1])
            blue &+= weight &* Int32(source[position + 2])
            position += step
        }
        target[place] = UInt8(clamping: red >> Int32(bits))
        target[place + 1] = UInt8(clamping: green >> Int32(bits))
        target[place + 2] = UInt8(clamping: blue >> Int32(bits))
    }

    /// The largest weight is that of the whole side, whatever part of it is wanted.
    private func bits(_ old: Int, _ new: Int) -> Int {
        guard precision == .torchvision else { return 22 }
        let taps = AveragingTaps(old, new, range: 0..<new, filter: filter)
        let largest = taps.weights.lazy.flatMap { $0 }.max() ?? 1
        var bits = 0
        while bits < 22, Int(0.5 + largest * Double(1 << (bits + 1))) < 1 << 15 { bits += 1 }
        return max(1, bits)
    }
}
