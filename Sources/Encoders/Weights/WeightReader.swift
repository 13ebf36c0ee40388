import Tensors

/// Reads the tensors of a published file for one model, checking every name and shape.
///
/// A model is read twice by the same code: first everything is only checked and all problems are collected, so that an error
/// lists them all and no memory is taken for a file that does not fit; then the tensors are loaded.
struct WeightReader {
    let file: PublishedFile
    /// Whether tensors are only checked; they then come out empty.
    let checksOnly: Bool
    /// Takes blocks as soon as they are read; nil where they are kept as they are.
    let packer: BlockPacker?
    private(set) var problems: [String] = []
    private var used: Set<String> = []

    init(_ file: PublishedFile, checksOnly: Bool, packer: BlockPacker? = nil) {
        self.file = file
        self.packer = packer
        self.checksOnly = checksOnly
    }

    private static let nothing = Tensor.zeros([0])

    func has(_ name: String) -> Bool { file.shapes[name] != nil }

    /// The shape of a tensor; nil where there is none.
    func shape(_ name: String) -> [Int]? { file.shapes[name] }

    /// The number of layers whose names are `START.NUMBER.…`.
    func layerCount(_ start: String) -> Int {
        let whole = start + "."
        let numbers = file.shapes.keys.lazy.filter { $0.hasPrefix(whole) }
            .compactMap { Int($0.dropFirst(whole.count).prefix { $0 != "." }) }
        return (numbers.max() ?? -1) + 1
    }

    // MARK: - Tensors

    /// A tensor of exactly this shape; leading axes of length 1 may be missing or too many.
    mutating func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
        try tensor(name, shape) { $0.reshaped(shape) }
    }

    /// A tensor that is checked against a shape, and then changed.
    private mutating func tensor(_ name: String, _ shape: [Int], _ change: (Tensor) -> Tensor) throws -> Tensor {
        guard let found = file.shapes[name] else {
            problems.append("missing: \(name) \(shape)")
            return Self.nothing
        }
        used.insert(name)
        guard Self.trimmed(found) == Self.trimmed(shape) else {
            problems.append("\(name) has shape \(found), expected \(shape)")
            return Self.nothing
        }
        guard !checksOnly else { return Self.nothing }
        let tensor = try file.tensor(named: name)
        guard tensor.withElements({ $0.allSatisfy(\.isFinite) }) else {
            throw EncoderError.misfit(
                file: file.path, model: "a model that works", problems: ["\(name) holds numbers that are not finite"])
        }
        return change(tensor)
    }

    private static func trimmed(_ shape: [Int]) -> ArraySlice<Int> { shape.drop { $0 == 1 } }

    /// A linear layer; the bias is read where `bias` is true.
    mutating func linear(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool = true) throws -> LinearWeights {
        LinearWeights(
            weight: try tensor(name + ".weight", [outputs, inputs]),
            bias: bias ? try tensor(name + ".bias", [outputs]) : nil)
    }

    /// A matrix that the file holds with inputs as rows, as OpenAI does.
    mutating func transposed(_ name: String, _ outputs: Int, _ inputs: Int) throws -> LinearWeights {
        LinearWeights(weight: try tensor(name, [inputs, outputs]) { $0.transposed([1, 0]) }, bias: nil)
    }

    mutating func norm(_ name: String, _ width: Int, epsilon: Float, bias: Bool = true) throws -> NormWeights {
        NormWeights(
            weight: try tensor(name + ".weight", [width]), bias: bias ? try tensor(name + ".bias", [width]) : nil,
            epsilon: epsilon)
    }

    /// Three layers whose weights lie one below the other.
    mutating func stacked(
        weight: String, bias: String?, outputs: Int, inputs: Int
    ) throws -> [LinearWeights] {
        let weights = try tensor(weight, [3 * outputs, inputs])
        let biases = try bias.map { try tensor($0, [3 * outputs]) }
        return (0..<3).map { index in
            guard !checksOnly, weights.count > 0 else { return LinearWeights(weight: weights, bias: biases) }
            let rows = index * outputs..<(index + 1) * outputs
            return LinearWeights(
                weight: weights.slice(axis: 0, rows), bias: biases.map { $0.slice(axis: 0, rows) })
        }
    }

    /// The kernel of a patch embedding, `[width, 3, tubelet, side, side]` or without the tubelet axis, as a linear layer of
    /// patches whose values are ordered frame, row, column, channel.
    mutating func patches(
        _ name: String, width: Int, tubelet: Int, side: Int, bias: Bool
    ) throws -> LinearWeights {
        let values = tubelet * side * side * 3
        let hasTime = (shape(name + ".weight")?.count ?? 5) == 5
        let expected = hasTime ? [width, 3, tubelet, side, side] : [width, 3, side, side]
        if !hasTime, tubelet != 1 { problems.append("\(name).weight is of single pictures") }
        return LinearWeights(
            weight: try tensor(name + ".weight", expected) {
                $0.reshaped([width, 3, tubelet, side, side]).transposed([0, 2, 3, 4, 1]).reshaped([width, values])
            },
            bias: bias ? try tensor(name + ".bias", [width]) : nil)
    }

    // MARK: - The end

    /// Names that were not read, those that begin with one of the given texts left out.
    func leftOver(butNot known: [String]) -> [String] {
        file.names.filter { name in !used.contains(name) && !known.contains { name.hasPrefix($0) } }
    }

    /// Marks tensors as known though they are not used.
    mutating func ignore(_ name: String) { used.insert(name) }

    /// - Parameter blocks: the start of names in which nothing may be left over, since it would have been computed with.
    /// - Throws: ``EncoderError/misfit(file:model:problems:)``
    func requireFit(_ model: String, blocks: String) throws {
        let inside = leftOver(butNot: []).filter { $0.hasPrefix(blocks + ".") }
        let all = problems + inside.map { "left over: \($0) \(file.shapes[$0] ?? [])" }
        guard all.isEmpty else { throw EncoderError.misfit(file: file.path, model: model, problems: all) }
    }
}
