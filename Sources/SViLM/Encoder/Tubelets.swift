import Tensors

/// Cuts a clip into blocks of two frames and `patchSize` × `patchSize` pixels.
public struct Tubelets: Sendable {
    private let patchSize: Int
    private let kind: EncoderConfiguration.Tubelet
    private let differenceScale: Float
    /// Normalisation of a byte of each channel: `scale · byte + shift`.
    private let scale: [Float]
    private let shift: [Float]

    public init(_ configuration: EncoderConfiguration) {
        patchSize = configuration.patchSize
        kind = configuration.tubelet
        differenceScale = Float(configuration.differenceScale)
        scale = configuration.deviation.map { Float(1 / (255 * $0)) }
        shift = zip(configuration.mean, configuration.deviation).map { Float(-$0 / $1) }
    }

    /// The normalised tubelets of one clip.
    ///
    /// - Parameter pixels: RGB bytes `[frames, height, width, 3]`; frames even, height and width multiples of the patch.
    /// - Returns: `[frames / 2, patches, 2 · patchSize² · 3]`, patches row by row, values ordered frame, row, column, channel
    ///   (for mean-difference tubelets the mean in place of the first frame and the scaled difference of the second).
    public func callAsFunction(_ pixels: [UInt8], frames: Int, height: Int, width: Int) -> Tensor {
        precondition(
            pixels.count == frames * height * width * 3 && frames % 2 == 0 && height % patchSize == 0
                && width % patchSize == 0, "\(pixels.count) bytes for \(frames) frames of \(height)x\(width)")
        let (rows, columns) = (height / patchSize, width / patchSize)
        let rowValues = patchSize * 3, plane = patchSize * rowValues
        let pattern = (0..<rowValues).map { (scale[$0 % 3], shift[$0 % 3]) }
        let scales = pattern.map(\.0), shifts = pattern.map(\.1)
        return Tensor([frames / 2, rows * columns, 2 * plane]) { target in
            guard let out = target.baseAddress else { return }
            pixels.withUnsafeBufferPointer { pixels in
                scales.withUnsafeBufferPointer { scales in
                    shifts.withUnsafeBufferPointer { shifts in
                        var place = 0
                        for pair in 0..<(frames / 2) {
                            for row in 0..<rows {
                                for column in 0..<columns {
                                    for y in 0..<patchSize {
                                        let source =
                                            ((2 * pair * height + row * patchSize + y) * width + column * patchSize) * 3
                                        let next = source + height * width * 3
                                        let first = out + place + y * rowValues, second = first + plane
                                        for i in 0..<rowValues {
                                            let a = scales[i] * Float(pixels[source + i]) + shifts[i]
                                            let b = scales[i] * Float(pixels[next + i]) + shifts[i]
                                            if kind == .plain {
                                                first[i] = a
                                                second[i] = b
                                            } else {
                                                first[i] = 0.5 * (a + b)
                                                second[i] = differenceScale * (b - a)
                                            }
                                        }
                                    }
                                    place += 2 * plane
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
