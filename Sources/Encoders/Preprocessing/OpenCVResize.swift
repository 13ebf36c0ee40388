import Video

/// OpenCV's bilinear resize of 8-bit pictures: two neighbours along each side, weights of 11 bits.
enum OpenCVResize {
    /// Old pixels and weights of one new pixel.
    private struct Tap {
        var first: Int
        var second: Int
        var weights: (Int32, Int32)
    }

    static func bilinear(_ picture: RGBImage, to region: ResizeRegion) -> RGBImage {
        // Fractions beyond the border are dropped along columns only; along rows both neighbours are the border then.
        let across = region.columns.map { tap($0, picture.width, region.width, dropsFraction: true) }
        let down = region.rows.map { tap($0, picture.height, region.height, dropsFraction: false) }
        let columns = across.count
        let pixels = [UInt8](unsafeUninitializedCapacity: down.count * columns * 3) { target, count in
            picture.pixels.withUnsafeBufferPointer { source in
                for (row, vertical) in down.enumerated() {
                    let above = vertical.first * picture.width, below = vertical.second * picture.width
                    for (column, tap) in across.enumerated() {
                        for channel in 0..<3 {
                            func line(_ start: Int) -> Int32 {
                                Int32(source[(start + tap.first) * 3 + channel]) * tap.weights.0
                                    + Int32(source[(start + tap.second) * 3 + channel]) * tap.weights.1
                            }
                            let sum =
                                ((vertical.weights.0 * (line(above) >> 4)) >> 16)
                                + ((vertical.weights.1 * (line(below) >> 4)) >> 16)
                            target[(row * columns + column) * 3 + channel] = UInt8(clamping: (sum + 2) >> 2)
                        }
                    }
                }
            }
            count = down.count * columns * 3
        }
        return RGBImage(width: columns, height: down.count, pixels: pixels)
    }

    private static func tap(_ place: Int, _ old: Int, _ new: Int, dropsFraction: Bool) -> Tap {
        let position = Float((Double(place) + 0.5) * (Double(old) / Double(new)) - 0.5)
        var first = Int(position.rounded(.down)), fraction = position - position.rounded(.down)
        if dropsFraction, first < 0 || first >= old - 1 {
            fraction = 0
            first = first < 0 ? 0 : old - 1
        }
        func weight(_ value: Float) -> Int32 { Int32((value * 2048).rounded(.toNearestOrEven)) }
        return Tap(
            first: min(max(first, 0), old - 1), second: min(max(first + 1, 0), old - 1),
            weights: (weight(1 - fraction), weight(fraction)))
    }
}
