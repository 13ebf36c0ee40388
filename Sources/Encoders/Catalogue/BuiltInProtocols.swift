/// The protocols that have names. Each is a file of `configs/protocols` too, which shows how to write another.
extension EncoderProtocol {
    public static let builtIn: [EncoderProtocol] = [
        make("videomaev2-thumos", "VideoMAEv2's extract_tad_feature.py for THUMOS14", ["VideoMAE"], stride: 4) {
            $0.lastWindow = .drop
            $0.preprocessing = stretched
            $0.checksProcessor = false
        },
        make("videomaev2-fineaction", "VideoMAEv2's extract_tad_feature.py for FineAction", ["VideoMAE"], stride: 16) {
            $0.lastWindow = .drop
            $0.preprocessing = stretched
            $0.checksProcessor = false
        },
        make("videomae-official", "VideoMAE's validation: 16 of 64 frames, middle crop", ["VideoMAE"], stride: 16) {
            $0.windowFrames = 64
            $0.preprocessing = cropped(.opencv, .bilinear, 224, .even)
        },
        make("videomae-hf", "Hugging Face's processor, 16 frames in a row", ["VideoMAE"], stride: 16) {
            $0.preprocessing = cropped(.pillow, .bilinear, 224, .floor)
        },
        make("opentad-chunk", "OpenTAD's on-line encoder: chunks of 16 frames, 8 steps each", ["VideoMAE"], stride: 16)
        {
            $0.preprocessing = cropped(.opencv, .bilinear, 160, .floor)
            $0.preprocessing.longerSide = .rounded
            $0.feature = "per_step"
            $0.otherSizes = "resized"
            $0.checksProcessor = false
        },
        make("internvideo2-tal", "InternVideo2 for TAL: dense windows of 16 frames", ["InternVideo2"], stride: 4) {
            $0.lastWindow = .drop
            $0.preprocessing = cropped(.opencv, .bilinear, 224, .even)
        },
        make("internvideo2-8", "InternVideo2 with the 8 frames its tables are made for", ["InternVideo2"], stride: 8) {
            $0.frames = 8
            $0.preprocessing = cropped(.opencv, .bilinear, 224, .even)
        },
        make("vjepa2-256", "V-JEPA 2's transform of numpy frames, 16 frames in a row", vjepa, stride: 8) {
            $0.preprocessing = cropped(.opencv, .bilinear, 256, .even, shorter: 292)
        },
        make("vjepa2-384", "the same at 384 pixels", vjepa, stride: 8) {
            $0.preprocessing = cropped(.opencv, .bilinear, 384, .even, shorter: 438)
        },
        make("tsp", "TSP's clock and frames: 15 frames a second, windows of 16", [], stride: 16) {
            $0.frameRate = 15
            $0.checksProcessor = false
            $0.preprocessing.library = .float
            $0.preprocessing.height = 128
            $0.preprocessing.width = 171
            $0.preprocessing.cropSize = 112
            $0.preprocessing.cropOffset = .even
            $0.preprocessing.mean = [0.43216, 0.394666, 0.37645]
            $0.preprocessing.std = [0.22803, 0.22145, 0.216989]
        },
        frameWise("clip-1fps", "CLIP's own transform, a frame a second", ["CLIP"], clip(224)),
        frameWise("clip-4fps", "CLIP's own transform, four frames a second", ["CLIP"], clip(224), rate: 4),
        frameWise("clip-1fps-336", "CLIP's own transform at 336 pixels, a frame a second", ["CLIP"], clip(336)),
        frameWise("siglip-1fps", "SigLIP's processor, a frame a second", ["SigLIP"], siglip(224), feature: "pooled"),
        frameWise(
            "siglip-1fps-384", "SigLIP's processor at 384 pixels", ["SigLIP"], siglip(384), feature: "pooled"),
        frameWise(
            "dinov2-1fps", "DINOv2's processor, a frame a second", ["DINOv2"],
            cropped(.pillow, .bicubic, 224, .floor, shorter: 256), feature: "pooled"),
        make("lite0-windows", "four frames of every 16 at 25 frames a second", lite, stride: 8, lite0),
        make("lite0-changes", "the same, with how much the features change beside their mean", lite, stride: 8) {
            lite0(&$0)
            $0.framePooling = .changes
        },
        frameWise("lite0-1fps", "TensorFlow's evaluation, a frame a second", lite, lite0Frame, feature: "pooled"),
    ]

    private static let lite = [EfficientNetLite0.family]

    /// The middle square of 224/256 of the shorter side, and (x - 127) / 128.
    private static var lite0Frame: FramePreprocessing {
        var made = FramePreprocessing()
        (made.filter, made.firstCrop) = (.bicubic, 0.875)
        made.mean = [Double](repeating: 0.4980392157, count: 3)
        made.std = [Double](repeating: 0.5019607843, count: 3)
        return made
    }

    private static func lite0(_ rules: inout EncoderProtocol) {
        (rules.frameRate, rules.frames, rules.lastWindow, rules.preprocessing) = (25, 4, .pad, lite0Frame)
    }

    private static let vjepa = ["V-JEPA 2", "V-JEPA 2.1"]

    private static func make(
        _ name: String, _ about: String, _ families: [String], stride: Int, _ change: (inout EncoderProtocol) -> Void
    ) -> EncoderProtocol {
        var made = EncoderProtocol()
        (made.name, made.about, made.families, made.strideFrames) = (name, about, families, stride)
        change(&made)
        return made
    }

    private static func frameWise(
        _ name: String, _ about: String, _ families: [String], _ preprocessing: FramePreprocessing, rate: Double = 1,
        feature: String = "image_embeds"
    ) -> EncoderProtocol {
        make(name, about, families, stride: 1) {
            $0.frameRate = rate
            $0.windowFrames = 1
            $0.frames = 1
            $0.preprocessing = preprocessing
            $0.feature = feature
        }
    }

    /// Nothing but 0…1, stretched to the square.
    private static var stretched: FramePreprocessing {
        var made = FramePreprocessing()
        made.library = .float
        (made.mean, made.std) = ([0, 0, 0], [1, 1, 1])
        return made
    }

    private static func cropped(
        _ library: FramePreprocessing.Library, _ filter: FramePreprocessing.Filter, _ size: Int,
        _ offset: FramePreprocessing.Crop, shorter: Int? = nil
    ) -> FramePreprocessing {
        var made = FramePreprocessing()
        (made.library, made.filter) = (library, filter)
        (made.shorterSide, made.cropSize, made.cropOffset) = (shorter ?? size, size, offset)
        return made
    }

    private static func clip(_ size: Int) -> FramePreprocessing {
        var made = cropped(.pillow, .bicubic, size, .even)
        made.mean = [0.48145466, 0.4578275, 0.40821073]
        made.std = [0.26862954, 0.26130258, 0.27577711]
        return made
    }

    private static func siglip(_ size: Int) -> FramePreprocessing {
        var made = FramePreprocessing()
        made.filter = .bicubic
        (made.height, made.width) = (size, size)
        (made.mean, made.std) = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
        return made
    }
}
