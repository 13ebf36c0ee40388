public import Tensors

/// A published encoder of pictures or videos with its weights.
public struct VisionTransformer: Sendable {
    public let settings: TransformerSettings
    /// What the model is called in messages, such as "VideoMAE of width 768 and depth 12".
    public let name: String
    let weights: TransformerWeights

    init(_ settings: TransformerSettings, name: String, weights: TransformerWeights) {
        self.settings = settings
        self.name = name
        self.weights = weights
    }

    /// The same model with another rule for tables of positions.
    public func with(otherSizes: TransformerSettings.OtherSizes) -> VisionTransformer {
        guard case .sinusoid = settings.positions else { return self }
        var settings = settings
        settings.positions = .sinusoid(otherSizes)
        return VisionTransformer(settings, name: name, weights: weights)
    }

    /// Called with the name and the value of each stage: `embed`, `pre_norm`, `block_0`, …, `norm`.
    public typealias Observer = (_ stage: String, _ tokens: Tensor) -> Void

    /// Whether frames can be taken, and why not.
    ///
    /// - Throws: ``EncoderError/unfitInput(encoder:problem:)``
    public func check(frames: Int, height: Int, width: Int) throws {
        func refuse(_ problem: String) -> EncoderError { .unfitInput(encoder: name, problem: problem) }
        let side = settings.patch
        // Of single pictures the pixels beyond the last whole patch are dropped, as a convolution does.
        let isWhole = settings.frames == 1 || (height % side == 0 && width % side == 0)
        guard height >= side, width >= side, isWhole else {
            throw refuse("frames of \(width)x\(height) pixels; expected multiples of its patch, \(side)")
        }
        let takesOne = settings.repeatsFrames || weights.picturePatch != nil
        guard frames > 0, frames % settings.tubelet == 0 || (frames == 1 && takesOne) else {
            throw refuse("\(frames) frames; expected a multiple of \(settings.tubelet)")
        }
        if case .table = settings.positions, settings.frames == 1, frames != 1 {
            throw refuse("\(frames) frames; expected one, since it is an encoder of pictures")
        }
    }

    /// The tokens of one clip, by the plain definition of the model.
    ///
    /// - Parameters:
    ///   - pixels: `[frames, height, width, 3]`, normalised as the model wants it.
    ///   - observe: for comparing stages.
    /// - Throws: ``EncoderError/unfitInput(encoder:problem:)``
    public func encode(_ pixels: Tensor, observe: Observer? = nil) throws -> EncodedTokens {
        guard weights.blocks.count == settings.depth else {
            throw EncoderError.unfitInput(
                encoder: name, problem: "was packed while it was read, so only that form can run")
        }
        precondition(pixels.rank == 4 && pixels.shape[3] == 3, "pixels of shape \(pixels.shape)")
        try check(frames: pixels.shape[0], height: pixels.shape[1], width: pixels.shape[2])
        return run(pixels, observe: observe)
    }

    /// The same for frames that were checked before.
    func run(_ pixels: Tensor, observe: Observer? = nil) -> EncodedTokens {
        let (start, grid) = embed(pixels)
        observe?("embed", start)
        var x = start
        if let norm = weights.normBefore {
            x = norm(x)
            observe?("pre_norm", x)
        }
        let context = BlockWeights.Context(
            heads: settings.heads, activation: settings.activation, isGated: settings.isGated,
            rotary: rotary(grid))
        for (number, block) in weights.blocks.enumerated() {
            x = block(x, context)
            observe?("block_\(number)", x)
        }
        if let norm = weights.finalNorm {
            x = norm(x)
            observe?("norm", x)
        }
        return EncodedTokens(tokens: x, prefixTokens: settings.prefixTokens, grid: grid)
    }

    func rotary(_ grid: TokenGrid) -> RotaryPositions? {
        guard case .rotary(let rotary) = settings.positions else { return nil }
        return RotaryPositions(rotary, grid: grid, headWidth: settings.width / settings.heads)
    }

