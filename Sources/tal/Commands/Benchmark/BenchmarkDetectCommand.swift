import ArgumentParser
import Features
import Localization
import Tensors

struct BenchmarkDetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Detections of one video from its features: network, proposals, suppression.",
        discussion: """
            Example:
              tal benchmark detect --config configs/heads/actionformer-thumos14-i3d.yaml --length 2304
            """)

    @OptionGroup var head: BenchmarkHeadOptions
    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var threadOptions: ThreadOptions

    func run() throws {
        threadOptions.apply()
        let settings = try head.settings()
        let length = head.length ?? settings.maximumLength
        var generator = RandomGenerator(seed: 1)
        let labels = (0..<head.classes).map { "class \($0)" }
        var contract = FeatureContract()
        contract.channels = head.inputChannels
        let network = try settings.makeHead(
            featureChannels: head.inputChannels, classes: head.classes, using: &generator)
        let detector = try Detector(
            TrainedModel(head: network, settings: settings, labels: labels, features: contract)
        ).computing(in: precisionOptions.precision)
        let features = FeatureSequence(
            video: "random", features: .normal([length, head.inputChannels], using: &generator),
            grid: SnippetGrid(frameRateNumerator: 30, strideFrames: 4, windowFrames: 16))
        var found = 0
        let watch = try Stopwatch(runs: options.runs) {
            found = try detector.detections(in: features).count
        }
        var report = BenchmarkReport()
        report.add("head", "head", settings.head.rawValue)
        report.add("feature vectors", "length", length)
        report.add("detections", "detections", found)
        report.add("precision", "precision", precisionOptions.precision.rawValue)
        report.add(watch, kernel: MatrixLibrary.matmulKernel(precisionOptions.precision))
        try report.finish(options)
    }
}
