import ArgumentParser
import Configuration
import SViLM
import Tensors
import Threads
import Toolkit

struct BenchmarkEncoderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoder", abstract: "Clips a second through a video encoder, tubelets already cut.",
        discussion: """
            Example:
              tal benchmark encoder --config configs/encoders/svilm-base.yaml --frames 16
            """)

    @Option(
        name: [.short, .long], help: .value("file.yaml", "The configuration of the encoder."), completion: .encoders)
    var config: String

    @Option(name: .long, help: .value("n", "Frames of a clip, instead of the configuration's."))
    var frames: Int?

    @Option(name: .long, help: .value("n", "Clips in a batch."))
    var batch = 1

    @OptionGroup var precisionOptions: PrecisionOptions

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        if batch < 1 { throw ValidationError("--batch must be at least 1, not \(batch)") }
    }

    func run() throws {
        threadOptions.apply()
        let changes = frames.map { ["frames=\($0)", "sampling.window_frames=\(max($0, 1))"] } ?? []
        let settings = try ConfigurationFile.load(
            EncoderConfiguration.self, from: ShippedFiles.standard.resolve(config, as: .encoder).path,
            overrides: changes)
        let workload = try EncoderWorkload(settings, batch: batch, precision: precisionOptions.precision)
        let watch = Stopwatch(runs: options.runs) { workload.run() }
        let sgemm = MatrixLibrary.measureRate() * 1e-9
        let rate = workload.operations / watch.median * 1e-9
        var report = BenchmarkReport()
        report.add("encoder", "encoder", settings.name)
        report.add("frames", "frames", settings.frames)
        report.add("precision", "precision", precisionOptions.precision.rawValue)
        report.add("clips in a batch", "batch", batch)
        report.add("clips a second", "clips_per_second", Double(batch) / watch.median)
        report.add("GFLOP/s", "gflops", rate, digits: 1)
        report.add("GFLOP/s of sgemm", "sgemm_gflops", sgemm, digits: 1)
        report.add("share of sgemm", "share_of_sgemm", rate / sgemm, digits: 2)
        report.add("engine", "engine", "\(workload.engine)")
        report.add(watch, kernel: workload.kernel)
        try report.finish(options)
    }
}

/// Random clips, and an encoder the way an extraction runs it.
private struct EncoderWorkload {
    /// Operations in the matrix products of one run.
    let operations: Double
    /// The engine that an extraction would use.
    let engine: EncoderEngine
    /// The kernel of its matrix products.
    let kernel: String
    private let encode: () -> Void

    init(_ settings: EncoderConfiguration, batch: Int, precision: ComputePrecision) throws {
        var generator = RandomGenerator(seed: 1)
        let shape = [1, settings.clipLength, settings.gridSize * settings.gridSize, settings.tubeletValues]
        let clips = (0..<batch).map { _ in Tensor.normal(shape, using: &generator) }
        let plain = VideoEncoder(settings, seed: 0)
        engine = precision == .float32 ? EncoderEngine(settings) : .packed(precision)
        if case .plain = engine {
            operations = settings.operationsPerClip * Double(batch)
            kernel = MatrixLibrary.kernel
            encode = { Parallel.forEach(batch) { _ = plain.features(plain(clips[$0])) } }
            return
        }
        let encoder = try InferenceEncoder(plain, precision: precision)
        operations = encoder.operationsPerClip * Double(batch)
        kernel = precision == .float32 ? "AVX-512" : "AVX512-BF16"
        encode = {
            if encoder.sharesClips {
                for clip in clips { _ = encoder.features(of: clip) }
            } else {
                Parallel.forEach(batch) { _ = encoder.features(of: clips[$0]) }
            }
        }
    }

    func run() { encode() }
}
