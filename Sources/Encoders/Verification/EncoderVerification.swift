import Files
import Foundation
public import Tensors

/// The comparison of an encoder, as it is run here, with the stages that a reference implementation stored beside it.
public struct EncoderVerification: Sendable {
    /// One stage of one run.
    public struct Stage: Sendable {
        /// `RUN/STAGE`
        public var name: String
        /// The largest difference from the reference.
        public var largestDifference: Double
        /// What is allowed; a ten-thousandth of the value may come on top.
        public var tolerance: Double
        public var passes: Bool
    }

    /// What was compared, such as "VideoMAE of width 64, depth 2 and patch 16 (official names)".
    public let encoder: String
    public private(set) var stages: [Stage] = []
    /// Tensors of the weight file that belong to no known part of the model.
    public let leftOver: [String]

    /// Whether every stage of the reference is compared, which only float32 allows.
    private let judgesAll: Bool

    /// Whether every stage is within its tolerance.
    public var passes: Bool { !stages.isEmpty && stages.allSatisfy(\.passes) }

    /// Runs the encoder in a folder on the inputs beside it.
    ///
    /// A run `X_rebuilt` computes a new position table instead of resizing the stored one; `X_erf` takes the exact GELU.
    ///
    /// - Parameters:
    ///   - weights: the weight file, where it is not in the folder.
    ///   - path: folder with the weights, the inputs and `expected.json`.
    ///   - precision: the arithmetic. The stages of bfloat16 are judged by what it changed at the reference, which
    ///     `expected.json` tells of features only; other stages are left out then.
    /// - Throws: `FileError`, `TensorFileError` or ``EncoderError``.
    public init(folder path: String, weights: String? = nil, precision: ComputePrecision = .float32) throws {
        judgesAll = precision == .float32
        let file = try PublishedFile(path: weights ?? EncoderFolder(path).weights)
        if PictureVerification.isIn(path) {
            guard precision == .float32 else {
                throw EncoderError.unfitInput(
                    encoder: "\(file.path): \(EfficientNetLite0.family)",
                    problem: "computes in float32, not in \(precision.rawValue)")
            }
            let network = try EfficientNetLite0.read(file)
            (encoder, leftOver) = (EfficientNetLite0.family, network.leftOver)
            stages = try PictureVerification.stages(of: network, folder: path)
            return
        }
        let configuration = try EncoderFolder.configuration(in: path).map(ModelConfiguration.init(path:)) ?? .none
        let reference = try ReferenceCase(folder: path)
        let published = try PublishedEncoder(file, configuration: configuration)
        encoder = "\(published.model.name) (\(published.names) names)"
        leftOver = published.leftOver
        var firstEmbeds: Tensor?
        for run in reference.runs {
            let model = Self.variant(of: published.model, for: run.name)
            let engine = try FrozenTransformer(model, precision: precision, file: file.path)
            var outputs: [String: [Tensor]] = [:]
            for pixels in try reference.pixels(of: run) {
                try model.check(frames: pixels.shape[0], height: pixels.shape[1], width: pixels.shape[2])
                let encoded = engine(pixels) { outputs[$0, default: []].append($1) }
                for (name, value) in Self.features(of: encoded, model) { outputs[name, default: []].append(value) }
            }
            let stacked = outputs.mapValues(Tensor.stacked)
            if precision == .float32 {
                try compare(stacked, run.name, run.tolerances, reference, path: path)
            } else if run.name == reference.firstRun {
                // Twice what bfloat16 products changed there: other sums are rounded here.
                let judged = stacked.filter { reference.bfloat16[$0.key] != nil }
                try compare(judged, run.name, reference.bfloat16.mapValues { 2 * $0 }, reference, path: path)
            }
            if firstEmbeds == nil, run.name != "eps_probe" {
                firstEmbeds = (outputs["image_embeds"] ?? outputs["pooled"]).map(Tensor.stacked)
            }
        }
        if precision == .float32, !reference.stages(of: "text").isEmpty {
            guard let tower = try TextTower(file, configuration: configuration) else {
                throw EncoderError.misfit(file: file.path, model: "a text tower", problems: ["it has none"])
            }
            try compare(text: tower, reference, images: firstEmbeds, path: path)
        }
    }

    private static func variant(of model: VisionTransformer, for run: String) -> VisionTransformer {
        var settings = model.settings
        if run.hasSuffix("_rebuilt"), case .sinusoid = settings.positions { settings.positions = .sinusoid(.rebuilt) }
        if run.hasSuffix("_erf") { settings.activation = .gelu }
        return VisionTransformer(settings, name: model.name, weights: model.weights)
    }

    /// All features under the names of stages. A vector has one axis.
    private static func features(of encoded: EncodedTokens, _ model: VisionTransformer) -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        for feature in VisionTransformer.Feature.allCases where model.has(feature) {
            let value = model.feature(feature, of: encoded)
            found[feature.rawValue] = feature == .perStep ? value : value.reshaped([value.count])
        }
        if let projected = model.projected(encoded) { found["attn_pool"] = projected.reshaped([projected.count]) }
        if let norm = model.projectedNorm(encoded) { found["fc_norm"] = norm.reshaped([norm.count]) }
        if let embeds = found["image_embeds"] { found["image_embeds_normalised"] = embeds.l2Normalized() }
        return found
    }

    private mutating func compare(
        text tower: TextTower, _ reference: ReferenceCase, images: Tensor?, path: String
    ) throws {
        let pieces = try reference.inputs.integers(named: "input_ids")
        let rows = reference.inputs.entries["input_ids"]?.shape.first ?? 0
        guard rows > 0, pieces.count % rows == 0 else {
            throw FileError.malformed(path: path, problem: "has 'input_ids' of no rows")
        }
        let length = pieces.count / rows
        var outputs: [String: [Tensor]] = [:]
        for row in 0..<rows {
            _ = try tower(Array(pieces[row * length..<(row + 1) * length])) { name, value in
                outputs[name, default: []].append(value.shape[0] == 1 ? value.reshaped([value.count]) : value)
            }
        }
        let stacked = outputs.mapValues(Tensor.stacked)
        try compare(stacked, "text", reference.textTolerances, reference, path: path)
        guard let images, let texts = stacked["text_embeds"], images.shape[1] == texts.shape[1] else { return }
        let logits = tower.logits(images: images, texts: texts)
        try compare(
            ["logits_per_image": logits, "logits_per_text": logits.transposed([1, 0])], "both", [:], reference,
            path: path)
    }

    private mutating func compare(
        _ outputs: [String: Tensor], _ run: String, _ tolerances: [String: Double], _ reference: ReferenceCase,
        path: String
    ) throws {
        for stage in reference.stages(of: run) where outputs[stage] != nil || judgesAll {
            let name = "\(run)/\(stage)", expected = try reference.outputs.tensor(named: name)
            guard let found = outputs[stage], found.count == expected.count else {
                throw FileError.malformed(
                    path: path,
                    problem: "has outputs '\(name)' of shape \(expected.shape); this model "
                        + (outputs[stage].map { "gives \($0.shape)" } ?? "has no such stage"))
            }
            let tolerance = tolerances[stage] ?? reference.largestTolerance
            stages.append(
                Stage(name: name, found, expected, tolerance: tolerance, relative: reference.relative))
        }
    }
}
