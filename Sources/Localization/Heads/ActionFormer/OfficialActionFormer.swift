import Configuration
import Foundation

/// The settings of a model of the authors' release of ActionFormer, from its experiment file or from the arguments of its
/// constructor, in terms of this package.
public struct OfficialActionFormer: Sendable, Equatable {
    /// Architecture and loss.
    public var head: ActionFormerSettings
    /// From proposals to detections.
    public var postProcessing: PostProcessingSettings
    /// From features to samples.
    public var window: WindowSettings
    /// Channels of the features.
    public var featureChannels: Int
    /// Number of classes.
    public var classes: Int
    /// Frames between features, frames in a feature, and frame rate, where the file gives them and they are the same for
    /// all videos.
    public var strideFrames: Double?
    public var windowFrames: Double?
    public var framesPerSecond: Double?

    /// Reads an experiment file (sections `dataset`, `model`, `train_cfg`, `test_cfg`) or the constructor's arguments, as
    /// YAML or JSON. Missing keys have the release's defaults.
    ///
    /// - Throws: `ConfigurationError` or ``LocalizationError``
    public static func read(_ path: String) throws -> OfficialActionFormer {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            let reason = FileManager.default.fileExists(atPath: path) ? "not UTF-8 text" : "no such file"
            throw ConfigurationError.unreadable(file: path, reason: reason)
        }
        let settings: OfficialActionFormer
        if isExperiment(text) {
            let experiment = try ConfigurationFile.decode(OfficialExperiment.self, from: text, file: path)
            settings = try experiment.settings(file: path)
        } else {
            let model = try ConfigurationFile.decode(OfficialModel.self, from: text, file: path)
            settings = try model.settings(file: path)
        }
        do {
            try settings.head.validate()
            try settings.postProcessing.validate()
            try settings.window.validate()
        } catch ConfigurationError.invalidValue(_, let key, let problem) {
            throw LocalizationError.officialSettings(file: path, problem: "'\(key)' \(problem)")
        }
        return settings
    }

    /// Whether the text has a section `model` or `dataset` at the top, which only experiment files do.
    private static func isExperiment(_ text: String) -> Bool {
        if let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] {
            return object["model"] != nil || object["dataset"] != nil
        }
        return text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("model:") || $0.hasPrefix("dataset:") }
    }
}

/// A number or a list of numbers.
enum OneOrMany<Element: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    case one(Element)
    case many([Element])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([Element].self) {
            self = .many(list)
        } else {
            self = .one(try container.decode(Element.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .one(let element): try container.encode(element)
        case .many(let list): try container.encode(list)
        }
    }

    /// The numbers; one where there is a single one.
    var list: [Element] {
        switch self {
        case .one(let element): return [element]
        case .many(let list): return list
        }
    }
}

/// A value that is allowed and not used.
struct Unused: Codable, Sendable, Equatable {
    init() {}
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

/// An experiment file of the release.
struct OfficialExperiment: Configurable {
    struct Dataset: Configurable {
        var featStride = 16.0
        var numFrames = 32.0
        var defaultFps: Double?
        var inputDim = OneOrMany.one(2304)
        var numClasses = 97
        var downsampleRate = 1
        var maxSeqLen = 2304
        var truncThresh: Float = 0.5
        var cropRatio: [Double]?
        var forceUpsampling = false
        var jsonFile = Unused()
        var featFolder = Unused()
        var filePrefix = Unused()
        var fileExt = Unused()
    }

    var dataset = Dataset()
    var model = OfficialModel()
    var trainCfg = OfficialModel.Training()
    var testCfg = OfficialModel.Test()
    var initRandSeed = Unused()
    var datasetName = ""
    var devices = Unused()
    var trainSplit = Unused()
    var valSplit = Unused()
    var testSplit = Unused()
    var modelName = Unused()
    var loader = Unused()
    var opt = Unused()
    var outputFolder = Unused()

    func settings(file: String) throws(LocalizationError) -> OfficialActionFormer {
        var arguments = model
        arguments.inputDim = dataset.inputDim
        arguments.numClasses = dataset.numClasses
        arguments.maxSeqLen = dataset.maxSeqLen
        arguments.trainCfg = trainCfg
        arguments.testCfg = testCfg
        var result = try arguments.settings(file: file)
        result.window.policy = dataset.forceUpsampling ? .resample : .crop
        result.window.cropShares = dataset.cropRatio
        result.window.minimumInside = dataset.truncThresh
        result.window.downsampling = dataset.downsampleRate
        result.window.clipsToFeatures = datasetName == "anet"
        if dataset.featStride > 0 {
            result.strideFrames = dataset.featStride
            result.windowFrames = dataset.numFrames
        }
        result.framesPerSecond = dataset.defaultFps
        return result
    }
}

/// The arguments of the model's constructor in the release.
struct OfficialModel: Configurable {
    struct Training: Configurable {
        var centerSample = "radius"
        var centerSampleRadius: Float = 1.5
        var lossWeight = 1.0
        var clsPriorProb: Float = 0.01
        var initLossNorm = 2000.0
        var clipGradL2norm = -1.0
        var headEmptyCls: [Int] = []
        var dropout: Float = 0
        var droppath: Float = 0.1
        var labelSmoothing: Float = 0
    }

    struct Test: Configurable {
        var preNmsThresh: Float = 0.001
        var preNmsTopk = 5000
        var iouThreshold: Float = 0.1
        var minScore: Float = 0.01
        var maxSegNum = 1000
        var nmsMethod = "soft"
        var nmsSigma: Float = 0.5
        var durationThresh: Float = 0.05
        var multiclassNms = true
        var extScoreFile: String?
        var votingThresh: Float = 0.75
    }

