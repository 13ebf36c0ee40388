import Configuration
import Localization

/// The arguments of the model's constructor in the releases of ActionFormer and of TriDet, which was made from it.
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
    // Only of TriDet.
    var nSgpWinSize = OneOrMany.one(-1)
    var sgpMlpDim: Int?
    var boudaryKernelSize = 3
    var numBins = 16
    var iouWeightPower = 1.0
    var downsampleType = "max"
    var inputNoise: Float = 0
    var k = 1.5
    var initConvVars: Float = 0
    var useTridentHead = true
    var numClasses = 97
    var trainCfg = Training()
    var testCfg = Test()
    // Written beside the arguments by tools that record what follows from them.
    var note = Unused()
    var seed = Unused()
    var fpnStrides = Unused()
    var mhaWinSize = Unused()
    var sgpWinSize = Unused()
    var maxDivFactor = Unused()
    var numParams = Unused()

    func settings(file: String) throws(LocalizationError) -> OfficialSettings {
        guard inputDim.list.allSatisfy({ $0 > 0 }), numClasses > 0 else {
            throw .officialSettings(file: file, problem: "'input_dim' and 'num_classes' must be above 0")
        }
        var postProcessing = try postProcessing(file: file)
        let head: OfficialSettings.Head
        switch backboneType {
        case "convTransformer": head = .actionformer(try actionFormer(.transformer, file: file))
        case "conv": head = .actionformer(try actionFormer(.convolution, file: file))
        case "SGP":
            head = .tridet(try triDet(file: file))
            postProcessing.suppression.votingWeight = .score
        default:
            throw .officialSettings(
                file: file, problem: "'backbone_type' is '\(backboneType)'; known are convTransformer, conv and SGP")
        }
        return OfficialSettings(
            head: head, postProcessing: postProcessing, window: WindowSettings(),
            featureChannels: inputDim.list.reduce(0, +), classes: numClasses)
    }

    private func actionFormer(
        _ backbone: PyramidBackbone, file: String
    ) throws(LocalizationError) -> ActionFormerSettings {
        var head = ActionFormerSettings()
        try applyCommon(to: &head, file: file)
        head.backbone = backbone
        head.heads = nHead
        head.windows = nMhaWinSize.list
        // The convolutional backbone of the release takes no position encodings whatever the settings say.
        head.absolutePositions = useAbsPe && head.backbone == .transformer
        head.relativePositions = useRelPe && head.backbone == .transformer
        head.dropout = trainCfg.dropout
        head.dropPath = trainCfg.droppath
        return head
    }

    private func triDet(file: String) throws(LocalizationError) -> TriDetSettings {
        var head = TriDetSettings()
        try applyCommon(to: &head, file: file)
        head.windows = nSgpWinSize.list.map { max($0, 1) }
        head.largeKernelFactor = k
        head.feedForwardChannels = sgpMlpDim
        head.dropPath = trainCfg.droppath
        switch downsampleType {
        case "max": head.downsampling = .max
        case "avg": head.downsampling = .average
        default:
            throw .officialSettings(
                file: file, problem: "'downsample_type' is '\(downsampleType)'; known are max and avg")
        }
        head.inputNoise = inputNoise
        head.compatibility = .official
        head.depthwiseDeviation = initConvVars
        head.tridentHead = useTridentHead
        head.bins = numBins
        head.boundaryKernel = boudaryKernelSize
        head.overlapPower = iouWeightPower
        return head
    }

    /// What all heads have in common.
    private func applyCommon(to head: inout some PyramidSettings, file: String) throws(LocalizationError) {
        head.inputChannels = inputDim.list
        if case .many(let streams) = inputDim {
            guard embdDim.list.count == streams.count else {
                throw .officialSettings(file: file, problem: "'embd_dim' needs one number for each of 'input_dim'")
            }
            head.streamChannels = embdDim.list
        }
        head.maximumLength = maxSeqLen
        guard backboneArch.count == 3 else {
            throw .officialSettings(file: file, problem: "'backbone_arch' needs three numbers")
        }
        (head.embeddingLayers, head.stemBlocks, head.branchBlocks) = (backboneArch[0], backboneArch[1], backboneArch[2])
        head.scaleFactor = scaleFactor
        head.channels = embdDim.list.reduce(0, +)
        head.embeddingKernel = embdKernelSize
        head.embeddingNorm = embdWithLn
        head.absolutePositions = useAbsPe
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
