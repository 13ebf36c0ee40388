public import SViLM
public import Tensors
public import Video

/// What an encoder sees in one clip: which group each tubelet belongs to, and how alike its clip features are.
public struct ClipView: Sendable {
    /// Tubelets along time.
    public let times: Int
    /// Tubelets from top to bottom, as many as from left to right.
    public let gridSize: Int
    /// The group of each tubelet in the last grouping block, by time, row and column.
    public let groups: [Int]
    /// Cosines of the clip features, `[times, times]`.
    public let similarities: Tensor
    private let pixels: [UInt8]
    private let imageSize: Int

    /// Encodes a clip.
    ///
    /// - Parameters:
    ///   - encoder: the encoder whose groups are shown.
    ///   - pixels: RGB bytes `[frames, imageSize, imageSize, 3]`.
    public init(_ encoder: VideoEncoder, pixels: [UInt8]) {
        let configuration = encoder.configuration
        let size = configuration.imageSize
        let values = Tubelets(configuration)(pixels, frames: configuration.frames, height: size, width: size)
        let encoded = encoder(.stacked([values]))
        let count = configuration.groups
        let flags = encoded.assignment.elements
        groups = (0..<(flags.count / count)).map { token in
            (0..<count).first { flags[token * count + $0] > 0.5 } ?? 0
        }
        let features = encoder.clipFeatures(encoded).l2Normalized()
        times = configuration.clipLength
        similarities = features.matmul(features, transposed: true).reshaped([times, times])
        gridSize = configuration.gridSize
        imageSize = size
        self.pixels = pixels
    }

    /// How many groups have a tubelet.
    public var groupsUsed: Int { Set(groups).count }

    /// The first frame of every tubelet, side by side, each `cell` pixels wide.
    public func frames(cell: Int) -> RGBImage {
        RGBImage(width: times * cell, height: cell) { x, y in pixel(time: x / cell, x: x % cell, y: y, cell: cell) }
    }

    /// The same frames, each tubelet tinted with the colour of its group.
    public func assignment(cell: Int) -> RGBImage {
        RGBImage(width: times * cell, height: cell) { x, y in
            let time = x / cell
            let (row, column) = (y * gridSize / cell, (x % cell) * gridSize / cell)
            let tint = Self.colour(ofGroup: groups[(time * gridSize + row) * gridSize + column])
            let below = pixel(time: time, x: x % cell, y: y, cell: cell)
            return zip(below, tint).map { UInt8((Int($0) * 2 + Int($1) * 3) / 5) }
        }
    }

    /// The similarities as a square of `cell` pixels: black for -1, white for 1.
    public func similarityMap(cell: Int) -> RGBImage {
        let values = similarities.elements
        return RGBImage(width: cell, height: cell) { x, y in
            let value = values[(y * times / cell) * times + x * times / cell]
            return [UInt8](repeating: UInt8(max(0, min(255, (value + 1) * 127.5))), count: 3)
        }
    }

    private func pixel(time: Int, x: Int, y: Int, cell: Int) -> [UInt8] {
        let (row, column) = (y * imageSize / cell, x * imageSize / cell)
        let place = ((2 * time * imageSize + row) * imageSize + column) * 3
        return Array(pixels[place..<(place + 3)])
    }

    /// Colours far apart for neighbouring numbers: hues in steps of the golden angle.
    private static func colour(ofGroup group: Int) -> [UInt8] {
        let hue = (Double(group) * 0.381_966).truncatingRemainder(dividingBy: 1) * 6
        return [5.0, 3.0, 1.0].map { offset in
            let place = (offset + hue).truncatingRemainder(dividingBy: 6)
            return UInt8(255 * (1 - 0.85 * max(0, min(place, 4 - place, 1))))
        }
    }
}
