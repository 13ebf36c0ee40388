import Configuration
import Localization

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

    func settings(file: String) throws(LocalizationError) -> OfficialSettings {
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
