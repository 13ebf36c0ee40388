import ArgumentParser
import Tensors
import Video

struct BenchmarkDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Frames a second out of a video file, decoded, resized and cropped.",
        discussion: """
            Without --sparse every frame is taken; with --sparse N/M the N frames spread over every M, and with --stride S \
            over M of every S.

            Examples:
              tal benchmark decode match.mp4 --sparse 16/60
              tal benchmark decode match.mp4 --sparse 16/60 --stride 300
            """)

    @Argument(help: "A video file.")
    var video: String

    @Option(name: .long, help: .value("n", "Height and width of a frame in pixels."))
    var size = 224

    @Option(name: .long, help: "Take N frames of every M: N/M.")
    var sparse: String?

    @Option(
        name: .long,
        help: .value("n", "Frames from the beginning of one window of --sparse to the next; M unless given."))
    var stride: Int?

    @OptionGroup var benchmarkOptions: BenchmarkOptions
    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions

    func validate() throws {
        if size < 1 { throw ValidationError("--size must be at least 1, not \(size)") }
        if let sparse, share(sparse) == nil {
            throw ValidationError("--sparse takes N/M with N at most M, not \(sparse)")
        }
        if let stride, stride < 1 || sparse == nil {
            throw ValidationError("--stride must be at least 1, and needs --sparse")
        }
    }

    private func share(_ text: String) -> (taken: Int, window: Int)? {
        let numbers = text.split(separator: "/").compactMap { Int($0) }
        guard numbers.count == 2, numbers[0] > 0, numbers[1] >= numbers[0] else { return nil }
        return (numbers[0], numbers[1])
    }

    func run() throws {
        threadOptions.apply()
        var options = videoOptions.decoderOptions
        options.threads = DecoderOptions.fastestThreads
        let info = try VideoDecoder(path: video, options: options).info
        let shape = FrameShape(size: size)
        let (taken, window) = sparse.flatMap(share) ?? (32, 32)
        let clock = SamplingClock(
            frameRate: info.averageFrameRate, strideFrames: stride ?? window, windowFrames: window, framesPerClip: taken
        )
        var frames = 0
        var duration = 0.0
        let watch = try Stopwatch(runs: benchmarkOptions.runs) {
            frames = 0
            let stream = try ClipStream(
                path: video, clock: clock, shape: shape, options: options)
            while let clip = try stream.next() { frames += clip.frameCount - clip.paddedFrames }
            duration = stream.summary?.durationSeconds ?? 0
        }
        var report = BenchmarkReport()
        report.add("frames taken", "frames", frames)
        report.add("frames a second", "frames_per_second", Double(frames) / watch.median, digits: 1)
        report.add("times real time", "times_real_time", duration / watch.median, digits: 1)
        report.add(watch)
        try report.finish(benchmarkOptions)
    }
}
