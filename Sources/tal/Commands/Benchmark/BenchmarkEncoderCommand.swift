import ArgumentParser
import Configuration
import SViLM
import Tensors

/// The arithmetic of an encoder.
enum Precision: String, ExpressibleByArgument, CaseIterable {
    case float32
}

struct BenchmarkEncoderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoder", abstract: "Clips a second through a video encoder, tubelets already cut.",
        discussion: """
            Example:
              tal benchmark encoder --config configs/encoders/svilm-base.yaml --frames 16
            """)

    @Option(name: .long, help: "The configuration of the encoder.")
    var config: String

    @Option(name: .long, help: "Frames of a clip, in place of the configuration's.")
    var frames: Int?

    @Option(name: .long, help: "Clips in a batch; one for each thread unless given.")
    var batch: Int?

    @Option(name: .long, help: "The arithmetic: float32.")
    var precision = Precision.float32

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        if let batch, batch < 1 { throw ValidationError("--batch must be at least 1, not \(batch)") }
    }

    func run() throws {
        threadOptions.apply()
        let changes = frames.map { ["frames=\($0)", "sampling.window_frames=\(max($0, 1))"] } ?? []
        let settings = try ConfigurationFile.load(EncoderConfiguration.self, from: config, overrides: changes)
        let encoder = VideoEncoder(settings, seed: 0)
        let count = batch ?? Parallel.threads
        var generator = RandomGenerator(seed: 1)
        let shape = [1, settings.clipLength, settings.gridSize * settings.gridSize, settings.tubeletValues]
        let clips = (0..<count).map { _ in Tensor.normal(shape, using: &generator) }
        let watch = Stopwatch(runs: options.runs) {
            Parallel.forEach(count) { _ = encoder.features(encoder(clips[$0])) }
        }
        var report = BenchmarkReport()
        report.add("encoder", "encoder", settings.name)
        report.add("frames", "frames", settings.frames)
        report.add("precision", "precision", precision.rawValue)
        report.add("clips in a batch", "batch", count)
        report.add("clips a second", "clips_per_second", Double(count) / watch.median)
        report.add(
            "GFLOP/s", "gflops", settings.operationsPerClip * Double(count) / watch.median * 1e-9, digits: 1)
        report.add(watch)
        try report.finish(options)
    }
}
