import ArgumentParser
import Encoders
import Foundation
import Tensors
import Threads

struct BenchmarkPublishedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "published",
        abstract: "Clips a second through a published encoder, frames already decoded and resized.",
        discussion: """
            The weights may be random: their values do not change how long it takes.

            Example:
              tal benchmark published model.safetensors --frames 16 --size 224 --precision bfloat16
            """)

    @Argument(help: "The weight file, or a folder as Hugging Face publishes it.")
    var weights: String

    @Option(name: .long, help: .value("n", "Frames of a clip; as many as the encoder was trained with by default."))
    var frames: Int?

    @Option(name: .long, help: .value("n", "Side of the frames in pixels; that of training by default."))
    var size: Int?

    @Option(name: .long, help: .value("n", "Clips, or pictures, that are given at a time."))
    var batch = 1

    @Flag(
        help: """
            Wait for a line of input before each timed run, and write its seconds and processor seconds after it, so that \
            another program can time several in turn.
            """)
    var paced = false

    @OptionGroup var precisionOptions: PrecisionOptions

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        if batch < 1 { throw ValidationError("--batch must be at least 1, not \(batch)") }
        if let frames, frames < 1 { throw ValidationError("--frames must be at least 1, not \(frames)") }
        if let size, size < 1 { throw ValidationError("--size must be at least 1, not \(size)") }
    }

    func run() throws {
        threadOptions.apply()
        let begin = ContinuousClock.now
        let work = try load()
        let loading = begin.duration(to: .now) / .seconds(1)
        let watch = Stopwatch(runs: options.runs, isPaced: paced, work.encode)
        let sgemm = paced ? nil : MatrixLibrary.measureRate() * 1e-9
        let rate = work.operations * Double(batch) / watch.median * 1e-9
        var report = BenchmarkReport()
        report.add("encoder", "encoder", work.name)
        report.add("frames", "frames", work.frames)
        report.add("side of a frame", "size", work.size)
        report.add("precision", "precision", precisionOptions.precision.rawValue)
        report.add("clips in a batch", "batch", batch)
        report.add("seconds to load", "load_seconds", loading)
        report.add("clips a second", "clips_per_second", Double(batch) / watch.median)
        report.add("GFLOP/s", "gflops", rate, digits: 1)
        report.add("processor seconds of a run", "processor_seconds", watch.medianProcessorSeconds)
        if let sgemm {
            report.add("GFLOP/s of sgemm", "sgemm_gflops", sgemm, digits: 1)
            report.add("share of sgemm", "share_of_sgemm", rate / sgemm, digits: 2)
        }
        report.add(watch, kernel: work.kernel)
        try report.finish(options)
    }

    /// What is timed.
    private struct Work {
        var name: String
        var frames, size: Int
        /// Floating-point operations of a clip.
        var operations: Double
        var kernel: String
        /// Encodes a batch.
        var encode: () -> Void
    }

    private func load() throws -> Work {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: weights, isDirectory: &isFolder)
        let folder = exists && isFolder.boolValue ? try EncoderFolder(weights) : nil
        let file = try PublishedFile(path: folder?.weights ?? weights)
        if EfficientNetLite0.isIn(file) { return try convolutions(file) }
        let beside = folder == nil ? EncoderFolder.configuration(beside: weights) : folder?.configuration
        let precision = precisionOptions.precision
        let published = try PublishedEncoder(
            file, configuration: beside.map(ModelConfiguration.init(path:)) ?? .none, packing: precision)
        let engine = try FrozenTransformer(published, precision: precision)
        let settings = published.model.settings
        let frames = frames ?? settings.frames, size = size ?? settings.imageSize
        try published.model.check(frames: frames, height: size, width: size)
        let clips = clips(frames: frames, size: size)
        let packed = precision == .float32 ? "AVX-512" : "AVX512-BF16"
        return Work(
            name: published.model.name, frames: frames, size: size,
            operations: settings.operations(settings.grid(frames: frames, height: size, width: size)),
            kernel: engine.isPacked ? packed : MatrixLibrary.kernel
        ) { _ = engine.features(.pooled, of: clips) }
    }

    private func convolutions(_ file: PublishedFile) throws -> Work {
        let precision = precisionOptions.precision, frames = frames ?? 1, size = size ?? 224
        guard precision == .float32, frames == 1, EfficientNetLite0.sides.contains(size) else {
            throw EncoderError.unfitInput(
                encoder: EfficientNetLite0.family,
                problem:
                    "asked for \(frames) frames of \(size)x\(size) in \(precision.rawValue); expected single frames with sides "
                    + "from 32 to 1024, in float32")
        }
        let engine = FrozenConvolutions(try EfficientNetLite0.read(file), rows: size, columns: size)
        let pictures = clips(frames: 1, size: size).map { $0.reshaped([size, size, 3]) }
        return Work(
            name: EfficientNetLite0.family, frames: 1, size: size,
            operations: EfficientNetLite0.operations(rows: size, columns: size),
            kernel: engine.isPacked ? "AVX-512" : "portable"
        ) { _ = engine(pictures.count) { pictures[$0] } }
    }

    private func clips(frames: Int, size: Int) -> [Tensor] {
        var generator = RandomGenerator(seed: 1)
        return (0..<batch).map { _ in Tensor.normal([frames, size, size, 3], using: &generator) }
    }
}
