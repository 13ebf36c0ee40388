import Video

/// Resizes in floating point.
enum FloatResize {
    /// torchvision's `resize` of an 8-bit tensor by way of float32, with antialiasing: rounded once at the end, halves to even.
    static func averaged(
        _ picture: RGBImage, to region: ResizeRegion, filter: FramePreprocessing.Filter
    ) -> RGBImage {
        let across = AveragingTaps(picture.width, region.width, range: region.columns, filter: filter, isSingle: true)
        let down = AveragingTaps(picture.height, region.height, range: region.rows, filter: filter, isSingle: true)
        let columns = region.columns.count, rows = region.rows.count
        let acrossWeights = across.weights.map { $0.map(Float.init) }
        let downWeights = down.weights.map { $0.map(Float.init) }
        let narrow = [Float](unsafeUninitializedCapacity: picture.height * columns * 3) { target, count in
            picture.pixels.withUnsafeBufferPointer { source in
                for row in 0..<picture.height {
                    for column in 0..<columns {
                        for channel in 0..<3 {
                            let start = (row * picture.width + across.starts[column]) * 3 + channel
                            target[(row * columns + column) * 3 + channel] = sum(acrossWeights[column]) {
                                Float(source[start + 3 * $0])
                            }
                        }
                    }
                }
            }
            count = picture.height * columns * 3
        }
        let pixels = [UInt8](unsafeUninitializedCapacity: rows * columns * 3) { target, count in
            narrow.withUnsafeBufferPointer { source in
                for row in 0..<rows {
                    for place in 0..<columns * 3 {
                        let start = down.starts[row] * columns * 3 + place
                        let value = sum(downWeights[row]) { source[start + columns * 3 * $0] }
                        target[row * columns * 3 + place] = UInt8(min(max(value.rounded(.toNearestOrEven), 0), 255))
                    }
                }
            }
            count = rows * columns * 3
        }
        return RGBImage(width: columns, height: rows, pixels: pixels)
    }

    /// A weighted sum in the order and with the roundings of PyTorch on x86-64, found by comparing bits: after the first product,
    /// products are rounded and added by fours; what is left of the last four is added without rounding the products.
    @inline(__always)
    private static func sum(_ weights: [Float], _ value: (Int) -> Float) -> Float {
        guard var sum = weights.first.map({ $0 * value(0) }) else { return 0 }
        let rounded = (weights.count - 1) / 4 * 4
        for index in 1..<weights.count {
            if index <= rounded {
                sum += weights[index] * value(index)
            } else {
                sum.addProduct(weights[index], value(index))
            }
        }
        return sum
    }

    /// `interpolate` of PyTorch, bilinear, corners not aligned, without antialiasing, on pixels in 0…1.
    ///
    /// - Returns: `rows * columns * 3` values.
    static func bilinear(_ picture: RGBImage, to region: ResizeRegion) -> [Float] {
        func taps(_ range: Range<Int>, _ old: Int, _ new: Int) -> [(first: Int, second: Int, fraction: Float)] {
            range.map { place in
                let position = max(0, (Float(place) + 0.5) * (Float(old) / Float(new)) - 0.5)
                let first = min(Int(position), old - 1)
                return (first, min(first + 1, old - 1), position - Float(first))
            }
        }
        let across = taps(region.columns, picture.width, region.width)
        let down = taps(region.rows, picture.height, region.height)
        return [Float](unsafeUninitializedCapacity: down.count * across.count * 3) { target, count in
            picture.pixels.withUnsafeBufferPointer { source in
                var place = 0
                for row in down {
                    for column in across {
                        for channel in 0..<3 {
                            func line(_ row: Int) -> Float {
                                let start = row * picture.width
                                let left = Float(source[(start + column.first) * 3 + channel]) / 255
                                let right = Float(source[(start + column.second) * 3 + channel]) / 255
                                return (1 - column.fraction) * left + column.fraction * right
                            }
                            target[place] = (1 - row.fraction) * line(row.first) + row.fraction * line(row.second)
                            place += 1
                        }
                    }
                }
            }
            count = down.count * across.count * 3
        }
    }
}
