/// The switches of a pre-norm vision transformer (Dosovitskiy et al., 2021), which describe every published encoder here.
public struct TransformerSettings: Hashable, Sendable {
    /// Channels of a token.
    public var width: Int
    public var depth: Int
    public var heads: Int
    /// Channels inside the feed-forward network.
    public var hidden: Int
    /// Side of a patch in pixels.
    public var patch: Int
    /// Frames that a token covers.
    public var tubelet: Int
    /// Side of the frames that the model was trained with, in pixels.
    public var imageSize: Int
    /// Frames of a clip that the model was trained with; 1 for pictures.
    public var frames: Int
    /// Tokens before those of patches: the class token, then registers.
    public var prefixTokens = 0
    public var positions: Positions
    public var activation: Activation
    /// Whether the feed-forward network multiplies one half of its channels, through SiLU, with the other (SwiGLU).
    public var isGated = false
    public var pooling: Pooling
    /// Whether a clip of fewer frames than a tubelet is filled up with its last frame.
    public var repeatsFrames = false
    /// Channels of the pooled feature.
    public var channels: Int { width }

    /// Where tokens are told their position.
    public enum Positions: Hashable, Sendable {
        /// A fixed table of sines and cosines over the flattened index of tokens.
        case sinusoid(OtherSizes)
        /// A table in the file, resized for other sizes.
        case table(antialias: Bool)
        /// A rotation of queries and keys in every block.
        case rotary(Rotary)
    }

    /// What a fixed table becomes for clips of another size than that of training.
    public enum OtherSizes: String, Hashable, Sendable {
        /// The table of the size of training is resized: bicubic over rows and columns, linear over time.
        case resized
        /// A new table is computed, as constructing the model for the new size does. The numbers differ, since the index is
        /// flattened.
        case rebuilt
    }

    /// The three-dimensional rotary positions of V-JEPA 2: a third of a head's channels each for time, row and column.
    public struct Rotary: Hashable, Sendable {
        /// Whether the two channels of a pair see the same frequency, which makes it a rotation. V-JEPA 2 was trained without.
        public var isTrueRotation: Bool
        /// Rows and columns are rescaled to a grid of this side; nil for positions as they are.
        public var trainedGrid: Int?
        /// Rows and columns are those of a grid of this side, whatever the frame has; nil for the real grid.
        public var assumedGrid: Int?
    }

    /// The function inside the feed-forward network.
    public enum Activation: String, Hashable, Sendable {
        /// GELU by the error function.
        case gelu
        /// GELU by the hyperbolic tangent.
        case geluTanh = "gelu_tanh"
        /// `x · σ(1.702 x)`
        case quickGELU = "quick_gelu"
    }

    /// What becomes of the tokens.
    public enum Pooling: String, Hashable, Sendable {
        /// Their mean, then a normalisation where there is one. After the final normalisation where there is one.
        case mean
        /// The class token.
        case classToken = "class_token"
        /// One learned query attends to all tokens (SigLIP).
        case attention
    }

    /// Tokens of a clip along time, rows and columns, without those before.
    public func grid(frames: Int, height: Int, width: Int) -> TokenGrid {
        TokenGrid(times: max(1, frames / tubelet), rows: height / patch, columns: width / patch)
    }

    /// Tokens of a clip of the size of training.
    public var trainedGrid: TokenGrid { grid(frames: frames, height: imageSize, width: imageSize) }

    /// Floating-point operations in the matrix products of one clip.
    public func operations(_ grid: TokenGrid) -> Double {
        let tokens = Double(grid.count + prefixTokens), width = Double(width)
        let layer =
            2 * tokens * width * (4 * width + Double(isGated ? 3 * hidden : 2 * hidden)) + 4 * tokens * tokens * width
        return Double(depth) * layer + 2 * tokens * width * Double(tubelet * patch * patch * 3)
    }
}

/// How many tokens a clip has along each axis; they are ordered time, row, column.
public struct TokenGrid: Hashable, Sendable {
    public var times: Int
    public var rows: Int
    public var columns: Int

    public var count: Int { times * rows * columns }
}
