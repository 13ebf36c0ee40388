public import Tensors

/// The weights of `eval/references/efficientnet_lite0.py`: numbers from a formula under the published names.
public enum EfficientNetWeights {
    /// Numbers in 0…1 with 24 bits, from a hash of seed and index.
    public static func numbers(seed: Int, count: Int) -> [Float] {
        (0..<count).map { index in
            var x = UInt64(index + seed * 1_000_003) &* 2_654_435_761 & 0xFFFF_FFFF
            x ^= x >> 16
            x = x &* 2_246_822_519 & 0xFFFF_FFFF
            x ^= x >> 13
            return Float(x >> 8) / Float(1 << 24)
        }
    }

    /// The names and shapes of the published file.
    public static let shapes: [String: [Int]] = {
        var shapes: [String: [Int]] = ["_fc.weight": [1000, 1280], "_fc.bias": [1000]]
        func add(_ convolution: String, _ norm: String, _ shape: [Int]) {
            shapes[convolution + ".weight"] = shape
            for part in ["weight", "bias", "running_mean", "running_var"] { shapes["\(norm).\(part)"] = [shape[0]] }
        }
        add("_conv_stem", "_bn0", [32, 3, 3, 3])
        let stages = [
            (1, 1, 16, 3), (2, 6, 24, 3), (2, 6, 40, 5), (3, 6, 80, 3), (3, 6, 112, 5), (4, 6, 192, 5), (1, 6, 320, 3),
        ]
        var width = 32, number = 0
        for (repeats, widening, outputs, kernel) in stages {
            for _ in 0..<repeats {
                let start = "_blocks.\(number).", hidden = width * widening
                if widening > 1 { add(start + "_expand_conv", start + "_bn0", [hidden, width, 1, 1]) }
                add(start + "_depthwise_conv", start + "_bn1", [hidden, 1, kernel, kernel])
                add(start + "_project_conv", start + "_bn2", [outputs, hidden, 1, 1])
                (width, number) = (outputs, number + 1)
            }
        }
        add("_conv_head", "_bn1", [1280, width, 1, 1])
        return shapes
    }()

    public static let tensors: [String: Tensor] = {
        var tensors: [String: Tensor] = [:]
        for (seed, name) in shapes.keys.sorted().enumerated() {
            let shape = shapes[name] ?? [], isVector = shape.count == 1
            let values = numbers(seed: seed, count: shape.reduce(1, *))
            if name.hasSuffix("running_var") || (isVector && name.hasSuffix(".weight")) {
                tensors[name] = Tensor(values.map { 0.5 + $0 }, shape: shape)
            } else if isVector {
                tensors[name] = Tensor(values.map { (2 * $0 - 1) * 0.25 }, shape: shape)
            } else {
                let scale = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
                tensors[name] = Tensor(values.map { Float((2 * Double($0) - 1) * scale) }, shape: shape)
            }
        }
        return tensors
    }()
}
