import Foundation

/// The weights with which one side of a picture is resized by Pillow and by torchvision with antialiasing: the filter widens
/// where the picture shrinks, and what lies beyond the border is left out.
struct AveragingTaps {
    /// The first old pixel of each new one.
    var starts: [Int]
    /// The weights of each new pixel; their sum is 1.
    var weights: [[Double]]

    /// - Parameter isSingle: whether the weights are computed in single precision.
    init(_ old: Int, _ new: Int, range: Range<Int>, filter: FramePreprocessing.Filter, isSingle: Bool = false) {
        self =
            isSingle
            ? Self.make(Float(old), Float(new), range, filter) : Self.make(Double(old), Double(new), range, filter)
    }

    private init(starts: [Int], weights: [[Double]]) {
        self.starts = starts
        self.weights = weights
    }

    private static func make<Value: BinaryFloatingPoint>(
        _ old: Value, _ new: Value, _ range: Range<Int>, _ filter: FramePreprocessing.Filter
    ) -> AveragingTaps {
        let scale = old / new, stretch = max(scale, 1), inverse = 1 / stretch
        let support = Value(support(filter)) * stretch
        var taps = AveragingTaps(starts: [], weights: [])
        for place in range {
            let center = (Value(place) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5)), last = min(Int(old), Int(center + support + 0.5))
            var row: [Value] = [], sum: Value = 0
            for index in first..<max(first, last) {
                // PyTorch's constant one half is a double, whatever the weights are.
                let distance = (Double(Value(index) - center) + 0.5) * Double(inverse)
                row.append(value(filter, Value(distance)))
                sum += row[row.count - 1]
            }
            taps.starts.append(first)
            taps.weights.append([])
            for weight in row { taps.weights[taps.weights.count - 1].append(Double(sum != 0 ? weight / sum : weight)) }
        }
        return taps
    }

    /// Weights as whole numbers of `1 / 2^bits`, halves rounded away from zero.
    func scaled(bits: Int) -> [[Int32]] {
        let one = Double(1 << bits)
        return weights.map { $0.map { Int32($0 * one + ($0 < 0 ? -0.5 : 0.5)) } }
    }

    private static func support(_ filter: FramePreprocessing.Filter) -> Double {
        switch filter {
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    private static func value<Value: BinaryFloatingPoint>(_ filter: FramePreprocessing.Filter, _ x: Value) -> Value {
        let distance = abs(x)
        switch filter {
        case .bilinear: return max(0, 1 - distance)
        case .bicubic:
            let a: Value = -0.5
            if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
            if distance < 2 { return (((distance - 5) * distance + 8) * distance - 4) * a }
            return 0
        case .lanczos:
            return -3 <= x && x < 3 ? Value(sinc(Double(x)) * sinc(Double(x) / 3)) : 0
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
}
