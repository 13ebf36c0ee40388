internal import CKernels
public import Tensors

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
    /// - Parameters:
    ///   - pixels: RGB bytes `[frames, height, width, 3]`; frames even, height and width multiples of the patch.
    ///   - frames: frames of the clip.
    ///   - height: of a frame, in pixels.
    ///   - width: of a frame, in pixels.
    /// - Returns: `[frames / 2, patches, 2 · patchSize² · 3]`, patches row by row, values ordered frame, row, column, channel
    ///   (for mean-difference tubelets the mean instead of the first frame and the scaled difference of the second).
    public func callAsFunction(_ pixels: [UInt8], frames: Int, height: Int, width: Int) -> Tensor {
        precondition(
            pixels.count == frames * height * width * 3 && frames % 2 == 0 && height % patchSize == 0
                && width % patchSize == 0, "\(pixels.count) bytes for \(frames) frames of \(height)x\(width)")
        let patches = (height / patchSize) * (width / patchSize)
        return Tensor([frames / 2, patches, 2 * patchSize * patchSize * 3]) { target in
            guard let out = target.baseAddress else { return }
            cut(0..<(frames / 2 * patches), from: pixels, frames: frames, height: height, width: width, to: out)
        }
    }

    /// Writes some of the tubelets of a clip, numbered frame pair by frame pair and patch by patch.
    ///
    /// - Parameter target: receives `2 · patchSize² · 3` values for each tubelet.
    func cut(
        _ tubelets: Range<Int>, from pixels: [UInt8], frames: Int, height: Int, width: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        precondition(
            pixels.count == frames * height * width * 3,
            "\(pixels.count) bytes for \(frames) frames of \(height)x\(width)")
        let columns = width / patchSize, patches = (height / patchSize) * columns
        let rowValues = patchSize * 3, plane = patchSize * rowValues
        let scales = (0..<rowValues).map { scale[$0 % 3] }, shifts = (0..<rowValues).map { shift[$0 % 3] }
        pixels.withUnsafeBufferPointer { pixels in
            guard let bytes = pixels.baseAddress else { return }
            for (index, tubelet) in tubelets.enumerated() {
                let (pair, patch) = tubelet.quotientAndRemainder(dividingBy: patches)
                let (row, column) = patch.quotientAndRemainder(dividingBy: columns)
                let first = target + index * 2 * plane
                for y in 0..<patchSize {
                    let source = ((2 * pair * height + row * patchSize + y) * width + column * patchSize) * 3
                    tal_tubelet_row(
                        first + y * rowValues, first + plane + y * rowValues, bytes + source,
                        bytes + source + height * width * 3, scales, shifts, rowValues,
                        kind == .plain ? 0 : 1, differenceScale)
                }
            }
        }
    }
}
