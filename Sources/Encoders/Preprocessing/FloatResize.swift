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
        var narrow = [Float](repeating: 0, count: picture.height * columns * 3)
        for row in 0..<picture.height {
            for column in 0..<columns {
                for channel in 0..<3 {
                    var sum: Float = 0, position = (row * picture.width + across.starts[column]) * 3 + channel
                    for weight in acrossWeights[column] {
                        sum += weight * Float(picture.pixels[position])
                        position += 3
                    }
                    narrow[(row * columns + column) * 3 + channel] = sum
                }
            }
        }
        var pixels = [UInt8](repeating: 0, count: rows * columns * 3)
        for row in 0..<rows {
            for place in 0..<columns * 3 {
                var sum: Float = 0, position = down.starts[row] * columns * 3 + place
                for weight in downWeights[row] {
                    sum += weight * narrow[position]
                    position += columns * 3
                }
                pixels[row * columns * 3 + place] = UInt8(min(max(sum.rounded(.toNearestOrEven), 0), 255))
            }
        }
        return RGBImage(width: columns, height: rows, pixels: pixels)
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
