import ArgumentParser
import Configuration
import Localization
import Networks
import Tensors
import Toolkit

struct BenchmarkTrainStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-step",
        abstract: "A training step of a head: forward, loss, backward, clipping, optimiser, average.",
        discussion: """
            Example:
              tal benchmark train-step --config configs/heads/actionformer-thumos14-i3d.yaml --batch 2 --length 2304 \\
                --input-channels 2048

            Under mpirun the processes divide each step among them.
            """)

    @OptionGroup var head: BenchmarkHeadOptions

    @Option(name: .long, help: .value("n", "Videos in a step; the configuration's unless given."))
    var batch: Int?

    @Option(name: .long, help: "How gradients travel between processes: none (as they are) or bfloat16.")
    var compression = GradientCompression.none

    @Flag(name: .long, help: "Send gradients only after the backward pass.")
    var withoutOverlap = false

    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        if let batch, batch < 1 { throw ValidationError("--batch must be at least 1, not \(batch)") }
    }

    func run() throws { try Ranks.run(measure) }

    private func measure(_ ranks: any Communicator) throws {
        threadOptions.apply()
        var settings = try head.settings()
        settings.training.precision = precisionOptions.precision
        settings.training.gradientCompression = compression
        let count = batch ?? settings.training.batchSize
        let workload = try TrainingWorkload(
            settings, batch: count, length: head.length ?? settings.maximumLength, channels: head.inputChannels,
            classes: head.classes, ranks: ranks, overlaps: !withoutOverlap)
        var allocated = 0
        let watch = try Stopwatch(runs: options.runs) {
            allocated = BufferPool.misses
            try workload.step()
        }
        allocated = BufferPool.misses - allocated
        guard ranks.isFirst else { return }
        var report = BenchmarkReport()
        report.add("head", "head", settings.head.rawValue)
        report.add("parameters", "parameters", workload.parameterCount)
        report.add("videos in a step", "batch", count)
        report.add("feature vectors", "length", workload.length)
        report.add("large buffers from the system in the last step", "buffers_allocated", allocated)
        report.add("precision", "precision", precisionOptions.precision.rawValue)
        if !ranks.isAlone {
            report.add("ranks", "ranks", ranks.count)
            report.add("compression", "compression", compression.rawValue)
        }
        report.add(watch, kernel: MatrixLibrary.matmulKernel(precisionOptions.precision))
        try report.finish(options)
    }
}

/// The shape of the work of a head.
struct BenchmarkHeadOptions: ParsableArguments {
    @Option(
        name: [.short, .long], help: .value("file.yaml", "The configuration of head and training."), completion: .heads)
    var config: String

    @Option(name: .long, help: "Feature vectors of a video; the configuration's maximum unless given.")
    var length: Int?

    @Option(name: .long, help: "Values in a feature vector.")
    var inputChannels = 2048

    @Option(name: .long, help: .value("n", "Number of classes."))
    var classes = 20

    func validate() throws {
        if let length, length < 1 { throw ValidationError("--length must be at least 1, not \(length)") }
        if inputChannels < 1 { throw ValidationError("--input-channels must be at least 1, not \(inputChannels)") }
        if classes < 1 { throw ValidationError("--classes must be at least 1, not \(classes)") }
    }

    func settings() throws -> LocalizationSettings {
        try ConfigurationFile.load(from: ShippedFiles.standard.resolve(config, as: .head).path)
    }
}