    /// The position vectors of a grid, prefix tokens included; nil where positions are rotations.
    func positions(_ grid: TokenGrid) -> Tensor? {
        let trained = settings.trainedGrid
        switch settings.positions {
        case .rotary: return nil
        case .sinusoid(let other):
            if other == .rebuilt { return PositionTable.sinusoid(count: grid.count, width: settings.width) }
            let table = weights.positions ?? PositionTable.sinusoid(count: trained.count, width: settings.width)
            return PositionTable.resized(table, prefix: 0, from: trained, to: grid, antialias: false)
        case .table(let antialias):
            return weights.positions.map { table in
                PositionTable.resized(
                    table, prefix: table.shape[0] - trained.count, from: trained, to: grid, antialias: antialias)
            }
        }
    }

    /// The model without its blocks, for what follows them.
    var withoutBlocks: VisionTransformer {
        var weights = weights
        weights.blocks = []
        return VisionTransformer(settings, name: name, weights: weights)
    }

    /// What the tokens of a clip are before the products with its patches are added: `[tokens, width]`.
    ///
    /// - Parameter isPicture: whether the clip is a single picture, and those have an embedding of their own.
    func beginning(_ grid: TokenGrid, isPicture: Bool = false) -> Tensor {
        let width = settings.width, table = positions(grid)
        let patch = isPicture ? weights.picturePatch ?? weights.patch : weights.patch
        var row = patch.bias ?? .zeros([width])
        if let vector = isPicture ? weights.pictureVector : weights.videoVector { row = row + vector }
        let first = weights.classToken == nil ? 0 : 1
        var patches = row.reshaped([1, width]).broadcast(to: [grid.count, width])
        if let table { patches = patches + table.slice(axis: 0, first..<table.shape[0]) }
        return join(patches, table)
    }

    /// Puts the class token and registers before the patches.
    private func join(_ patches: Tensor, _ table: Tensor?) -> Tensor {
        var parts: [Tensor] = []
        if let token = weights.classToken {
            let row = token.reshaped([1, settings.width])
            parts.append(table.map { row + $0.slice(axis: 0, 0..<1) } ?? row)
        }
        if let registers = weights.registers { parts.append(registers) }
        return parts.isEmpty ? patches : .concatenated(parts + [patches], axis: 0)
    }

    private func embed(_ pixels: Tensor) -> (tokens: Tensor, grid: TokenGrid) {
        var (pixels, linear, tubelet) = (pixels, weights.patch, settings.tubelet)
        var vector = weights.videoVector
        if pixels.shape[0] == 1, let picture = weights.picturePatch {
            (linear, tubelet, vector) = (picture, 1, weights.pictureVector)
        } else if pixels.shape[0] < tubelet {
            pixels = .concatenated([Tensor](repeating: pixels, count: tubelet), axis: 0)
        }
        let grid = TokenGrid(
            times: pixels.shape[0] / tubelet, rows: pixels.shape[1] / settings.patch,
            columns: pixels.shape[2] / settings.patch)
        var tokens = linear(PatchCutter.cut(pixels, tubelet: tubelet, side: settings.patch))
        if let vector { tokens = tokens + vector }
        let table = positions(grid)
        let hasClass = weights.classToken != nil
        if let table { tokens = tokens + (hasClass ? table.slice(axis: 0, 1..<table.shape[0]) : table) }
        return (join(tokens, table), grid)
    }
}

/// The tokens of a clip after the last block, and after the final normalisation where there is one.
public struct EncodedTokens: Sendable {
    /// `[prefix + times · rows · columns, width]`
    public var tokens: Tensor
    public var prefixTokens: Int
    public var grid: TokenGrid

    /// Those of patches: `[times · rows · columns, width]`.
    public var patches: Tensor {
        prefixTokens == 0 ? tokens : tokens.slice(axis: 0, prefixTokens..<tokens.shape[0])
    }
}
