public import Configuration

/// How a model that was exported to ONNX is used as an encoder. Nothing of this can be read from the file, so all of it is declared.
public struct ONNXSettings: Configurable {
    /// What becomes of the axes of the output beside clips and channels.
    public enum Pooling: String, Codable, Sendable, CaseIterable {
        /// There are none.
        case none
        case mean, max
        /// Their first element, such as a class token.
        case first
    }

    /// The `kind` of such a file.
    public static let kind = "onnx"

    /// Kind of encoder, for readers of the file: always `onnx`.
    public var kind = Self.kind
    /// The name that is stored with features.
    public var name = "onnx"
    /// The name of the input that takes the pixels; the only one that the model may have.
    public var input = ""
    /// The order of the input's axes: `NCTHW`, `NTCHW`, `NTHWC` for clips; `NCHW`, `NHWC` for a model of single frames, whose
    /// features are pooled as `protocol.frame_pooling` says. `N` may be missing.
    public var layout = ""
    /// The name of the output that is kept.
    public var output = ""
    /// The order of its axes, such as `NC`, `NCTHW`, or `NTC` for tokens. `C` are the values of a feature.
    public var outputLayout = ""
    public var pooling = Pooling.none
    /// Which frames are taken, and how they are prepared. `feature` has no meaning here.
    public var `protocol` = EncoderProtocol()

    public init() {}

    /// Keys that every file must have.
    public static let declared = [
        "name", "input", "layout", "output", "output_layout", "pooling", "protocol.name", "protocol.frame_rate",
        "protocol.window_frames", "protocol.frames", "protocol.preprocessing.library", "protocol.preprocessing.mean",
        "protocol.preprocessing.std",
    ]

    /// Pairs and groups of keys of which one must be complete.
    private static let choices = [
        [["protocol.stride_frames"], ["protocol.stride_seconds"]],
        [
            ["protocol.preprocessing.height", "protocol.preprocessing.width"],
            ["protocol.preprocessing.shorter_side", "protocol.preprocessing.crop_size"],
        ],
    ]

    /// Reads a file, which must declare everything that changes features.
    ///
    /// - Throws: `ConfigurationError` with the first key that is missing or cannot be.
    public static func load(from path: String) throws -> ONNXSettings {
        let settings = try ConfigurationFile.load(ONNXSettings.self, from: path)
        let keys = try ConfigurationFile.keys(in: path)
        func missing(_ key: String) -> ConfigurationError {
            .invalidValue(
                file: path, key: key, problem: "is missing; the model does not tell it, so it must be declared")
        }
        for key in declared where !keys.contains(key) { throw missing(key) }
        for choice in choices where !choice.contains(where: { keys.isSuperset(of: $0) }) {
            throw missing(choice.map { $0.joined(separator: " and ") }.joined(separator: ", or "))
        }
        if !settings.takesClips, settings.protocol.frames > 1, !keys.contains("protocol.frame_pooling") {
            throw missing("protocol.frame_pooling")
        }
        return settings
    }

    public func validate() throws {
        try require(kind == Self.kind, "kind", "must be '\(Self.kind)' for this encoder")
        try require(!name.isEmpty, "name", "must not be empty")
        try require(!input.isEmpty, "input", "must be the name of an input of the model")
        try require(!output.isEmpty, "output", "must be the name of an output of the model")
        let order = inputOrder
        try require(
            order.map { order in "CHW".allSatisfy(order.has) } ?? false, "layout",
            "is '\(layout)'; expected the letters C, H, W and, where the model has them, N and T, each once")
        let outputOrder = outputOrder
        try require(
            outputOrder?.has("C") ?? false, "output_layout",
            "is '\(outputLayout)'; expected the letter C and, where the output has them, N, T, H and W, each once")
        let rest = outputOrder?.letters.filter { $0 != "N" && $0 != "C" } ?? []
        try require(
            rest.isEmpty == (pooling == .none), "pooling",
            rest.isEmpty
                ? "must be none: the output has no axes beside clips and channels"
                : "must be mean, max or first: the output has the axes \(String(rest)) too")
        do {
            try `protocol`.validate()
        } catch ConfigurationError.invalidValue(let file, let key, let problem) {
            throw ConfigurationError.invalidValue(file: file, key: "protocol.\(key)", problem: problem)
        }
        try require(
            !takesClips || `protocol`.framePooling == .mean, "protocol.frame_pooling",
            "has no meaning for a model of clips")
    }

    public var inputOrder: AxisOrder? { AxisOrder(layout, allowed: "NCTHW") }
    public var outputOrder: AxisOrder? { AxisOrder(outputLayout, allowed: "NCTHW") }

    /// Whether the model takes all frames of a window at once.
    public var takesClips: Bool { layout.contains("T") }
}