    var backboneType = "convTransformer"
    var fpnType = "identity"
    var backboneArch = [2, 2, 5]
    var scaleFactor = 2
    var inputDim = OneOrMany.one(2304)
    var maxSeqLen = 2304
    var maxBufferLenFactor = 6.0
    var nHead = 4
    var nMhaWinSize = OneOrMany.one(-1)
    var embdKernelSize = 3
    var embdDim = OneOrMany.one(512)
    var embdWithLn = true
    var fpnDim = 512
    var fpnWithLn = true
    var fpnStartLevel = 0
    var headDim = 512
    var regressionRange: [[Float]] = [[0, 4], [4, 8], [8, 16], [16, 32], [32, 64], [64, 10_000]]
    var headNumLayers = 3
    var headKernelSize = 3
    var headWithLn = true
    var useAbsPe = false
    var useRelPe = false
    var numClasses = 97
    var trainCfg = Training()
    var testCfg = Test()
    // Written beside the arguments by tools that record what follows from them.
    var note = Unused()
    var seed = Unused()
    var fpnStrides = Unused()
    var mhaWinSize = Unused()
    var maxDivFactor = Unused()
    var numParams = Unused()

    func settings(file: String) throws(LocalizationError) -> OfficialActionFormer {
        guard inputDim.list.allSatisfy({ $0 > 0 }), numClasses > 0 else {
            throw .officialSettings(file: file, problem: "'input_dim' and 'num_classes' must be above 0")
        }
        return OfficialActionFormer(
            head: try head(file: file), postProcessing: try postProcessing(file: file), window: WindowSettings(),
            featureChannels: inputDim.list.reduce(0, +), classes: numClasses)
    }

    private func head(file: String) throws(LocalizationError) -> ActionFormerSettings {
        var head = ActionFormerSettings()
        head.inputChannels = inputDim.list
        if case .many(let streams) = inputDim {
            guard embdDim.list.count == streams.count else {
                throw .officialSettings(file: file, problem: "'embd_dim' needs one number for each of 'input_dim'")
            }
            head.streamChannels = embdDim.list
        }
        head.maximumLength = maxSeqLen
        switch backboneType {
        case "convTransformer": head.backbone = .transformer
        case "conv": head.backbone = .convolution
        default:
            throw .officialSettings(
                file: file, problem: "'backbone_type' is '\(backboneType)'; known are convTransformer and conv")
        }
        guard backboneArch.count == 3 else {
            throw .officialSettings(file: file, problem: "'backbone_arch' needs three numbers")
        }
        (head.embeddingLayers, head.stemBlocks, head.branchBlocks) = (backboneArch[0], backboneArch[1], backboneArch[2])
        head.scaleFactor = scaleFactor
        head.channels = embdDim.list.reduce(0, +)
        head.embeddingKernel = embdKernelSize
        head.embeddingNorm = embdWithLn
        head.heads = nHead
        head.windows = nMhaWinSize.list
        // The convolutional backbone of the release takes no position encodings whatever the settings say.
        head.absolutePositions = useAbsPe && head.backbone == .transformer
        head.relativePositions = useRelPe && head.backbone == .transformer
        head.dropout = trainCfg.dropout
        head.dropPath = trainCfg.droppath
        switch fpnType {
        case "identity": head.neck = .identity
        case "fpn": head.neck = .pyramid
        default:
            throw .officialSettings(file: file, problem: "'fpn_type' is '\(fpnType)'; known are identity and fpn")
        }
        head.neckChannels = fpnDim
        head.neckNorm = fpnWithLn
        head.startLevel = fpnStartLevel
        head.headChannels = headDim
        head.headLayers = headNumLayers
        head.headKernel = headKernelSize
        head.headNorm = headWithLn
        head.regressionRanges = regressionRange
        switch trainCfg.centerSample {
        case "radius": head.centerRadius = trainCfg.centerSampleRadius
        case "none": head.centerRadius = nil
        default:
            throw .officialSettings(
                file: file, problem: "'center_sample' is '\(trainCfg.centerSample)'; known are radius and none")
        }
        head.lossWeight = trainCfg.lossWeight
        head.labelSmoothing = trainCfg.labelSmoothing
        head.initialNormalizer = trainCfg.initLossNorm
        head.priorProbability = trainCfg.clsPriorProb > 0 ? trainCfg.clsPriorProb : 0.5
        head.emptyClasses = trainCfg.headEmptyCls
        return head
    }

    private func postProcessing(file: String) throws(LocalizationError) -> PostProcessingSettings {
        var settings = PostProcessingSettings()
        settings.scoreThreshold = testCfg.preNmsThresh
        settings.proposalsPerLevel = testCfg.preNmsTopk
        settings.minimumLength = testCfg.durationThresh
        switch testCfg.nmsMethod {
        case "soft": settings.suppression.method = .gaussian
        case "hard": settings.suppression.method = .hard
        case "none": settings.suppression.method = .none
        default:
            throw .officialSettings(
                file: file, problem: "'nms_method' is '\(testCfg.nmsMethod)'; known are soft, hard and none")
        }
        settings.suppression.overlapThreshold = testCfg.iouThreshold
        settings.suppression.minimumScore = testCfg.minScore
        settings.suppression.maximumSegments = testCfg.maxSegNum
        settings.suppression.sigma = testCfg.nmsSigma
        settings.suppression.classWise = testCfg.multiclassNms
        settings.suppression.votingThreshold = testCfg.votingThresh
        return settings
    }
}
